// What single conditions and findings hold of, and that what is missing leaves them open and no more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct TestOfOneFact {
  std::string_view condition;
  FactId fact;
  std::string_view holds, fails;
};

class EveryOperator : public ::testing::TestWithParam<TestOfOneFact> {};

TEST_P(EveryOperator, HoldsOrFailsOrIsOpen) {
  const auto& [condition, fact, holds, fails] = GetParam();
  const Pack pack = PermitsWhere("when = [{ " + std::string(condition) + " }]");
  const auto ask = [&](std::string_view value) {
    Facts facts = With({{fact, value}});
    facts.AddMissing(With({{FactId::kNodeBasis, "declared"}}));
    return Ask(pack, facts).outcome;
  };
  EXPECT_EQ(ask(holds), Outcome::kPermit);
  EXPECT_EQ(ask(fails), Outcome::kDeny);
  const Decision open = Ask(pack, With({{FactId::kNodeBasis, "declared"}}));
  EXPECT_EQ(open.outcome, Outcome::kUnknown);
  EXPECT_THAT(open.missing, ElementsAre(fact));
}

INSTANTIATE_TEST_SUITE_P(
    Conditions, EveryOperator,
    ::testing::Values(
        TestOfOneFact{"fact = \"act.what\", is = \"store\"", FactId::kActWhat, "store", "decrypt"},
        TestOfOneFact{"fact = \"act.what\", is_not = \"store\"", FactId::kActWhat, "decrypt", "store"},
        TestOfOneFact{"fact = \"act.what\", in = [\"store\", \"transfer\"]", FactId::kActWhat, "transfer",
                      "decrypt"},
        TestOfOneFact{"fact = \"act.what\", not_in = [\"store\", \"transfer\"]", FactId::kActWhat, "decrypt",
                      "store"},
        TestOfOneFact{"fact = \"model.gp10_chips\", is = true", FactId::kModelGp10Chips, "true", "false"},
        TestOfOneFact{"fact = \"model.gp10_chips\", is = false", FactId::kModelGp10Chips, "false", "true"},
        TestOfOneFact{"fact = \"node.country\", in_list = \"friends\"", FactId::kNodeCountry, "FR", "SG"},
        TestOfOneFact{"fact = \"model.origin\", not_in_list = \"friends\"", FactId::kModelOrigin, "SG", "FR"},
        TestOfOneFact{"fact = \"model.training_ops\", at_least = \"1e26\"", FactId::kModelTrainingOps, "1e26",
                      "9.9e25"},
        TestOfOneFact{"fact = \"model.training_ops\", at_most = \"1e26\"", FactId::kModelTrainingOps, "1e26",
                      "100000000000000000000000001"},
        TestOfOneFact{"fact = \"model.training_ops\", above = \"1e26\"", FactId::kModelTrainingOps,
                      "100000000000000000000000001", "1e26"},
        TestOfOneFact{"fact = \"model.training_ops\", below = \"1e26\"", FactId::kModelTrainingOps, "9.9e25",
                      "1e26"},
        TestOfOneFact{"fact = \"node.listed_ownership\", at_least = \"0.5\"", FactId::kNodeListedOwnership,
                      "0.5", "0.49"},
        TestOfOneFact{"fact = \"node.veu_until\", at_least = 2027-01-01", FactId::kNodeVeuUntil, "2027-01-01",
                      "2026-12-31"},
        TestOfOneFact{"fact = \"node.veu_until\", below = 2027-01-01", FactId::kNodeVeuUntil, "2026-12-31",
                      "2027-01-01"},
        TestOfOneFact{"fact = \"node.licences\", contains = \"L-2\"", FactId::kNodeLicences, "L-1;L-2",
                      "L-1"},
        TestOfOneFact{"fact = \"node.licences\", lacks = \"L-2\"", FactId::kNodeLicences, "L-1", "L-1;L-2"},
        // Whether a time has come: at that very moment it has.
        TestOfOneFact{"fact = \"node.veu_until\", past = true", FactId::kNodeVeuUntil, "2026-11-21",
                      "2026-11-21T00:00:01Z"},
        TestOfOneFact{"fact = \"node.veu_until\", past = false", FactId::kNodeVeuUntil,
                      "2026-11-21T00:00:01Z", "2026-11-21"},
        // Exactly seven days ago is within seven days; a second more is not, and neither is tomorrow.
        TestOfOneFact{"fact = \"node.lists_date\", within_days = \"7\"", FactId::kNodeListsDate, "2026-11-14",
                      "2026-11-13T23:59:59Z"},
        TestOfOneFact{"fact = \"node.lists_date\", within_days = \"7\"", FactId::kNodeListsDate, "2026-11-21",
                      "2026-11-22"}));

TEST(Condition, TextsThatAreNoneAtAllLackEverything) {
  EXPECT_EQ(Ask(PermitsWhere("when = [{ fact = \"node.licences\", lacks = \"L-2\" }]"),
                With({{FactId::kNodeLicences, ""}}))
                .outcome,
            Outcome::kPermit);
}

TEST(Condition, OtherFactStandsInForOneThatNobodyStated) {
  const Pack pack = PermitsWhere(
      "when = [{ fact = \"node.operator_parent_hq\", else = \"node.operator_hq\", is = \"GB\" }]");
  EXPECT_EQ(Ask(pack, With({{FactId::kNodeOperatorHq, "GB"}})).outcome, Outcome::kPermit);
  EXPECT_EQ(Ask(pack, With({{FactId::kNodeOperatorHq, "GB"}, {FactId::kNodeOperatorParentHq, "CN"}})).outcome,
            Outcome::kDeny);
  EXPECT_THAT(Ask(pack, Facts()).missing, ElementsAre(FactId::kNodeOperatorHq));
}

constexpr std::string_view kStores = "{ fact = \"act.what\", is = \"store\" }";
constexpr std::string_view kCivil = "{ fact = \"act.end_use\", is = \"civil\" }";

std::string Join(std::string_view key, std::string_view one, std::string_view other) {
  return std::string(key) + " = [" + std::string(one) + ", " + std::string(other) + "]\n";
}

TEST(Condition, OneThatFailsDecidesAConjunctionThoughAnotherIsOpen) {
  for (const auto& conditions : {Join("when", kStores, kCivil), Join("when", kCivil, kStores)}) {
    const Decision decision = Ask(PermitsWhere(conditions), With({{FactId::kActWhat, "decrypt"}}));
    EXPECT_EQ(decision.outcome, Outcome::kDeny);
    EXPECT_THAT(decision.missing, IsEmpty());
  }
}

TEST(Condition, OneThatHoldsDecidesADisjunctionThoughAnotherIsOpen) {
  for (const auto& conditions : {Join("when_any", kStores, kCivil), Join("when_any", kCivil, kStores)}) {
    const Decision decision = Ask(PermitsWhere(conditions), With({{FactId::kActWhat, "store"}}));
    EXPECT_EQ(decision.outcome, Outcome::kPermit);
    EXPECT_THAT(decision.missing, IsEmpty());
    EXPECT_EQ(Ask(PermitsWhere(conditions), With({{FactId::kActWhat, "decrypt"}})).outcome,
              Outcome::kUnknown);
  }
}

TEST(Condition, WhenAndWhenAnyMustBothHold) {
  const Pack pack = PermitsWhere("when = [" + std::string(kStores) + "]\nwhen_any = [" + std::string(kCivil) +
                                 ", { fact = \"act.key\", is = \"withheld\" }]");
  EXPECT_EQ(Ask(pack, With({{FactId::kActWhat, "store"}, {FactId::kActKey, "withheld"}})).outcome,
            Outcome::kPermit);
  EXPECT_EQ(Ask(pack, With({{FactId::kActWhat, "decrypt"}, {FactId::kActKey, "withheld"}})).outcome,
            Outcome::kDeny);
  EXPECT_EQ(
      Ask(pack,
          With({{FactId::kActWhat, "store"}, {FactId::kActKey, "given"}, {FactId::kActEndUse, "nuclear"}}))
          .outcome,
      Outcome::kDeny);
}

const std::string kHome = SampleFinding("home", "when = [{ fact = \"node.operator_hq\", is = \"GB\" }]");

TEST(Finding, HoldsOrDoesNotAndIsToldWithItsCitation) {
  const Pack pack = PermitsWhere("when = [{ finding = \"home\", is = true }]", kHome);
  const Decision permit = Ask(pack, With({{FactId::kNodeOperatorHq, "GB"}}));
  EXPECT_EQ(permit.outcome, Outcome::kPermit);
  ASSERT_EQ(permit.grounds.size(), 1U);
  EXPECT_EQ(permit.grounds[0], (Ground{"sample-pack", "home", true, "home is so", {"the sample"}}));
  EXPECT_EQ(permit.used.size(), 1U);
  EXPECT_EQ(Ask(pack, With({{FactId::kNodeOperatorHq, "US"}})).outcome, Outcome::kDeny);
}

TEST(Finding, NegationHoldsWhereTheFindingDoesNotAndIsOpenWhereItIs) {
  const Pack pack = PermitsWhere("when = [{ finding = \"home\", is = false }]", kHome);
  EXPECT_EQ(Ask(pack, With({{FactId::kNodeOperatorHq, "GB"}})).outcome, Outcome::kDeny);
  const Decision permit = Ask(pack, With({{FactId::kNodeOperatorHq, "US"}}));
  EXPECT_EQ(permit.outcome, Outcome::kPermit);
  ASSERT_EQ(permit.grounds.size(), 1U);
  EXPECT_FALSE(permit.grounds[0].holds);
  const Decision open = Ask(pack, Facts());
  EXPECT_EQ(open.outcome, Outcome::kUnknown);
  EXPECT_THAT(open.missing, ElementsAre(FactId::kNodeOperatorHq));
  EXPECT_THAT(open.grounds, IsEmpty());
}

TEST(Finding, RestsOnEarlierFindings) {
  const Pack pack = PermitsWhere(
      "when = [{ finding = \"stays\", is = true }]",
      kHome +
          SampleFinding("stays", "when = [{ finding = \"home\", is = true }, " + std::string(kStores) + "]"));
  EXPECT_EQ(Ask(pack, With({{FactId::kNodeOperatorHq, "GB"}, {FactId::kActWhat, "store"}})).outcome,
            Outcome::kPermit);
  EXPECT_EQ(Ask(pack, With({{FactId::kNodeOperatorHq, "US"}})).outcome, Outcome::kDeny);
}

// Hong Kong counts as China from 2020-12-23 on; parts of Ukraine are listed by themselves.
constexpr std::string_view kRegions = R"(id = "regions"
title = "regions"
[[list]]
id = "watched"
title = "watched"
citation = "the sample"
[[list.version]]
from = 2020-01-01
source = "made up"
countries = ["CN"]
[[list]]
id = "occupied"
title = "occupied"
citation = "the sample"
[[list.version]]
from = 2020-01-01
source = "made up"
subdivisions = ["UA-09", "UA-43"]
[[counts_as]]
country = "HK"
as = "CN"
from = 2020-12-23
citation = "the sample"
)";

Pack BarsWhere(const std::string& condition) {
  const auto table = ParseDataTable(AsBytes(kRegions));
  EXPECT_TRUE(table.has_value()) << table.error().message;
  const std::string toml = R"(format = 1
id = "sample-pack"
version = 1
authority = "acme"
title = "a sample"
verified_on = 2020-01-01
valid = { from = 2020-01-01 }
[[data]]
id = "regions"
sha256 = ")" + Hex(table->digest) +
                           "\"\n" + SampleRule("all", "exception", "always = true") +
                           SampleRule("bar", "bar", "outcome = \"deny\"\nwhen = [{ " + condition + " }]");
  auto pack = ParsePack(AsBytes(toml), std::span(&*table, 1));
  EXPECT_TRUE(pack.has_value()) << pack.error().message;
  return pack ? *std::move(pack) : Pack();
}

TEST(RegionList, CountryCountsAsAnotherFromItsDayOn) {
  const Pack pack = BarsWhere("fact = \"node.country\", in_list = \"watched\"");
  EXPECT_EQ(Ask(pack, In("HK"), At("2020-12-22T23:59:59Z")).outcome, Outcome::kPermit);
  EXPECT_EQ(Ask(pack, In("HK"), At("2020-12-23")).outcome, Outcome::kDeny);
  EXPECT_EQ(Ask(pack, In("CN"), At("2020-12-22")).outcome, Outcome::kDeny);
  EXPECT_EQ(Ask(pack, In("MO"), At("2020-12-23")).outcome, Outcome::kPermit);
}

TEST(RegionList, PartsOfACountryAreAskedBySubdivision) {
  const Pack pack = BarsWhere("fact = \"node.subdivision\", in_list = \"occupied\"");
  const auto in = [](std::string_view subdivision) {
    Facts facts;
    facts.SetPlace({*place::Country::Parse("UA"), std::string(subdivision), place::Basis::kDeclared},
                   Source::kDeclaration);
    return facts;
  };
  EXPECT_EQ(Ask(pack, in("UA-43")).outcome, Outcome::kDeny);
  EXPECT_EQ(Ask(pack, in("UA-30")).outcome, Outcome::kPermit);
  EXPECT_EQ(Ask(pack, In("UA")).outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace strongroom::policy
