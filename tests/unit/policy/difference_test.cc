#include "strongroom/policy/difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kFriends = "when = [{ fact = \"node.country\", in_list = \"friends\" }]";

std::vector<AnswerDifference> Between(const Pack& a, const Pack& b, Timestamp at_a = kToday,
                                      Timestamp at_b = kToday) {
  const Pack* packs_a[] = {&a};
  const Pack* packs_b[] = {&b};
  return Differences({packs_a, at_a}, {packs_b, at_b});
}

std::vector<std::string> Codes(const std::vector<place::Country>& countries) {
  std::vector<std::string> codes;
  for (const place::Country country : countries) codes.emplace_back(country.code());
  return codes;
}

TEST(Differences, SamePackAtTheSameMomentHasNone) {
  const Pack pack = PermitsWhere(kFriends);
  EXPECT_THAT(Between(pack, pack), IsEmpty());
}

TEST(Differences, OneLineForAllQuestionsThatChangeAlike) {
  const Pack pack = PermitsWhere(kFriends);
  const auto differences = Between(pack, pack, At("2025-06-01"), At("2026-06-01"));
  ASSERT_THAT(differences, SizeIs(1));
  EXPECT_THAT(Codes(differences[0].countries), ElementsAre("FR"));
  EXPECT_EQ(differences[0].before, Outcome::kDeny);
  EXPECT_EQ(differences[0].after, Outcome::kPermit);
  EXPECT_EQ(
      Sentence(differences[0]),
      "every act with any weights, by operators from there or from the United States, however stored: deny "
      "-> permit in 1 country: FR");
}

TEST(Differences, ActItemPartyAndStorageAreToldApart) {
  const Pack nothing = PermitsWhere("when = [{ fact = \"act.end_use\", is = \"nuclear\" }]");
  const Pack narrow = PermitsWhere(
      "when = [{ fact = \"act.what\", is = \"transfer\" }, { fact = \"model.training_ops\", at_least = "
      "\"1e26\" },"
      " { fact = \"model.weights\", is = \"closed\" }, { fact = \"model.origin\", is = \"US\" },"
      " { fact = \"node.operator_hq\", is = \"US\" }, { fact = \"node.licences\", contains = \"LE-AIA\" },"
      " { fact = \"node.country\", is = \"GB\" }]");
  const auto differences = Between(nothing, narrow);
  ASSERT_THAT(differences, SizeIs(1));
  EXPECT_EQ(
      Sentence(differences[0]),
      "transfer with closed weights of 2e26 operations or closed weights that a directive names, by "
      "operators "
      "from the United States, with License Exception AIA but no secured facility or with License Exception "
      "AIA and a secured facility: deny -> permit in 1 country: GB");
}

TEST(Differences, MostOfTheWorldIsToldByWhatIsLeftOut) {
  const Pack pack = PermitsWhere("when = [{ fact = \"node.country\", not_in_list = \"friends\" }]");
  const Pack nothing = PermitsWhere("when = [{ fact = \"act.end_use\", is = \"nuclear\" }]");
  const auto differences = Between(nothing, pack);
  ASSERT_THAT(differences, SizeIs(1));
  EXPECT_THAT(Sentence(differences[0]), HasSubstr("countries, all but FR GB US"));
}

TEST(Differences, OrderOfTheSidesTurnsTheAnswersRound) {
  const Pack pack = PermitsWhere(kFriends);
  const auto there = Between(pack, pack, At("2025-06-01"), At("2026-06-01"));
  const auto back = Between(pack, pack, At("2026-06-01"), At("2025-06-01"));
  ASSERT_EQ(there.size(), back.size());
  EXPECT_EQ(there[0].before, back[0].after);
  EXPECT_EQ(there[0].countries, back[0].countries);
}

TEST(TextDifferences, SameTextHasNone) {
  EXPECT_THAT(TextDifferences(PermitsWhere(kFriends), PermitsWhere(kFriends)), IsEmpty());
}

TEST(TextDifferences, RuleThatIsNewOrGoneIsOneDifference) {
  const Pack one = PermitsWhere(kFriends);
  const Pack two = SamplePack(SampleRule("one", "exception", "weakest_basis = \"declared\"\n" + kFriends) +
                              SampleRule("two", "bar", "outcome = \"deny\"\nalways = true"));
  EXPECT_THAT(TextDifferences(one, two), ElementsAre(TextDifference{TextDifference::Kind::kAdded, "rule two",
                                                                    "", "bar, deny, in_force"}));
  EXPECT_THAT(TextDifferences(two, one), ElementsAre(TextDifference{TextDifference::Kind::kRemoved,
                                                                    "rule two", "bar, deny, in_force", ""}));
}

TEST(TextDifferences, WindowsAndConditionsAreComparedByWhatTheySay) {
  const std::string rest = "outcome = \"deny\"\nwhen = [{ fact = \"act.what\", is = \"store\" }]";
  const Pack one = SamplePack(SampleRule("one", "bar", rest));
  const Pack two =
      SamplePack(SampleRule("one", "bar",
                            "compliance = { from = 2025-06-01, citation = \"dates\" }\noutcome = \"deny\"\n"
                            "when = [{ fact = \"act.what\", is = \"decrypt\" }]"));
  using Kind = TextDifference::Kind;
  const auto about = [](Kind kind, const std::string& what) {
    return AllOf(Field(&TextDifference::kind, kind), Field(&TextDifference::what, what));
  };
  EXPECT_THAT(TextDifferences(one, two), ElementsAre(about(Kind::kAdded, "rule one: compliance"),
                                                     about(Kind::kAdded, "rule one: compliance, citation"),
                                                     about(Kind::kChanged, "rule one: conditions")));
}

TEST(TextDifferences, ListVersionsAndNumbersAreCompared) {
  const std::string rule = SampleRule("one", "bar", "outcome = \"deny\"\nalways = true");
  const Pack one = SamplePack(SampleNumber("n", "sum = [\"1\", { fact = \"act.copies\" }]") + rule);
  Pack two = SamplePack(SampleNumber("n", "sum = [\"2\", { fact = \"act.copies\" }]") + rule);
  two.lists[0].versions.pop_back();
  const auto differences = TextDifferences(one, two);
  EXPECT_THAT(differences, Contains(AllOf(Field(&TextDifference::what, "number n: terms"),
                                          Field(&TextDifference::before, HasSubstr("sum of: 1; ")),
                                          Field(&TextDifference::after, HasSubstr("sum of: 2; ")))));
  EXPECT_THAT(differences, Contains(TextDifference{TextDifference::Kind::kRemoved,
                                                   "list friends: version of 2026-01-01", "FR; GB; US", ""}));
}

}  // namespace
}  // namespace strongroom::policy
