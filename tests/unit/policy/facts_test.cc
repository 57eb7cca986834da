#include "strongroom/policy/facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace strongroom::policy {
namespace {

using ::testing::HasSubstr;

place::Country C(std::string_view code) {
  return *place::Country::Parse(code);
}

TEST(FactCatalogue, EveryFactIsFoundByItsName) {
  EXPECT_EQ(FactCatalogue().size(), kFactCount);
  for (const FactType& type : FactCatalogue()) EXPECT_EQ(FindFact(type.name), type.id);
  EXPECT_EQ(FindFact("node.continent"), std::nullopt);
}

TEST(FactCatalogue, ManualListsEveryFactWithItsWords) {
  std::ifstream file(STRONGROOM_POLICY_MANUAL);
  const std::string manual(std::istreambuf_iterator<char>(file), {});
  for (const FactType& type : FactCatalogue()) {
    EXPECT_TRUE(manual.contains("| `" + std::string(type.name) + "` |")) << type.name;
    for (const std::string_view word : type.words)
      EXPECT_TRUE(manual.contains("`" + std::string(word) + "`")) << word;
  }
}

TEST(FactValue, TextOfEveryTypeReadsBack) {
  const std::pair<FactId, std::string_view> samples[] = {
      {FactId::kModelLabel, "acme-7b"},       {FactId::kModelWeights, "closed"},
      {FactId::kNodeCountry, "GB"},           {FactId::kModelTrainingOps, "2.1e26"},
      {FactId::kModelSyntheticShare, "0.15"}, {FactId::kLicenceValidUntil, "2026-11-21T00:00:00Z"},
      {FactId::kNodeLicences, "L-1;L-2"}};
  for (const auto& [id, text] : samples) {
    const auto value = ParseValue(id, text);
    ASSERT_TRUE(value.has_value()) << text;
    EXPECT_EQ(ToText(*value), text);
  }
}

TEST(FactValue, WrongTextIsRefusedNamingTheFact) {
  const std::pair<FactId, std::string_view> samples[] = {{FactId::kModelLabel, ""},
                                                         {FactId::kModelLabel, "a\x1b[2J"},
                                                         {FactId::kModelWeights, "Closed"},
                                                         {FactId::kNodeCountry, "SU"},
                                                         {FactId::kModelTrainingOps, "-1"},
                                                         {FactId::kModelSyntheticShare, "1.1"},
                                                         {FactId::kLicenceValidUntil, "soon"},
                                                         {FactId::kModelLabel, "\xff"},
                                                         {FactId::kNodeLicences, "a;;b"}};
  for (const auto& [id, text] : samples) {
    const auto value = ParseValue(id, text);
    ASSERT_FALSE(value.has_value()) << text;
    EXPECT_EQ(value.error().code, ErrorCode::kMalformed);
    EXPECT_THAT(value.error().message, HasSubstr(Describe(id).name));
  }
}

TEST(Facts, FactThatNobodyStatedIsAbsent) {
  EXPECT_EQ(Facts().Find(FactId::kNodeCountry), nullptr);
}

TEST(Facts, ValueOfAnotherTypeIsRefused) {
  Facts facts;
  EXPECT_EQ(facts.Set(FactId::kNodeCountry, std::string("GB"), Source::kEvidence).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(facts.Set(FactId::kActWhat, std::string("lend"), Source::kRequest).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(facts, Facts());
}

TEST(Facts, NewPlaceLeavesNothingOfTheOldOne) {
  Facts facts;
  facts.SetPlace({C("UA"), "UA-43", place::Basis::kMeasured}, Source::kEvidence);
  facts.SetPlace({C("GB"), std::nullopt, place::Basis::kDeclared}, Source::kDeclaration);
  EXPECT_EQ(facts.Find(FactId::kNodeSubdivision), nullptr);
  EXPECT_EQ(ToText(facts.Find(FactId::kNodeBasis)->value), "declared");
  EXPECT_EQ(facts.Find(FactId::kNodeCountry)->source, Source::kDeclaration);
}

TEST(Facts, FactOfAnotherSourceDoesNotReplaceOneThatIsThere) {
  Facts facts;
  facts.SetPlace({C("GB"), std::nullopt, place::Basis::kEndorsed}, Source::kEvidence);
  Facts declared;
  declared.SetPlace({C("US"), std::nullopt, place::Basis::kDeclared}, Source::kDeclaration);
  ASSERT_TRUE(declared.Set(FactId::kNodeOperatorHq, C("US"), Source::kDeclaration).has_value());
  facts.AddMissing(declared);
  EXPECT_EQ(ToText(facts.Find(FactId::kNodeCountry)->value), "GB");
  EXPECT_EQ(ToText(facts.Find(FactId::kNodeBasis)->value), "endorsed");
  EXPECT_EQ(ToText(facts.Find(FactId::kNodeOperatorHq)->value), "US");
}

}  // namespace
}  // namespace strongroom::policy
