#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strongroom/policy/decision.h"
#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

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
  EXPECT_THAT(decision.flags, ElementsAre("the place is only declared",
                                          "on the node's word alone: node.country, node.basis"));
  EXPECT_EQ(decision.place_basis, place::Basis::kDeclared);
  EXPECT_THAT(decision.missing, IsEmpty());
  ASSERT_EQ(decision.used.size(), 2U);
  EXPECT_EQ(decision.used[0], (FactUsed{FactId::kNodeCountry, "GB", Source::kDeclaration}));
}

TEST(Evaluate, PlaceByEvidenceCarriesNoFlag) {
  Facts facts;
  facts.SetPlace({*place::Country::Parse("GB"), std::nullopt, place::Basis::kEndorsed}, Source::kEvidence);
  const Decision decision = Ask(SamplePack(kFriends), facts);
  EXPECT_THAT(decision.flags, IsEmpty());
  EXPECT_EQ(decision.weakest_source, Source::kEvidence);
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
              Not(Contains(HasSubstr("not enforced"))));
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

TEST(Evaluate, SuspendedRuleSaysWhatItWouldSayIfItCameBack) {
  const std::string bar =
      SampleRule("idle", "bar",
                 "outcome = \"deny\"\nstatus = \"suspended\"\ncompliance = { from = 2026-06-01 }\n"
                 "when = [{ fact = \"node.country\", is = \"GB\" }]");
  const Pack pack = SamplePack(kFriends + bar);
  constexpr std::string_view kFlag = "sample-pack/idle: suspended; it would say deny if it came back";
  EXPECT_THAT(Ask(pack, In("GB")).flags, Contains(kFlag));
  EXPECT_THAT(Ask(pack, In("US")).flags, Not(Contains(kFlag)));
  EXPECT_THAT(Ask(pack, In("GB"), At("2026-05-31")).flags, Not(Contains(kFlag)));
}

TEST(Evaluate, RuleThatIsNotEnforcedBindsAndSaysSo) {
  const std::string bar = SampleRule("paper", "bar",
                                     "outcome = \"deny\"\nstatus = \"not_enforced\"\n"
                                     "when = [{ fact = \"node.country\", is = \"GB\" }]");
  const Decision decision = Ask(SamplePack(kFriends + bar), In("GB"));
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_THAT(decision.flags, Contains("sample-pack/paper: the text is codified but not enforced"));
}

TEST(Evaluate, RuleThatAlwaysHoldsAsksNoFact) {
  const Pack pack =
      SamplePack(kFriends + SampleRule("all", "requirement", "outcome = \"needs_licence\"\nalways = true"));
  const Decision decision = Ask(pack, In("SG"));
  EXPECT_EQ(decision.outcome, Outcome::kNeedsLicence);
  EXPECT_THAT(decision.used, IsEmpty());
  EXPECT_EQ(Ask(pack, In("GB")).outcome, Outcome::kPermit);
}

TEST(Evaluate, RequirementThatAnswersUnknownBeatsOneThatWantsALicence) {
  const Pack pack =
      SamplePack(SampleRule("open", "requirement", "outcome = \"unknown\"\nalways = true") +
                 SampleRule("all", "requirement", "outcome = \"needs_licence\"\nalways = true"));
  EXPECT_EQ(Ask(pack, Facts()).outcome, Outcome::kUnknown);
  EXPECT_THAT(Rules(Ask(pack, Facts())), ElementsAre("open"));
  EXPECT_THAT(Ask(pack, Facts()).missing, IsEmpty());
}

TEST(Evaluate, DecisionCarriesTheReadingThatControls) {
  const std::string readings =
      "readings = [{ text = \"both must\", controls = true }, { text = \"either may\", controls = false }]\n";
  const Pack pack =
      SamplePack(SampleFinding("home", readings + "when = [{ fact = \"node.operator_hq\", is = \"GB\" }]") +
                 SampleRule("one", "exception", readings + "when = [{ finding = \"home\", is = true }]"));
  const Decision decision = Ask(pack, With({{FactId::kNodeOperatorHq, "GB"}}));
  for (const std::string_view name : {"one", "home"}) {
    EXPECT_THAT(decision.flags, Contains("sample-pack/" + std::string(name) +
                                         ": the text is ambiguous; the reading that controls: both must"));
  }
}

TEST(Evaluate, NotesOfThePackStandInEveryDecisionOutsideItsWindowToo) {
  Pack pack = SamplePack(SampleRule("one", "exception", "when = [{ fact = \"act.what\", is = \"store\" }]"));
  pack.notes = {"from the press"};
  const Decision decision = Ask(pack, Facts(), At("2024-12-31"));
  EXPECT_THAT(Rules(decision), ElementsAre(kOutsideWindowRule));
  EXPECT_THAT(decision.flags, ElementsAre("sample-pack: from the press"));
}

TEST(Evaluate, DecidingRuleAddsItsFlagsAndThePackItsNotes) {
  Pack pack = SamplePack(
      SampleRule("one", "exception", "flags = [\"look\"]\nwhen = [{ fact = \"act.what\", is = \"store\" }]"));
  pack.notes = {"from the press"};
  EXPECT_THAT(Ask(pack, With({{FactId::kActWhat, "store"}})).flags,
              ElementsAre("sample-pack/one: look", "sample-pack: from the press",
                          "on the node's word alone: act.what"));
  EXPECT_THAT(Ask(pack, With({{FactId::kActWhat, "decrypt"}})).flags, Not(Contains("sample-pack/one: look")));
}

TEST(Evaluate, PacksThatDisagreeAreFlagged) {
  const Pack permits = SamplePack(kFriends);
  Pack denies = SamplePack(kFriends);
  denies.id = "denying-pack";
  denies.rules[0].kind = RuleKind::kBar;
  denies.rules[0].outcome = Outcome::kDeny;
  const Pack* packs[] = {&permits, &denies};
  const Decision decision = Evaluate(packs, In("GB"), kToday);
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_THAT(decision.flags, Contains("the packs disagree: the strictest answer decides"));
}

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
