// Numbers that packs compute: exactly, and of what is known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A pack that permits where the number `n` passes the test.
Pack Where(std::string_view number, std::string_view test) {
  return PermitsWhere("when = [{ number = \"n\", " + std::string(test) + " }]",
                      SampleNumber("n", std::string(number)));
}

Outcome AskOps(const Pack& pack, std::string_view training, std::string_view added = "") {
  Facts facts = With({{FactId::kModelTrainingOps, training}});
  if (!added.empty()) facts.AddMissing(With({{FactId::kModelAddedOps, added}}));
  return Ask(pack, facts).outcome;
}

constexpr std::string_view kSum = "sum = [{ fact = \"model.training_ops\" }, { fact = \"model.added_ops\" }]";

TEST(Number, SumIsExact) {
  const Pack pack = Where(kSum, "at_least = \"1e26\"");
  EXPECT_EQ(AskOps(pack, "9e25", "1e25"), Outcome::kPermit);
  EXPECT_EQ(AskOps(pack, "99999999999999999999999999", "1"), Outcome::kPermit);
  EXPECT_EQ(AskOps(pack, "99999999999999999999999999", "0.9"), Outcome::kDeny);
}

TEST(Number, WhatIsKnownOfASumDecidesWhatLiesAboveABound) {
  const Pack reaches = Where(kSum, "at_least = \"1e26\"");
  EXPECT_EQ(AskOps(reaches, "1e26"), Outcome::kPermit);
  EXPECT_EQ(AskOps(reaches, "9e25"), Outcome::kUnknown);
  const Pack stays_below = Where(kSum, "below = \"1e26\"");
  EXPECT_EQ(AskOps(stays_below, "1e26"), Outcome::kDeny);
  EXPECT_EQ(AskOps(stays_below, "9e25"), Outcome::kUnknown);
}

TEST(Number, DecidedByWhatIsKnownNamesNoMissingFact) {
  const Pack pack = Where(kSum, "at_least = \"1e26\"");
  EXPECT_THAT(Ask(pack, With({{FactId::kModelTrainingOps, "2e26"}})).missing, IsEmpty());
  EXPECT_THAT(Ask(pack, With({{FactId::kModelTrainingOps, "9e25"}})).missing,
              ElementsAre(FactId::kModelAddedOps));
}

TEST(Number, EqualityFallsOnTheSideThatTheTestSays) {
  const std::tuple<std::string_view, Outcome, Outcome> samples[] = {
      {"at_least = \"5\"", Outcome::kPermit, Outcome::kPermit},
      {"above = \"5\"", Outcome::kDeny, Outcome::kPermit},
      {"below = \"5\"", Outcome::kDeny, Outcome::kDeny},
      {"at_most = \"5\"", Outcome::kPermit, Outcome::kDeny}};
  for (const auto& [test, at_five, at_six] : samples) {
    const Pack pack = Where(kSum, test);
    EXPECT_EQ(AskOps(pack, "3", "2"), at_five) << test;
    EXPECT_EQ(AskOps(pack, "3", "3"), at_six) << test;
  }
}

TEST(Number, BoundMayBeAFactOrAnotherNumber) {
  const Pack of_fact =
      Where("sum = [{ fact = \"model.added_ops\" }]", "above = { fact = \"model.training_ops\" }");
  EXPECT_EQ(AskOps(of_fact, "2", "3"), Outcome::kPermit);
  EXPECT_EQ(AskOps(of_fact, "3", "3"), Outcome::kDeny);
  EXPECT_EQ(AskOps(of_fact, "3"), Outcome::kUnknown);
  const Pack of_number =
      PermitsWhere("when = [{ fact = \"model.added_ops\", above = { number = \"quarter\" } }]",
                   SampleNumber("quarter", "product = [\"0.25\", { fact = \"model.training_ops\" }]"));
  EXPECT_EQ(AskOps(of_number, "8", "2.1"), Outcome::kPermit);
  EXPECT_EQ(AskOps(of_number, "8", "2"), Outcome::kDeny);
}

TEST(Number, UnknownBoundIsDecidedOnlyByWhatItIsAtLeast) {
  const Pack pack = PermitsWhere("when = [{ fact = \"model.bytes\", below = { number = \"n\" } }]",
                                 SampleNumber("n", std::string(kSum)));
  const auto ask = [&](std::string_view bytes, std::string_view ops) {
    return Ask(pack, With({{FactId::kModelBytes, bytes}, {FactId::kModelTrainingOps, ops}})).outcome;
  };
  EXPECT_EQ(ask("5", "6"), Outcome::kPermit);
  EXPECT_EQ(ask("6", "6"), Outcome::kUnknown);
}

TEST(Number, GreatestOfSeveral) {
  const Pack pack =
      Where("greatest = [\"4\", { fact = \"model.training_ops\" }, { fact = \"model.added_ops\" }]",
            "at_least = \"5\"");
  EXPECT_EQ(AskOps(pack, "3", "5"), Outcome::kPermit);
  EXPECT_EQ(AskOps(pack, "3", "4"), Outcome::kDeny);
  EXPECT_EQ(AskOps(pack, "5"), Outcome::kPermit);
  EXPECT_EQ(AskOps(pack, "3"), Outcome::kUnknown);
}

TEST(Number, TermCountsOnlyWhereItsConditionsHold) {
  const Pack pack = Where(
      "sum = [{ fact = \"model.training_ops\" }, { fact = \"model.generation_ops\", when = [{ fact = "
      "\"model.synthetic_share\", above = \"0.1\" }] }]",
      "at_least = \"10\"");
  const auto ask = [&](std::string_view share) {
    Facts facts = With({{FactId::kModelTrainingOps, "6"}, {FactId::kModelGenerationOps, "4"}});
    if (!share.empty()) facts.AddMissing(With({{FactId::kModelSyntheticShare, share}}));
    return Ask(pack, facts);
  };
  EXPECT_EQ(ask("0.11").outcome, Outcome::kPermit);
  EXPECT_EQ(ask("0.1").outcome, Outcome::kDeny);
  EXPECT_EQ(ask("").outcome, Outcome::kUnknown);
  EXPECT_THAT(ask("").missing, ElementsAre(FactId::kModelSyntheticShare));
}

TEST(Number, ProductThatIsTooLongForADecimalStaysOpen) {
  const Pack pack = Where("product = [{ fact = \"model.training_ops\" }, { fact = \"model.added_ops\" }]",
                          "at_least = \"1\"");
  EXPECT_EQ(AskOps(pack, "1e300", "1e300"), Outcome::kUnknown);
  EXPECT_EQ(AskOps(pack, "1e30", "1e30"), Outcome::kPermit);
}

TEST(Number, SumThatIsTooLongForADecimalKeepsWhatIsSure) {
  const Pack pack = Where(kSum, "at_least = \"1e300\"");
  EXPECT_EQ(AskOps(pack, "1e300", "1"), Outcome::kPermit);
  EXPECT_EQ(AskOps(Where(kSum, "at_least = \"2e300\""), "1e300", "1"), Outcome::kUnknown);
}

TEST(Number, DecisionCarriesTheReadingOfTheNumberItRestsOn) {
  const Pack pack = Where(std::string(kSum) +
                              "\nreadings = [{ text = \"of the whole\", controls = false }, { text = \"of "
                              "the base\", controls = true }]",
                          "at_least = \"1\"");
  EXPECT_THAT(
      Ask(pack, With({{FactId::kModelTrainingOps, "2"}})).flags,
      ::testing::Contains("sample-pack/n: the text is ambiguous; the reading that controls: of the base"));
}

}  // namespace
}  // namespace strongroom::policy
