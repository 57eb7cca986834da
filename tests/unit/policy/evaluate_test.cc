#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "strongroom/policy/decision.h"
#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Timestamp At(std::string_view text) {
  return *ParseRfc3339(text);
}
const Timestamp kToday = *ParseRfc3339("2026-11-21");

Facts With(std::initializer_list<std::pair<FactId, std::string_view>> stated) {
  Facts facts;
  for (const auto& [id, text] : stated) {
    EXPECT_TRUE(facts.Set(id, *ParseValue(id, text), Source::kDeclaration).has_value()) << text;
  }
  return facts;
}

Facts In(std::string_view country, place::Basis basis = place::Basis::kDeclared) {
  Facts facts;
  facts.SetPlace({*place::Country::Parse(country), std::nullopt, basis}, Source::kDeclaration);
  return facts;
}

Decision Ask(const Pack& pack, const Facts& facts, Timestamp at = kToday) {
  const Pack* packs[] = {&pack};
  return Evaluate(packs, facts, at);
}

std::vector<std::string> Rules(const Decision& decision) {
  std::vector<std::string> rules;
  for (const Step& step : decision.path) rules.push_back(step.rule);
  return rules;
}

const std::string kFriends = SampleRule("friends", "exception",
                                        "weakest_basis = \"declared\"\nobligations = [\"keep the record\"]\n"
                                        "when = [{ fact = \"node.country\", in_list = \"friends\" }]");
const std::string kLicence = SampleRule("licence", "requirement",
                                        "outcome = \"needs_licence\"\n"
                                        "when = [{ fact = \"model.training_ops\", at_least = \"1e26\" }]");
const std::string kBar =
    SampleRule("bar", "bar", "outcome = \"deny\"\nwhen = [{ fact = \"node.operator_hq\", is = \"CN\" }]");

TEST(Evaluate, NoPackAtAllIsDenied) {
  const Decision decision = Evaluate({}, In("GB"), kToday);
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_THAT(Rules(decision), ElementsAre(kNoPackRule));
}

TEST(Evaluate, WhatNoRulePermitsIsDenied) {
  const Decision decision = Ask(SamplePack(kFriends), In("SG"));
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_THAT(Rules(decision), ElementsAre(kDefaultRule));
}

TEST(Evaluate, ExceptionPermitsWithItsObligationsAndTheBasisItRestsOn) {
  const Decision decision = Ask(SamplePack(kFriends), In("GB"));
  EXPECT_EQ(decision.outcome, Outcome::kPermit);
  EXPECT_THAT(Rules(decision), ElementsAre("friends"));
  EXPECT_THAT(decision.obligations, ElementsAre("keep the record"));
  EXPECT_THAT(decision.flags, ElementsAre("the place is only declared"));
  EXPECT_EQ(decision.place_basis, place::Basis::kDeclared);
  EXPECT_THAT(decision.missing, IsEmpty());
  ASSERT_EQ(decision.used.size(), 2U);
  EXPECT_EQ(decision.used[0], (FactUsed{FactId::kNodeCountry, "GB", Source::kDeclaration}));
}

TEST(Evaluate, EndorsedPlaceCarriesNoFlag) {
  EXPECT_THAT(Ask(SamplePack(kFriends), In("GB", place::Basis::kEndorsed)).flags, IsEmpty());
}

TEST(Evaluate, MissingFactMakesTheOutcomeUnknownAndIsNamed) {
  const Decision decision = Ask(SamplePack(kFriends), Facts());
  EXPECT_EQ(decision.outcome, Outcome::kUnknown);
  EXPECT_THAT(Rules(decision), ElementsAre("friends"));
  EXPECT_THAT(decision.missing, Contains(FactId::kNodeCountry));
  EXPECT_THAT(decision.used, IsEmpty());
}

TEST(Evaluate, MissingFactThatChangesNothingIsNotNamed) {
  Facts facts = With({{FactId::kNodeOperatorHq, "CN"}});
  const Decision decision =
      Ask(SamplePack(kBar + SampleRule("both", "exception",
                                       "when = [{ fact = \"node.operator_hq\", is = \"GB\" }, "
                                       "{ fact = \"model.eccn\", is = \"4E091\" }]")),
          facts);
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_THAT(decision.missing, IsEmpty());
}

TEST(Evaluate, DenialNamesNoMissingFact) {
  const std::string bar =
      SampleRule("gb", "bar", "outcome = \"deny\"\nwhen = [{ fact = \"node.country\", is = \"GB\" }]");
  const Decision decision = Ask(SamplePack(kBar + bar), In("GB"));
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_THAT(decision.missing, IsEmpty());
}

TEST(Evaluate, RequirementStandsWhereNoExceptionHolds) {
  const Pack pack = SamplePack(kFriends + kLicence);
  Facts facts = In("SG");
  facts.AddMissing(With({{FactId::kModelTrainingOps, "1e26"}}));
  EXPECT_EQ(Ask(pack, facts).outcome, Outcome::kNeedsLicence);
  EXPECT_THAT(Rules(Ask(pack, facts)), ElementsAre("licence"));
}

TEST(Evaluate, ExceptionOverridesRequirement) {
  Facts facts = In("GB");
  facts.AddMissing(With({{FactId::kModelTrainingOps, "1e26"}}));
  EXPECT_EQ(Ask(SamplePack(kFriends + kLicence), facts).outcome, Outcome::kPermit);
}

TEST(Evaluate, BarOverridesException) {
  Facts facts = In("GB");
  facts.AddMissing(With({{FactId::kNodeOperatorHq, "CN"}}));
  const Decision decision = Ask(SamplePack(kFriends + kBar), facts);
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_THAT(Rules(decision), ElementsAre("bar"));
  EXPECT_THAT(decision.obligations, IsEmpty());
}

TEST(Evaluate, BarThatCannotBeDecidedKeepsAnExceptionFromPermitting) {
  const Decision decision = Ask(SamplePack(kFriends + kBar), In("GB"));
  EXPECT_EQ(decision.outcome, Outcome::kUnknown);
  EXPECT_THAT(decision.missing, ElementsAre(FactId::kNodeOperatorHq));
}

TEST(Evaluate, AddingABarNeverMakesAnAnswerLaxer) {
  const std::string lax_bar = SampleRule(
      "lax-bar", "bar", "outcome = \"needs_licence\"\nwhen = [{ fact = \"node.operator_hq\", is = \"CN\" }]");
  const std::string rules[] = {kFriends, kLicence, kFriends + kLicence};
  for (const std::string& base : rules) {
    for (const std::string_view country : {"GB", "SG"}) {
      for (const std::string_view hq : {"CN", "GB", ""}) {
        Facts facts = In(country);
        facts.AddMissing(With({{FactId::kModelTrainingOps, "1e26"}}));
        if (!hq.empty()) facts.AddMissing(With({{FactId::kNodeOperatorHq, hq}}));
        for (const std::string& bar : {kBar, lax_bar}) {
          EXPECT_GE(Ask(SamplePack(base + bar), facts).outcome, Ask(SamplePack(base), facts).outcome);
        }
      }
    }
  }
}

TEST(Evaluate, WorstPackWinsInEitherOrder) {
  const Pack permits = SamplePack(kFriends);
  Pack licence = SamplePack(kLicence);
  licence.id = "licence-pack";
  Facts facts = In("GB");
  facts.AddMissing(With({{FactId::kModelTrainingOps, "1e26"}}));
  const Pack* forward[] = {&permits, &licence};
  const Pack* backward[] = {&licence, &permits};
  const Decision decision = Evaluate(forward, facts, kToday);
  EXPECT_EQ(decision.outcome, Outcome::kNeedsLicence);
  EXPECT_EQ(decision, Evaluate(backward, facts, kToday));
  EXPECT_EQ(decision.packs.size(), 2U);
  EXPECT_THAT(decision.obligations, IsEmpty());
}

TEST(Evaluate, PackThatCannotTellBeatsOneThatWantsALicenceAndLosesToOneThatDenies) {
  Pack unknown = SamplePack(kBar + kFriends);
  unknown.id = "unknown-pack";
  Pack licence = SamplePack(kLicence);
  licence.id = "licence-pack";
  Pack denies = SamplePack(
      SampleRule("no", "bar", "outcome = \"deny\"\nwhen = [{ fact = \"node.country\", is = \"GB\" }]"));
  Facts facts = In("GB");
  facts.AddMissing(With({{FactId::kModelTrainingOps, "1e26"}}));
  const Pack* two[] = {&licence, &unknown};
  EXPECT_EQ(Evaluate(two, facts, kToday).outcome, Outcome::kUnknown);
  const Pack* three[] = {&licence, &unknown, &denies};
  EXPECT_EQ(Evaluate(three, facts, kToday).outcome, Outcome::kDeny);
}

TEST(Evaluate, OrderInWhichFactsAreStatedChangesNothing) {
  const std::pair<FactId, std::string_view> stated[] = {
      {FactId::kNodeCountry, "GB"}, {FactId::kNodeBasis, "declared"}, {FactId::kNodeOperatorHq, "GB"}};
  const Pack pack = SamplePack(kFriends + kBar);
  const Decision forward = Ask(pack, With({stated[0], stated[1], stated[2]}));
  EXPECT_EQ(forward, Ask(pack, With({stated[2], stated[0], stated[1]})));
  EXPECT_EQ(forward, Ask(pack, With({stated[1], stated[2], stated[0]})));
}

TEST(Evaluate, OrderOfTheRulesChangesNoOutcome) {
  std::vector<std::string> rules = {kBar, kFriends, kLicence};
  std::ranges::sort(rules);
  Facts facts = In("GB");
  facts.AddMissing(With({{FactId::kModelTrainingOps, "1e26"}, {FactId::kNodeOperatorHq, "GB"}}));
  do {
    EXPECT_EQ(Ask(SamplePack(rules[0] + rules[1] + rules[2]), facts).outcome, Outcome::kPermit);
  } while (std::ranges::next_permutation(rules).found);
}

TEST(Evaluate, OutsideItsWindowThePackDenies) {
  const Pack pack = SamplePack(kFriends);
  EXPECT_THAT(Rules(Ask(pack, In("GB"), At("2024-12-31T23:59:59Z"))), ElementsAre(kOutsideWindowRule));
  EXPECT_EQ(Ask(pack, In("GB"), At("2025-01-01")).outcome, Outcome::kPermit);
  EXPECT_EQ(Ask(pack, In("GB"), At("2026-12-31T23:59:59Z")).outcome, Outcome::kPermit);
  EXPECT_EQ(Ask(pack, In("GB"), At("2027-01-01")).outcome, Outcome::kDeny);
}

TEST(Evaluate, ListIsTheOneOfThatDay) {
  const Pack pack = SamplePack(kFriends);
  EXPECT_EQ(Ask(pack, In("FR"), At("2025-12-31T23:59:59Z")).outcome, Outcome::kDeny);
  EXPECT_EQ(Ask(pack, In("FR"), At("2026-01-01")).outcome, Outcome::kPermit);
}

TEST(Evaluate, RuleBindsFromItsComplianceDateOnAndMovesNothingElse) {
  const std::string bar = SampleRule("late", "bar",
                                     "outcome = \"deny\"\ncompliance = { from = 2026-06-01T12:00:00Z }\n"
                                     "when = [{ fact = \"node.country\", is = \"GB\" }]");
  const Pack pack = SamplePack(kFriends + bar);
  EXPECT_EQ(Ask(pack, In("GB"), At("2026-06-01T11:59:59Z")).outcome, Outcome::kPermit);
  EXPECT_EQ(Ask(pack, In("GB"), At("2026-06-01T12:00:00Z")).outcome, Outcome::kDeny);
  EXPECT_EQ(Ask(pack, In("US"), At("2026-06-01T12:00:00Z")).outcome, Outcome::kPermit);
}

TEST(Evaluate, RuleOutsideItsEnforcementStillBindsAndSaysSo) {
  const std::string bar = SampleRule("paper", "bar",
                                     "outcome = \"deny\"\nenforcement = { until = 2026-06-01 }\n"
                                     "when = [{ fact = \"node.country\", is = \"GB\" }]");
  const Decision decision = Ask(SamplePack(kFriends + bar), In("GB"));
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_THAT(decision.flags, Contains("sample-pack/paper: the text is codified but not enforced"));
  EXPECT_THAT(Ask(SamplePack(kFriends + bar), In("GB"), At("2026-05-31")).flags,
              ElementsAre("the place is only declared"));
}

TEST(Evaluate, SuspendedOrProposedRuleDoesNotApply) {
  for (const std::string_view status : {"suspended", "proposed"}) {
    const std::string bar = SampleRule("idle", "bar",
                                       "outcome = \"deny\"\nstatus = \"" + std::string(status) +
                                           "\"\nwhen = [{ fact = \"node.country\", is = \"GB\" }]");
    EXPECT_EQ(Ask(SamplePack(kFriends + bar), In("GB")).outcome, Outcome::kPermit) << status;
  }
}

TEST(Evaluate, PlaceKnownTooWeaklyDoesNotSatisfyTheException) {
  const std::string strict =
      SampleRule("strict", "exception",
                 "weakest_basis = \"endorsed\"\nwhen = [{ fact = \"node.country\", is = \"GB\" }]");
  const Pack pack = SamplePack(strict);
  const Decision decision = Ask(pack, In("GB"));
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_THAT(decision.flags,
              Contains("sample-pack/strict: needs a place that is endorsed; it is only declared"));
  EXPECT_EQ(Ask(pack, In("GB", place::Basis::kEndorsed)).outcome, Outcome::kPermit);
  EXPECT_EQ(Ask(pack, In("GB", place::Basis::kMeasured)).outcome, Outcome::kPermit);
}

TEST(Evaluate, OperatorStandsInForAParentThatIsNotStated) {
  const Pack pack = SamplePack(
      SampleRule("parent", "exception", "when = [{ fact = \"node.operator_parent_hq\", is = \"GB\" }]"));
  EXPECT_EQ(Ask(pack, With({{FactId::kNodeOperatorHq, "GB"}})).outcome, Outcome::kPermit);
  EXPECT_EQ(Ask(pack, With({{FactId::kNodeOperatorHq, "GB"}, {FactId::kNodeOperatorParentHq, "CN"}})).outcome,
            Outcome::kDeny);
  EXPECT_THAT(Ask(pack, Facts()).missing, ElementsAre(FactId::kNodeOperatorHq));
}

struct TestOfOneFact {
  std::string_view condition;
  FactId fact;
  std::string_view holds, fails;
};

class EveryOperator : public ::testing::TestWithParam<TestOfOneFact> {};

TEST_P(EveryOperator, HoldsOrFailsOrIsUnknown) {
  const auto& [condition, fact, holds, fails] = GetParam();
  const Pack pack = SamplePack(
      SampleRule("one", "exception",
                 "weakest_basis = \"declared\"\nwhen_any = [{ fact = \"node.country\", is = \"AQ\" }, { " +
                     std::string(condition) + " }]"));
  Facts base = In("GB");
  const auto ask = [&](std::string_view value) {
    Facts facts = With({{fact, value}});
    facts.AddMissing(base);
    return Ask(pack, facts).outcome;
  };
  EXPECT_EQ(ask(holds), Outcome::kPermit);
  EXPECT_EQ(ask(fails), Outcome::kDeny);
  if (fact != FactId::kNodeCountry) {
    EXPECT_EQ(Ask(pack, base).outcome, Outcome::kUnknown);
  }
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
        TestOfOneFact{"fact = \"node.country\", in_list = \"friends\"", FactId::kNodeCountry, "FR", "SG"},
        TestOfOneFact{"fact = \"model.origin\", not_in_list = \"friends\"", FactId::kModelOrigin, "SG", "FR"},
        TestOfOneFact{"fact = \"model.training_ops\", at_least = \"1e26\"", FactId::kModelTrainingOps, "1e26",
                      "9.9e25"},
        TestOfOneFact{"fact = \"model.training_ops\", below = \"1e26\"", FactId::kModelTrainingOps, "9.9e25",
                      "1e26"},
        TestOfOneFact{"fact = \"licence.valid_until\", at_least = 2027-01-01", FactId::kLicenceValidUntil,
                      "2027-01-01", "2026-12-31"},
        TestOfOneFact{"fact = \"node.licences\", contains = \"L-2\"", FactId::kNodeLicences, "L-1;L-2",
                      "L-1"}));

TEST(Explain, TellsOutcomeRuleCitationFactsAndNotes) {
  const std::vector<std::string> lines = Explain(Ask(SamplePack(kFriends), In("GB")));
  EXPECT_EQ(lines[0], "permit, as of 2026-11-21T00:00:00Z");
  EXPECT_THAT(lines, Contains("sample-pack/friends: permit: because"));
  EXPECT_THAT(lines, Contains("  see the sample"));
  EXPECT_THAT(lines, Contains("fact node.country is GB (United Kingdom), as the node declares"));
  EXPECT_THAT(lines, Contains("obligation: keep the record"));
  EXPECT_THAT(lines, Contains("note: the place is only declared"));
}

TEST(DecisionJson, HoldsTheWholeDecision) {
  const std::string json = envelope::CanonicalJson(DecisionJson(Ask(SamplePack(kFriends), Facts())));
  EXPECT_THAT(json, HasSubstr(R"("outcome":"unknown")"));
  EXPECT_THAT(json, HasSubstr(R"("facts_missing":["node.country","node.basis"])"));
  EXPECT_THAT(json, HasSubstr(R"("as_of":"2026-11-21T00:00:00Z")"));
  EXPECT_THAT(json, HasSubstr(R"("rule":"friends")"));
}

}  // namespace
}  // namespace strongroom::policy
