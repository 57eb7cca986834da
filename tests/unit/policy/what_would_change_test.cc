#include "strongroom/policy/what_would_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strongroom/policy/explanation.h"
#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Changes WhatChanges(const Pack& pack, const Facts& facts, Timestamp at = kToday) {
  const Pack* packs[] = {&pack};
  return WhatWouldChange(packs, facts, at);
}

auto Supposing(const std::string& phrase, Outcome outcome) {
  return AllOf(Field(&Change::suppose, ElementsAre(phrase)), Field(&Change::outcome, outcome));
}

TEST(WhatWouldChange, CountryIsNamedByTheListThatMakesTheDifference) {
  const Pack pack = PermitsWhere("when = [{ fact = \"node.country\", in_list = \"friends\" }]");
  EXPECT_THAT(
      WhatChanges(pack, In("SG")).changes,
      Contains(Supposing("node.country: one of the 3 countries on the list friends, such as FR (France)",
                         Outcome::kPermit)));
  EXPECT_THAT(WhatChanges(pack, In("GB")).changes,
              Contains(Field(&Change::suppose, ElementsAre(HasSubstr("not on the list friends")))));
}

TEST(WhatWouldChange, NumberIsBoundedByWhatThePackComparesItWith) {
  const Pack pack = PermitsWhere("when = [{ fact = \"model.training_ops\", below = \"1e26\" }]");
  EXPECT_THAT(WhatChanges(pack, With({{FactId::kModelTrainingOps, "2e26"}})).changes,
              Contains(Supposing("model.training_ops: below 1e26", Outcome::kPermit)));
  EXPECT_THAT(WhatChanges(pack, With({{FactId::kModelTrainingOps, "2e25"}})).changes,
              Contains(Supposing("model.training_ops: at least 1e26", Outcome::kDeny)));
}

TEST(WhatWouldChange, WordsAndTextsAndTruthsAreTriedEach) {
  const Pack pack = PermitsWhere(
      "when_any = [{ fact = \"act.what\", in = [\"store\", \"transfer\"] }, { fact = \"node.licences\", "
      "contains = \"LE-AIA\" }, { fact = \"storage.paragraph_14\", is = true }]");
  const Facts facts = With({{FactId::kActWhat, "decrypt"},
                            {FactId::kNodeLicences, "LE-STA"},
                            {FactId::kStorageParagraph14, "false"}});
  const std::vector<Change> changes = WhatChanges(pack, facts).changes;
  EXPECT_THAT(changes, Contains(Supposing("act.what: store or transfer", Outcome::kPermit)));
  EXPECT_THAT(changes, Contains(Supposing("node.licences: with LE-AIA", Outcome::kPermit)));
  EXPECT_THAT(changes, Contains(Supposing("storage.paragraph_14: true", Outcome::kPermit)));
}

TEST(WhatWouldChange, MissingFactIsStated) {
  const Pack pack = PermitsWhere("when = [{ fact = \"act.what\", is = \"store\" }]");
  EXPECT_THAT(WhatChanges(pack, Facts()).changes,
              AllOf(Contains(Supposing("act.what: store", Outcome::kPermit)),
                    Contains(Supposing("act.what: transfer or decrypt", Outcome::kDeny))));
}

TEST(WhatWouldChange, TimesLieOnBothSidesOfTheMoment) {
  const Pack pack = PermitsWhere("when = [{ fact = \"storage.certificate_until\", past = false }]");
  EXPECT_THAT(WhatChanges(pack, With({{FactId::kStorageCertificateUntil, "2026-01-01"}})).changes,
              Contains(Supposing("storage.certificate_until: 2026-11-22 or later", Outcome::kPermit)));
}

TEST(WhatWouldChange, LicenceOfAnIssuerThatThePackAsksAbout) {
  const Pack pack = PermitsWhere("when = [{ licence_from = \"BIS\" }]\nweakest_basis = \"declared\"");
  EXPECT_THAT(WhatChanges(pack, In("SG")).changes,
              Contains(Supposing("a licence of BIS that covers it", Outcome::kPermit)));
}

TEST(WhatWouldChange, StrongerStatementAndBetterBasis) {
  const Pack pack = SamplePack(
      "[[rule]]\nid = \"one\"\nkind = \"exception\"\ncitation = [\"the sample\"]\nreason = \"because\"\n"
      "weakest_source = \"evidence\"\nweakest_basis = \"endorsed\"\n"
      "when = [{ fact = \"node.country\", in_list = \"friends\" }]");
  Facts declared = In("GB", place::Basis::kEndorsed);
  EXPECT_THAT(WhatChanges(pack, declared).changes,
              Contains(Supposing("node.country: stated by the evidence", Outcome::kPermit)));
  Facts proved;
  proved.SetPlace({*place::Country::Parse("GB"), std::nullopt, place::Basis::kDeclared}, Source::kEvidence);
  EXPECT_THAT(WhatChanges(pack, proved).changes,
              Contains(Supposing("node.basis: endorsed or measured", Outcome::kPermit)));
}

TEST(WhatWouldChange, NextAndLastMomentOfAnotherAnswer) {
  const Pack pack = PermitsWhere("when = [{ fact = \"node.country\", in_list = \"friends\" }]");
  EXPECT_THAT(WhatChanges(pack, In("FR")).changes,
              AllOf(Contains(Supposing("from 2027-01-01 on", Outcome::kDeny)),
                    Contains(Supposing("before 2026-01-01", Outcome::kDeny))));
}

TEST(WhatWouldChange, ScreeningGrowsOldAndIsRepeated) {
  const Pack pack = PermitsWhere("when = [{ fact = \"node.lists_date\", within_days = \"7\" }]");
  EXPECT_THAT(
      WhatChanges(pack, With({{FactId::kNodeListsDate, "2026-11-20"}})).changes,
      AllOf(Contains(Supposing("from 2026-11-27T00:00:01Z on, without a newer screening", Outcome::kDeny)),
            Contains(Supposing("from 2027-01-01 on", Outcome::kDeny))));
}

TEST(WhatWouldChange, TwoThingsWhereOneDoesNotSuffice) {
  const Pack pack = PermitsWhere(
      "when = [{ fact = \"node.operator_hq\", in_list = \"friends\" }, { fact = \"act.what\", is = \"store\" "
      "}]");
  const std::vector<Change> changes =
      WhatChanges(pack, With({{FactId::kNodeOperatorHq, "SG"}, {FactId::kActWhat, "decrypt"}})).changes;
  EXPECT_THAT(changes, Contains(Field(&Change::suppose,
                                      ElementsAre("act.what: store", HasSubstr("on the list friends")))));
  EXPECT_THAT(changes, Contains(Field(&Change::rules, ElementsAre("sample-pack/one"))));
}

TEST(WhatWouldChange, NoPairWhereOneThingSuffices) {
  const Pack pack = PermitsWhere(
      "when_any = [{ fact = \"act.what\", is = \"store\" }, { fact = \"act.key\", is = \"withheld\" }]");
  const Facts facts = With({{FactId::kActWhat, "decrypt"}, {FactId::kActKey, "given"}});
  for (const Change& change : WhatChanges(pack, facts).changes) EXPECT_EQ(change.suppose.size(), 1U);
}

TEST(WhatWouldChange, AllThatAnExceptionLacksIsTriedAtOnce) {
  const Pack pack = PermitsWhere(
      "when = [{ finding = \"secured\", is = true }, { fact = \"node.licences\", contains = \"LE-AIA\" }, "
      "{ fact = \"act.what\", is = \"decrypt\" }]",
      SampleFinding(
          "secured",
          "when = [{ fact = \"storage.paragraph_14\", is = true }, { fact = \"storage.paragraph_15\", "
          "is = true }]"));
  const Facts facts = With({{FactId::kStorageParagraph14, "false"},
                            {FactId::kStorageParagraph15, "false"},
                            {FactId::kNodeLicences, ""},
                            {FactId::kActWhat, "decrypt"}});
  EXPECT_THAT(
      WhatChanges(pack, facts).changes,
      Contains(Field(&Change::suppose, ElementsAre("storage.paragraph_14: true", "storage.paragraph_15: true",
                                                   "node.licences: with LE-AIA"))));
}

TEST(WhatWouldChange, WhoAndWhereOneIsIsNotArranged) {
  const Pack pack = PermitsWhere(
      "when = [{ fact = \"node.operator_hq\", is = \"GB\" }, { fact = \"node.operator_parent_hq\", is = "
      "\"GB\" }, { fact = \"act.what\", is = \"store\" }]");
  const Facts facts = With({{FactId::kNodeOperatorHq, "SG"},
                            {FactId::kNodeOperatorParentHq, "SG"},
                            {FactId::kActWhat, "decrypt"}});
  EXPECT_THAT(WhatChanges(pack, facts).changes, Not(Contains(Field(&Change::outcome, Outcome::kPermit))));
}

TEST(WhatWouldChange, LaxestAnswerComesFirst) {
  const Pack pack = SamplePack(
      SampleRule("one", "exception", "when = [{ fact = \"act.what\", is = \"store\" }]") +
      SampleRule("two", "requirement",
                 "outcome = \"needs_licence\"\nwhen = [{ fact = \"act.what\", is = \"transfer\" }]"));
  const Changes changes = WhatChanges(pack, With({{FactId::kActWhat, "decrypt"}}));
  ASSERT_EQ(changes.changes.size(), 2U);
  EXPECT_EQ(changes.changes[0].outcome, Outcome::kPermit);
  EXPECT_EQ(changes.changes[1].outcome, Outcome::kNeedsLicence);
}

// Nothing permits, so that every pair is tried: many facts with many values each.
TEST(WhatWouldChange, SearchIsBoundedAndSaysSo) {
  std::string any;
  for (const FactType& type : FactCatalogue()) {
    if (type.type != ValueType::kDecimal && type.type != ValueType::kText) continue;
    const bool text = type.type == ValueType::kText;
    for (int bound = 1; bound <= 12; ++bound) {
      any += std::string(any.empty() ? "" : ",\n") + "{ fact = \"" + std::string(type.name) + "\", " +
             (text ? "is = \"t" : "above = \"") + std::to_string(bound) + "0\" }";
    }
  }
  const Pack pack =
      SamplePack(SampleRule("never", "bar", "outcome = \"deny\"\nalways = true") +
                 SampleRule("one", "exception", "weakest_basis = \"declared\"\nwhen_any = [" + any + "]"));
  const Changes changes = WhatChanges(pack, In("GB"));
  EXPECT_EQ(changes.questions, kMostQuestions);
  EXPECT_FALSE(changes.complete);
  EXPECT_THAT(changes.changes, Each(Field(&Change::outcome, Not(Outcome::kPermit))));
}

TEST(WhatWouldChange, NoPackNoChange) {
  const Changes changes = WhatWouldChange({}, In("GB"), kToday);
  EXPECT_THAT(changes.changes, IsEmpty());
  EXPECT_TRUE(changes.complete);
}

TEST(WhatWouldChange, SameQuestionSameChanges) {
  const Pack pack = PermitsWhere("when = [{ fact = \"node.country\", in_list = \"friends\" }]");
  EXPECT_EQ(WhatChanges(pack, In("SG")).changes, WhatChanges(pack, In("SG")).changes);
}

TEST(Explanation, TellsClauseGroundsFactsAndChanges) {
  const Pack pack = SamplePack(
      SampleFinding("friendly", "when = [{ fact = \"node.country\", in_list = \"friends\" }]") +
      SampleRule("far", "requirement",
                 "outcome = \"deny\"\nreadings = [{ text = \"narrow\", controls = true }, { text = \"wide\", "
                 "controls = false }]\ncompliance = { from = 2025-06-01, citation = \"the sample, dates\" }\n"
                 "when = [{ finding = \"friendly\", is = false }]") +
      SampleRule("near", "exception",
                 "weakest_basis = \"declared\"\nwhen = [{ finding = \"friendly\", is = true }]"));
  const Pack* packs[] = {&pack};
  std::string told;
  for (const std::string& line : TellExplanation(ExplainWhole(packs, In("SG"), kToday), 100)) {
    EXPECT_LE(line.size(), 100U);
    told += line + "\n";
  }
  EXPECT_THAT(told, HasSubstr("The answer: denied (deny), as of 2026-11-21."));
  EXPECT_THAT(told, HasSubstr("Because because. (far)"));
  EXPECT_THAT(told, HasSubstr("it must be followed from 2025-06-01 [the sample, dates]"));
  EXPECT_THAT(told, HasSubstr("The reading that controls: narrow."));
  EXPECT_THAT(told, HasSubstr("Not followed here: wide."));
  EXPECT_THAT(told, HasSubstr("And on what is not so:"));
  EXPECT_THAT(told, HasSubstr("friendly is so [the sample]"));
  EXPECT_THAT(told, HasSubstr("node.country, where the node is: SG (Singapore)"));
  EXPECT_THAT(told, HasSubstr("What would make it permitted:\n  - node.country: one of the 3"));
}

TEST(Explanation, OpenRuleIsNotToldAsIfItHeld) {
  const Pack pack = PermitsWhere("when = [{ fact = \"act.what\", is = \"store\" }]");
  const Pack* packs[] = {&pack};
  std::string told;
  for (const std::string& line : TellExplanation(ExplainWhole(packs, Facts(), kToday), 100))
    told += line + "\n";
  EXPECT_THAT(told, HasSubstr("It is open whether this is so:\n  - because. (one)"));
  EXPECT_THAT(told, HasSubstr("What nobody stated, and the answer needs:"));
}

TEST(Explanation, EveryWindowAndReadingIsInTheJson) {
  const Pack pack = PermitsWhere("when = [{ fact = \"act.what\", is = \"store\" }]");
  const Pack* packs[] = {&pack};
  const std::string json = envelope::CanonicalJson(
      ExplanationJson(ExplainWhole(packs, With({{FactId::kActWhat, "store"}}), kToday)));
  for (const std::string_view member :
       {"\"clauses\":[{", "\"compliance\"", "\"readings\"", "\"changes\":[{", "\"changes_complete\":true",
        "\"decision\":{", "\"outcome\":\"permit\""})
    EXPECT_THAT(json, HasSubstr(member));
}

}  // namespace
}  // namespace strongroom::policy
