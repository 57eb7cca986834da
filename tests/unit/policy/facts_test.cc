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
      {FactId::kModelSyntheticShare, "0.15"}, {FactId::kNodeVeuUntil, "2026-11-21T00:00:00Z"},
      {FactId::kNodeLicences, "L-1;L-2"},     {FactId::kModelGp10Chips, "true"}};
  for (const auto& [id, text] : samples) {
    const auto value = ParseValue(id, text);
    ASSERT_TRUE(value.has_value()) << text;
    EXPECT_EQ(ToText(*value), text);
  }
}

TEST(FactValue, WrongTextIsRefusedNamingTheFact) {
  const std::pair<FactId, std::string_view> samples[] = {
      {FactId::kModelLabel, ""},         {FactId::kModelLabel, "a\x1b[2J"},
      {FactId::kModelWeights, "Closed"}, {FactId::kNodeCountry, "SU"},
      {FactId::kModelTrainingOps, "-1"}, {FactId::kModelSyntheticShare, "1.1"},
      {FactId::kNodeVeuUntil, "soon"},   {FactId::kModelLabel, "\xff"},
      {FactId::kModelGp10Chips, "yes"},  {FactId::kNodeLicences, "a;;b"}};
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

Licence SampleLicence() {
  return {.id = "D-1",
          .issuer = "BIS",
          .parties = {"Acme"},
          .items = {"4E091"},
          .countries = {C("SG")},
          .copies = {},
          .valid_from = {0},
          .valid_until = {1}};
}

TEST(Facts, LicenceThatSaysNothingSensibleIsRefused) {
  const std::pair<std::string_view, void (*)(Licence&)> changes[] = {
      {"ends as it begins", [](Licence& one) { one.valid_until = one.valid_from; }},
      {"no id", [](Licence& one) { one.id = ""; }},
      {"no issuer", [](Licence& one) { one.issuer = ""; }},
      {"empty party", [](Licence& one) { one.parties = {""}; }},
      {"control character", [](Licence& one) { one.items = {"a\n"}; }},
      {"too many items", [](Licence& one) { one.items.assign(65, "a"); }},
  };
  for (const auto& [what, change] : changes) {
    Licence licence = SampleLicence();
    change(licence);
    Facts facts;
    EXPECT_EQ(facts.AddLicence(licence).error().code, ErrorCode::kInvalidArgument) << what;
    EXPECT_TRUE(facts.licences().empty());
  }
  Facts facts;
  EXPECT_TRUE(facts.AddLicence(SampleLicence()).has_value());
}

TEST(Facts, LicencesOfBothStayOnFile) {
  Facts facts, other;
  ASSERT_TRUE(facts.AddLicence(SampleLicence()).has_value());
  ASSERT_TRUE(other.AddLicence(SampleLicence()).has_value());
  facts.AddMissing(other);
  EXPECT_EQ(facts.licences().size(), 2U);
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
