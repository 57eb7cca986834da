#include "strongroom/release/decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strongroom::release {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Decision Denial() {
  Decision decision;
  decision.outcome = Outcome::kDeny;
  decision.packs = {{.id = "allied-nations", .version = 3}};
  decision.path = {{.pack = "allied-nations",
                    .rule = "macau",
                    .citations = {"15 CFR part 740", "15 CFR 742.6"},
                    .reason = "the node is in Macau"}};
  return decision;
}

TEST(Refusal, NamesRuleReasonAndCitations) {
  const Error error = Refusal(Denial());
  EXPECT_EQ(error.code, ErrorCode::kDenied);
  EXPECT_THAT(error.why,
              ElementsAre("allied-nations/macau: the node is in Macau [15 CFR part 740] [15 CFR 742.6]"));
  EXPECT_EQ(error.next, "read the rules with: strongroom policy show allied-nations");
}

TEST(Refusal, MissingNodeFactIsSaidWithWhereToStateIt) {
  Decision decision = Denial();
  decision.outcome = Outcome::kUnknown;
  decision.missing_facts = {"model.eccn", "node.country"};
  const Error error = Refusal(decision);
  EXPECT_THAT(error.message, HasSubstr("unknown"));
  EXPECT_THAT(error.why, ::testing::Contains("not stated: node.country"));
  EXPECT_EQ(error.next, "state country in node.toml of the home");
}

TEST(Refusal, WithoutPacksPointsToTheOwner) {
  EXPECT_EQ(Refusal(Decision{}).next, "ask the owner which policy packs the bundle needs");
}

}  // namespace
}  // namespace strongroom::release
