#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kFriends = R"(weakest_basis = "declared"
when = [{ fact = "node.country", in_list = "friends" }])";

std::string Refusal(const Expected<Pack>& pack) {
  EXPECT_FALSE(pack.has_value());
  if (pack) return "";
  EXPECT_EQ(pack.error().code, ErrorCode::kMalformed);
  return pack.error().message;
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(Pack, WellFormedPackIsRead) {
  const Pack pack = SamplePack(SampleRule("friends", "exception", kFriends));
  EXPECT_EQ(pack.id, "sample-pack");
  EXPECT_EQ(pack.version, 3U);
  ASSERT_EQ(pack.rules.size(), 1U);
  EXPECT_EQ(pack.rules[0].outcome, Outcome::kPermit);
  EXPECT_EQ(pack.rules[0].weakest_basis, place::Basis::kDeclared);
  EXPECT_EQ(pack.rules[0].in_force.until, pack.valid.until);
}

TEST(Pack, DefectOfTheHeadIsNamedWithLineAndColumn) {
  const std::string rule = SampleRule("friends", "exception", kFriends);
  const DataTable tables[] = {SampleTable()};
  const std::tuple<std::string_view, std::string_view, std::string_view> samples[] = {
      {"version = 3", "version = \"3\"", "line 3, column 11: 'version' must be a whole number"},
      {"version = 3", "version = 0", "line 3, column 11: 'version' must be 1 or more"},
      {"version = 3", "versoin = 3", "line 1, column 1: the pack lacks the key 'version'"},
      {"version = 3", "version = 3\nowner = \"x\"", "line 4, column 1: unknown key 'owner' in the pack"},
      {"id = \"sample-pack\"", "id = \"Sample\"", "line 2, column 6: 'Sample' cannot be an id"},
      {"verified_on = 2026-01-01", "verified_on = \"2026-01-01\"",
       "line 6, column 15: 'verified_on' must be a date"},
      {"valid = { from = 2025-01-01, until = 2027-01-01 }", "valid = { until = 2027-01-01 }",
       "line 7, column 9: 'valid' must say"},
      {"until = 2027-01-01", "until = 2024-01-01", "line 7, column 9: 'valid' ends before it begins"},
      {"until = 2027-01-01", "till = 2027-01-01", "line 7, column 30: unknown key 'till' in 'valid'"},
      {"id = \"sample\"", "id = \"other\"", "line 8, column 1: there is no data table 'other'"},
  };
  for (const auto& [from, to, message] : samples) {
    EXPECT_THAT(Refusal(ParsePack(AsBytes(Replaced(SampleHead() + rule, from, to)), tables)),
                StartsWith(message));
  }
}

TEST(Pack, NewerFormatIsUnsupported) {
  const auto pack = ParsePack(AsBytes("format = 2\nwhatever = true\n"), {});
  ASSERT_FALSE(pack.has_value());
  EXPECT_EQ(pack.error().code, ErrorCode::kUnsupported);
}

TEST(Pack, DataTableOfAnotherContentIsRefused) {
  DataTable changed = SampleTable();
  changed.digest[0] ^= 1;
  const auto pack = ParsePack(AsBytes(SampleHead()), std::span(&changed, 1));
  EXPECT_THAT(Refusal(pack),
              StartsWith("line 10, column 10: data table 'sample' has the SHA-256 " + Hex(changed.digest)));
}

TEST(Rule, DefectIsNamedWithLineAndColumn) {
  const std::string rule = SampleRule("friends", "exception", kFriends);
  const std::tuple<std::string_view, std::string_view, std::string_view> samples[] = {
      {"kind = \"exception\"", "kind = \"exeption\"", "line 13, column 8: 'kind' is 'exeption'"},
      {"citation = [\"the sample\"]", "citation = []", "line 14, column 12: 'citation' must not be empty"},
      {"citation = [\"the sample\"]\n", "", "line 11, column 1: [[rule]] lacks the key 'citation'"},
      {"citation = [\"the sample\"]", "citation = \"the sample\"",
       "line 14, column 12: 'citation' must be a list"},
      {"reason = \"because\"", "reason = \"\"", "line 15, column 10: 'reason' must not be empty"},
      {"reason = \"because\"", "reason = \"because\"\npriority = 1",
       "line 16, column 1: unknown key 'priority' in [[rule]]"},
      {"weakest_basis = \"declared\"\n", "", "line 11, column 1: [[rule]] lacks the key 'weakest_basis'"},
      {"weakest_basis = \"declared\"", "weakest_basis = \"certain\"",
       "line 16, column 17: the basis of a place is"},
      {"node.country", "node.county", "line 17, column 18: there is no fact 'node.county'"},
      {"in_list = \"friends\"", "in_list = \"foes\"",
       "line 17, column 44: no data table of this pack has a list 'foes'"},
      {"in_list = \"friends\"", "is = \"EU\"",
       "line 17, column 39: node.country: 'EU' is not a country code"},
      {"in_list = \"friends\"", "is = 44", "line 17, column 39: the value to compare with must be text"},
      {"in_list = \"friends\"", "in = \"GB\"", "line 17, column 39: 'in' must be a list in brackets"},
      {"in_list = \"friends\"", "at_least = \"GB\"",
       "line 17, column 45: 'at_least' cannot test node.country"},
      {"in_list = \"friends\"", "like = \"G.\"", "line 17, column 34: unknown key 'like' in a condition"},
      {"in_list = \"friends\"", "is = \"GB\", is_not = \"US\"",
       "line 17, column 45: unknown key 'is_not' in a condition"},
      {", in_list = \"friends\"", "", "line 17, column 9: a condition without a test"},
      {"when = [{ fact = \"node.country\", in_list = \"friends\" }]", "when = []",
       "line 16, column 1: unknown key 'weakest_basis'"},
      {"when = [", "when = [3, ", "line 17, column 9: a condition must be a table"},
      {"id = \"friends\"", "id = \"default\"", "line 12, column 6: 'default' cannot be an id"},
  };
  for (const auto& [from, to, message] : samples) {
    EXPECT_THAT(Refusal(ParseSample(Replaced(rule, from, to))), StartsWith(message)) << from << " -> " << to;
  }
}

TEST(Rule, SecondRuleOfOneIdIsRefused) {
  const std::string rule = SampleRule("friends", "exception", kFriends);
  EXPECT_THAT(Refusal(ParseSample(rule + rule)),
              HasSubstr("line 18, column 1: a second rule with the id 'friends'"));
}

TEST(Rule, RuleWithoutConditionIsRefused) {
  EXPECT_THAT(Refusal(ParseSample(SampleRule("all", "bar", "outcome = \"deny\""))),
              HasSubstr("rule 'all' has no condition"));
}

TEST(Rule, BarThatWouldPermitIsRefused) {
  const std::string bar =
      SampleRule("bar", "bar", "outcome = \"permit\"\nwhen = [{ fact = \"node.country\", is = \"GB\" }]");
  EXPECT_THAT(Refusal(ParseSample(bar)),
              StartsWith("line 16, column 11: the outcome of a bar is deny or needs_licence"));
}

TEST(Rule, BarDoesNotAskForABasis) {
  const std::string bar = SampleRule("bar", "bar",
                                     "outcome = \"deny\"\nweakest_basis = \"endorsed\"\n"
                                     "when = [{ fact = \"node.country\", is = \"GB\" }]");
  EXPECT_THAT(Refusal(ParseSample(bar)), StartsWith("line 17, column 1: unknown key 'weakest_basis'"));
}

TEST(Rule, ListThatBeginsAfterTheRuleIsRefused) {
  const std::string early =
      SampleRule("early", "exception", "in_force = { from = 2024-12-31 }\n" + std::string(kFriends));
  EXPECT_THAT(Refusal(ParseSample(early)),
              HasSubstr("list 'friends' begins on 2025-01-01T00:00:00Z, after the rule"));
}

TEST(DataTable, DefectIsNamedWithLineAndColumn) {
  const std::tuple<std::string_view, std::string_view, std::string_view> samples[] = {
      {"\"GB\", \"US\"]", "\"US\", \"GB\"]", "line 10, column 20: countries must be in alphabetical order"},
      {"\"GB\", \"US\"]", "\"GB\", \"GB\"]", "line 10, column 20: countries must be in alphabetical order"},
      {"\"GB\", \"US\"]", "\"GB\", \"YU\"]", "line 10, column 20: 'YU' is not a country code"},
      {"from = 2026-01-01", "from = 2025-01-01",
       "line 11, column 1: versions of a list must be in the order"},
      {"source = \"made up\"\n", "", "line 7, column 1: [[list.version]] lacks the key 'source'"},
      {"title = \"friends\"", "name = \"friends\"", "line 3, column 1: [[list]] lacks the key 'title'"},
      {"from = 2025-01-01", "from = \"2025-01-01\"", "line 8, column 8: 'from' must be a date"},
  };
  for (const auto& [from, to, message] : samples) {
    const auto table = ParseDataTable(AsBytes(Replaced(std::string(kSampleTable), from, to)));
    ASSERT_FALSE(table.has_value());
    EXPECT_THAT(table.error().message, StartsWith(message));
  }
}

}  // namespace
}  // namespace strongroom::policy
