#include "home/seen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strongroom::home {
namespace {

constexpr SeriesId kSeries{1};
constexpr Digest kBundle{2};
constexpr Digest kOther{3};

TEST(Seen, LowerSequenceOfTheSeriesIsRolledBack) {
  Seen seen;
  EXPECT_TRUE(seen.Raise(kSeries, 5, kBundle, 1));
  EXPECT_EQ(seen.Check(kSeries, 4, kOther, 1).error().code, ErrorCode::kRolledBack);
  EXPECT_TRUE(seen.Check(kSeries, 5, kBundle, 1));
  EXPECT_TRUE(seen.Check(kSeries, 6, kOther, 1));
  EXPECT_TRUE(seen.Check(SeriesId{9}, 1, kOther, 1));
}

TEST(Seen, LowerKeyslotsRevisionOfTheBundleIsRolledBack) {
  Seen seen;
  seen.Raise(kSeries, 1, kBundle, 3);
  const Status refused = seen.Check(kSeries, 1, kBundle, 2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRolledBack);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("revision 2"));
  EXPECT_TRUE(seen.Check(kSeries, 1, kOther, 1));
}

TEST(Seen, RaisingToWhatIsKnownChangesNothing) {
  Seen seen;
  seen.Raise(kSeries, 5, kBundle, 2);
  const std::string before = seen.Serialize();
  EXPECT_FALSE(seen.Raise(kSeries, 5, kBundle, 2));
  EXPECT_FALSE(seen.Raise(kSeries, 4, kBundle, 1));
  EXPECT_EQ(seen.Serialize(), before);
}

TEST(Seen, SerialisedAndParsedRemembersTheSame) {
  Seen seen;
  seen.Raise(kSeries, 5, kBundle, 2);
  seen.Raise(SeriesId{7}, 1, kOther, 9);
  const auto parsed = Seen::Parse(AsBytes(seen.Serialize()));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->Serialize(), seen.Serialize());
  EXPECT_EQ(parsed->Check(SeriesId{7}, 1, kOther, 8).error().code, ErrorCode::kRolledBack);
}

class MalformedSeen : public ::testing::TestWithParam<const char*> {};

TEST_P(MalformedSeen, IsRefused) {
  const auto parsed = Seen::Parse(AsBytes(GetParam()));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::kMalformed);
}

INSTANTIATE_TEST_SUITE_P(
    , MalformedSeen,
    ::testing::Values("", "{}", R"({"bundles":{},"format":1})", R"({"bundles":{},"format":2,"series":{}})",
                      R"({"bundles":{"ab":1},"format":1,"series":{}})",
                      R"({"bundles":[],"format":1,"series":{}})",
                      R"({"bundles":{},"format":1,"series":{"0000000000000000000000000000000A":1}})",
                      R"({"bundles":{},"extra":1,"format":1,"series":{}})",
                      R"({"bundles":{}, "format":1,"series":{}})",
                      R"({"bundles":{},"format":1,"series":{"00000000000000000000000000000001":-1}})"));

}  // namespace
}  // namespace strongroom::home
