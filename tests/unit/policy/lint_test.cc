#include "strongroom/policy/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strongroom/policy/pack_source.h"
#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr auto kError = LintFinding::Severity::kError;
constexpr auto kWarning = LintFinding::Severity::kWarning;

// A rule with a reason that is a sentence.
std::string Rule(std::string_view id, std::string_view kind, std::string_view more) {
  std::string text = SampleRule(id, kind, more);
  const std::string reason = "reason = \"because\"";
  return text.replace(text.find(reason), reason.size(), "reason = \"the sample wants it so\"");
}

const std::string kPermitFriends =
    Rule("friends", "exception",
         "weakest_basis = \"declared\"\nwhen = [{ fact = \"node.country\", in_list = \"friends\" }]");
const std::string kDenyOthers =
    Rule("others", "requirement",
         "outcome = \"deny\"\nwhen = [{ fact = \"node.country\", not_in_list = \"friends\" }]");
const std::string kSound = kPermitFriends + kDenyOthers;

std::vector<Case> CasesFrom(const std::string& csv) {
  auto cases = ParseCases(AsBytes(csv));
  EXPECT_TRUE(cases.has_value()) << cases.error().message;
  return cases ? *std::move(cases) : std::vector<Case>();
}

std::vector<LintFinding> LintOf(const Pack& pack, const std::vector<Case>& cases = {}) {
  return Lint(pack, {}, cases, At("2026-06-01"));
}

std::vector<LintFinding> LintOf(const std::string& rules) {
  return LintOf(SamplePack(rules));
}

auto Finds(LintFinding::Severity severity, const std::string& check, const std::string& about,
           const std::string& sentence) {
  return Contains(AllOf(Field(&LintFinding::severity, severity), Field(&LintFinding::check, check),
                        Field(&LintFinding::about, about),
                        Field(&LintFinding::sentence, HasSubstr(sentence))));
}

auto FindsNo(const std::string& check) {
  return Not(Contains(Field(&LintFinding::check, check)));
}

TEST(Lint, SoundPackWithCasesIsClean) {
  const std::vector<Case> cases = CasesFrom(
      "id,date,node.country,node.basis,expected,rules,note\n"
      "a,2026-02-01,GB,declared,permit,friends,\nb,2026-02-01,SG,declared,deny,others,\n");
  EXPECT_THAT(LintOf(SamplePack(kSound), cases), IsEmpty());
}

TEST(Lint, RuleThatNoCaseDecidesIsAWarning) {
  EXPECT_THAT(LintOf(kSound), Finds(kWarning, "untested", "rule others", "no case"));
}

TEST(LintReach, ConditionsThatContradictOneAnother) {
  EXPECT_THAT(
      LintOf(kSound + Rule("never", "bar",
                           "outcome = \"deny\"\nwhen = [{ fact = \"node.country\", in_list = \"friends\" }, "
                           "{ fact = \"node.country\", is = \"SG\" }]")),
      Finds(kError, "unreachable", "rule never", "contradict"));
}

TEST(LintReach, BoundsThatContradictOneAnother) {
  EXPECT_THAT(
      LintOf(kSound + Rule("never", "bar",
                           "outcome = \"deny\"\nwhen = [{ fact = \"model.training_ops\", below = \"1e25\" }, "
                           "{ fact = \"model.training_ops\", at_least = \"1e26\" }]")),
      Finds(kError, "unreachable", "rule never", "contradict"));
}

TEST(LintReach, ProductThatTheSearchMayMissIsNeverCalledAContradiction) {
  const std::string number = SampleNumber("quarter", "product = [\"0.25\", { fact = \"model.base_ops\" }]");
  const std::string reached =
      Rule("large", "bar", "outcome = \"deny\"\nwhen = [{ number = \"quarter\", above = \"3e25\" }]");
  EXPECT_THAT(LintOf(number + kSound + reached), FindsNo("unreachable"));
  const std::string missed = Rule("between", "bar",
                                  "outcome = \"deny\"\nwhen = [{ number = \"quarter\", above = \"3e25\" },\n"
                                  "{ number = \"quarter\", below = \"3.0001e25\" }]");
  EXPECT_THAT(LintOf(number + kSound + missed),
              Finds(kWarning, "unreachable", "rule between", "no facts were found"));
}

TEST(LintReach, ContradictionThroughAFinding) {
  EXPECT_THAT(LintOf(SampleFinding("at-home", "when = [{ fact = \"node.country\", is = \"US\" }]") + kSound +
                     Rule("never", "bar",
                          "outcome = \"deny\"\nwhen = [{ finding = \"at-home\", is = true }, "
                          "{ fact = \"node.country\", is_not = \"US\" }]")),
              Finds(kError, "unreachable", "rule never", "contradict"));
}

TEST(LintReach, WindowOutsideThePacks) {
  EXPECT_THAT(LintOf(kSound + Rule("old", "bar",
                                   "outcome = \"deny\"\nwhen = [{ fact = \"act.what\", is = \"store\" }]\n"
                                   "compliance = { until = 2025-01-01, citation = \"the sample\" }")),
              Finds(kError, "unreachable", "rule old", "never meet"));
}

TEST(LintReach, ExceptionThatABarAlwaysOverrides) {
  EXPECT_THAT(
      LintOf(kSound +
             Rule("barred", "exception",
                  "weakest_basis = \"declared\"\nwhen = [{ fact = \"node.country\", is = \"SG\" }]") +
             Rule("bar", "bar",
                  "outcome = \"deny\"\nwhen = [{ fact = \"node.country\", not_in_list = \"friends\" }]")),
      Finds(kError, "unreachable", "rule barred", "never permits"));
}

TEST(LintReach, RequirementThatAnExceptionAlwaysOverrides) {
  EXPECT_THAT(
      LintOf(kSound + Rule("mild", "requirement",
                           "outcome = \"needs_licence\"\nwhen = [{ fact = \"node.country\", is = \"GB\" }]")),
      Finds(kError, "unreachable", "rule mild", "never decides"));
}

TEST(LintReach, RuleThatALicenceMakesDecideIsReached) {
  EXPECT_THAT(LintOf(Rule("licensed", "exception",
                          "weakest_basis = \"declared\"\nwhen = [{ licence_from = \"BIS\" }]") +
                     Rule("rest", "requirement", "outcome = \"needs_licence\"\nalways = true")),
              AllOf(FindsNo("unreachable"), FindsNo("gap")));
}

TEST(LintReach, SuspendedRuleIsLeftAlone) {
  EXPECT_THAT(LintOf(kSound + Rule("asleep", "bar",
                                   "status = \"suspended\"\noutcome = \"deny\"\n"
                                   "when = [{ fact = \"node.country\", is = \"GB\" }, { fact = "
                                   "\"node.country\", is = \"FR\" }]")),
              FindsNo("unreachable"));
}

// Exceptions that differ and never hold together, each pair of which takes a search: more than there are
// steps for.
TEST(Lint, SearchIsBoundedAndSaysSo) {
  std::string rules;
  for (int i = 0; i < 250; ++i) {
    const std::string number = std::to_string(i);
    rules += Rule("rule-" + number, "exception",
                  "obligations = [\"do " + number + "\"]\nwhen = [{ fact = \"act.copies\", at_least = \"" +
                      number + "0\" },\n{ fact = \"act.custodians\", at_least = \"" + number +
                      "0\" },\n{ fact = \"act.lease_seconds\", at_most = \"" + number + "0\" }]");
  }
  EXPECT_THAT(LintOf(rules), Finds(kWarning, "bound", "pack", "bound"));
}

TEST(LintGaps, FactsToWhichOnlyTheDefaultAnswersAreNamed) {
  EXPECT_THAT(LintOf(kPermitFriends), Finds(kError, "gap", "pack", "node.country"));
  EXPECT_THAT(LintOf(kSound), FindsNo("gap"));
}

TEST(LintExceptions, StricterOneThatIsNeverNeeded) {
  const std::string strict =
      "[[rule]]\nid = \"strict\"\nkind = \"exception\"\ncitation = [\"the sample\"]\n"
      "reason = \"the sample wants it so\"\nweakest_source = \"evidence\"\nweakest_basis = \"endorsed\"\n"
      "when = [{ fact = \"node.country\", is = \"GB\" }]\n";
  EXPECT_THAT(LintOf(kSound + strict), Finds(kError, "exceptions", "rule strict", "friends permits too"));
}

TEST(LintExceptions, SameConditionsWithOtherObligations) {
  EXPECT_THAT(LintOf(kSound + Rule("also", "exception",
                                   "weakest_basis = \"declared\"\nobligations = [\"keep a record of it\"]\n"
                                   "when = [{ fact = \"node.country\", in_list = \"friends\" }]")),
              Finds(kError, "exceptions", "rule friends", "different obligations"));
}

TEST(LintExceptions, IndependentOnesMayDiffer) {
  EXPECT_THAT(LintOf(kSound + Rule("stored", "exception",
                                   "obligations = [\"keep a record of it\"]\n"
                                   "when = [{ fact = \"act.what\", is = \"store\" }]")),
              FindsNo("exceptions"));
}

TEST(Lint, ReasonThatIsNoSentence) {
  EXPECT_THAT(LintOf(SampleRule("one", "bar", "outcome = \"deny\"\nalways = true")),
              Finds(kError, "reason", "rule one", "no plain sentence"));
}

TEST(Lint, BlankCitation) {
  Pack pack = SamplePack(kSound);
  pack.rules[0].citations = {" "};
  EXPECT_THAT(LintOf(pack), Finds(kError, "citation", "rule friends", "blank"));
}

TEST(Lint, WindowWithoutCitation) {
  EXPECT_THAT(LintOf(kSound + Rule("dated", "bar",
                                   "outcome = \"deny\"\nwhen = [{ fact = \"act.what\", is = \"store\" }]\n"
                                   "compliance = { from = 2025-06-01 }")),
              Finds(kError, "window", "rule dated", "compliance"));
}

TEST(Lint, DefinitionsThatNoRuleUses) {
  const auto findings = LintOf(
      SampleNumber("spare-number", "sum = [{ fact = \"act.copies\" }]") +
      SampleFinding("spare-finding", "when = [{ number = \"spare-number\", above = \"2\" }]") + kSound);
  EXPECT_THAT(findings, Finds(kError, "unused", "finding spare-finding", "no rule"));
  EXPECT_THAT(findings, Finds(kError, "unused", "number spare-number", "no rule"));
}

TEST(Lint, TableThatNoRuleUses) {
  EXPECT_THAT(LintOf(Rule("all", "bar", "outcome = \"deny\"\nalways = true")),
              Finds(kError, "unused", "data table sample", "no rule"));
}

TEST(Lint, ColumnOfCasesThatNoRuleReads) {
  const std::vector<Case> cases = CasesFrom(
      "id,date,act.what,node.country,node.basis,expected,rules,note\n"
      "a,2026-02-01,store,GB,declared,permit,friends,\n");
  EXPECT_THAT(LintOf(SamplePack(kSound), cases), Finds(kWarning, "unused", "cases", "act.what"));
}

TEST(Lint, PackThatNobodyCheckedForAYear) {
  const Pack pack = SamplePack(kSound);
  EXPECT_THAT(Lint(pack, {}, {}, At("2027-02-01")), Finds(kWarning, "verified_on", "pack", "2026-01-01"));
  EXPECT_THAT(LintOf(pack), FindsNo("verified_on"));
}

TEST(Lint, ListThatChangedAfterTheCheck) {
  Pack pack = SamplePack(kSound);
  pack.verified_on = At("2025-12-31");
  EXPECT_THAT(LintOf(pack), Finds(kWarning, "verified_on", "list friends", "newer"));
}

TEST(Lint, ShippedPacksHaveNoErrors) {
  const auto packs = LoadShippedPacks();
  ASSERT_TRUE(packs.has_value()) << packs.error().message;
  for (std::size_t i = 0; i < packs->size(); ++i) {
    const auto cases = ParseCases(ShippedPacks()[i].cases);
    ASSERT_TRUE(cases.has_value());
    const Pack* alone[] = {&(*packs)[i]};
    const auto asked = WithBases(alone, *packs);
    ASSERT_TRUE(asked.has_value());
    for (const LintFinding& finding :
         Lint(*alone[0], std::span(*asked).subspan(1), *cases, At("2026-11-21"))) {
      EXPECT_NE(finding.severity, kError)
          << alone[0]->id << ": " << finding.about << ": " << finding.sentence;
    }
  }
}

}  // namespace
}  // namespace strongroom::policy
