// Who states a fact, and how well a place is known, decide whether an exception is satisfied.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

// An exception that only `source` or somebody stronger satisfies.
Pack Needs(std::string_view source) {
  return SamplePack(
      "[[rule]]\nid = \"one\"\nkind = \"exception\"\ncitation = [\"the sample\"]\nreason = \"because\"\n"
      "weakest_source = \"" +
      std::string(source) + "\"\nwhen = [{ fact = \"node.operator_hq\", is = \"GB\" }]\n");
}

Facts Headquartered(Source source) {
  return With({{FactId::kNodeOperatorHq, "GB"}}, source);
}

TEST(WeakestSource, StatementAsStrongOrStrongerSatisfiesTheException) {
  constexpr Source kSources[] = {Source::kDeclaration, Source::kRequest, Source::kLicence, Source::kEvidence,
                                 Source::kManifest};
  for (const Source needed : kSources) {
    for (const Source stated : kSources) {
      const Decision decision = Ask(Needs(Name(needed)), Headquartered(stated));
      EXPECT_EQ(decision.outcome, stated >= needed ? Outcome::kPermit : Outcome::kUnknown)
          << Name(stated) << " for " << Name(needed);
    }
  }
}

TEST(WeakestSource, StatementThatIsTooWeakIsFlaggedAndMissing) {
  const Decision decision = Ask(Needs("evidence"), Headquartered(Source::kDeclaration));
  EXPECT_THAT(decision.missing, ElementsAre(FactId::kNodeOperatorHq));
  EXPECT_THAT(decision.flags,
              Contains("sample-pack/one: needs more than a declaration for node.operator_hq"));
}

TEST(WeakestSource, AlternativeThatIsStatedStronglySatisfiesWhicheverStandsFirst) {
  const std::string by_hq = "{ fact = \"node.operator_hq\", is = \"GB\" }";
  const std::string by_finding = "{ finding = \"made-there\", is = true }";
  Facts facts = With({{FactId::kModelOrigin, "GB"}}, Source::kManifest);
  facts.AddMissing(Headquartered(Source::kDeclaration));
  for (const std::string& either : {by_hq + ", " + by_finding, by_finding + ", " + by_hq}) {
    const Pack pack = SamplePack(
        SampleFinding("made-there", "when = [{ fact = \"model.origin\", is = \"GB\" }]") +
        "[[rule]]\nid = \"one\"\nkind = \"exception\"\ncitation = [\"the sample\"]\nreason = \"because\"\n"
        "weakest_source = \"manifest\"\nwhen_any = [" +
        either + "]\n");
    const Decision decision = Ask(pack, facts);
    EXPECT_EQ(decision.outcome, Outcome::kPermit) << either;
    EXPECT_EQ(decision.weakest_source, Source::kManifest) << either;
  }
}

TEST(WeakestSource, QuestionIsTakenAsSupposed) {
  const Decision decision = Ask(Needs("manifest"), Headquartered(Source::kQuestion));
  EXPECT_EQ(decision.outcome, Outcome::kPermit);
  EXPECT_EQ(decision.weakest_source, Source::kQuestion);
}

TEST(WeakestSource, FactThatFailsIsBelievedWhoeverStatesIt) {
  EXPECT_EQ(Ask(Needs("evidence"), With({{FactId::kNodeOperatorHq, "CN"}})).outcome, Outcome::kDeny);
}

TEST(WeakestSource, MereDeclarationIsNeverSilent) {
  const Decision decision = Ask(Needs("declaration"), Headquartered(Source::kDeclaration));
  EXPECT_EQ(decision.outcome, Outcome::kPermit);
  EXPECT_THAT(decision.flags, ElementsAre("on the node's word alone: node.operator_hq"));
  EXPECT_EQ(decision.weakest_source, Source::kDeclaration);
}

Pack NeedsPlace(std::string_view basis) {
  return SamplePack(SampleRule(
      "strict", "exception",
      "weakest_basis = \"" + std::string(basis) + "\"\nwhen = [{ fact = \"node.country\", is = \"GB\" }]"));
}

TEST(WeakestBasis, PlaceKnownTooWeaklyDoesNotSatisfyTheException) {
  constexpr place::Basis kBases[] = {place::Basis::kDeclared, place::Basis::kEndorsed,
                                     place::Basis::kMeasured};
  for (const place::Basis needed : kBases) {
    for (const place::Basis known : kBases) {
      const Decision decision = Ask(NeedsPlace(place::Name(needed)), In("GB", known));
      EXPECT_EQ(decision.outcome, known >= needed ? Outcome::kPermit : Outcome::kDeny)
          << place::Name(known) << " for " << place::Name(needed);
    }
  }
}

TEST(WeakestBasis, PlaceKnownTooWeaklyIsFlagged) {
  EXPECT_THAT(Ask(NeedsPlace("endorsed"), In("GB")).flags,
              Contains("sample-pack/strict: needs a place that is endorsed; it is only declared"));
}

TEST(WeakestBasis, PlaceWithoutBasisLeavesTheExceptionOpen) {
  const Decision decision = Ask(NeedsPlace("declared"), With({{FactId::kNodeCountry, "GB"}}));
  EXPECT_EQ(decision.outcome, Outcome::kUnknown);
  EXPECT_THAT(decision.missing, ElementsAre(FactId::kNodeBasis));
}

TEST(WeakestBasis, PlaceBehindAFindingNeedsABasisToo) {
  const Pack pack =
      SamplePack(SampleFinding("there", "when = [{ fact = \"node.country\", is = \"GB\" }]") +
                 SampleRule("strict", "exception",
                            "weakest_basis = \"endorsed\"\nwhen = [{ finding = \"there\", is = true }]"));
  EXPECT_EQ(Ask(pack, In("GB")).outcome, Outcome::kDeny);
  EXPECT_EQ(Ask(pack, In("GB", place::Basis::kEndorsed)).outcome, Outcome::kPermit);
}

}  // namespace
}  // namespace strongroom::policy
