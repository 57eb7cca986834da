// Which acts a licence on file covers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// What covers Act(), until a test changes one thing of it.
Licence OnFile() {
  return {.id = "D-1",
          .issuer = "BIS",
          .parties = {"Acme"},
          .items = {"acme-7b", "4E091"},
          .countries = {*place::Country::Parse("SG")},
          .copies = {},
          .valid_from = At("2026-01-01"),
          .valid_until = At("2027-01-01"),
          .source = Source::kLicence};
}

Facts Act() {
  return With({{FactId::kNodeOperator, "Acme"},
               {FactId::kNodeCountry, "SG"},
               {FactId::kNodeBasis, "declared"},
               {FactId::kModelLabel, "acme-7b"},
               {FactId::kActCopies, "2"}});
}

Decision AskWith(Licence licence, const Facts& act = Act(), Timestamp at = kToday) {
  static const Pack pack =
      SamplePack(SampleRule("licensed", "exception",
                            "weakest_basis = \"declared\"\nwhen = [{ licence_from = \"BIS\" }]") +
                 SampleRule("all", "requirement", "outcome = \"needs_licence\"\nalways = true"));
  Facts facts = act;
  EXPECT_TRUE(facts.AddLicence(std::move(licence)).has_value());
  return Ask(pack, facts, at);
}

TEST(LicenceOnFile, ThatCoversTheActSatisfiesTheRule) {
  const Decision decision = AskWith(OnFile());
  EXPECT_EQ(decision.outcome, Outcome::kPermit);
  EXPECT_THAT(Rules(decision), ElementsAre("licensed"));
}

TEST(LicenceOnFile, MayNameTheClassificationInsteadOfTheLabel) {
  Facts act = With({{FactId::kModelLabel, "acme-8b"}, {FactId::kModelEccn, "4E091"}});
  act.AddMissing(Act());
  EXPECT_EQ(AskWith(OnFile(), act).outcome, Outcome::kPermit);
}

TEST(LicenceOnFile, NoneOnFileDoesNotHoldAndIsNotOpen) {
  static const Pack pack = SamplePack(SampleRule(
      "licensed", "exception", "weakest_basis = \"declared\"\nwhen = [{ licence_from = \"BIS\" }]"));
  const Decision decision = Ask(pack, Act());
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_THAT(decision.missing, IsEmpty());
}

struct Shortfall {
  std::string_view what;
  void (*change)(Licence& licence);
  std::string_view why;
};

class LicenceThatDoesNotCover : public ::testing::TestWithParam<Shortfall> {};

TEST_P(LicenceThatDoesNotCover, DoesNotHelpAndTheDecisionSaysWhy) {
  Licence licence = OnFile();
  GetParam().change(licence);
  const Decision decision = AskWith(licence);
  EXPECT_EQ(decision.outcome, Outcome::kNeedsLicence);
  EXPECT_THAT(decision.flags, Contains("sample-pack: licence D-1 of BIS " + std::string(GetParam().why)));
}

INSTANTIATE_TEST_SUITE_P(
    Shortfalls, LicenceThatDoesNotCover,
    ::testing::Values(
        Shortfall{"Expired", [](Licence& one) { one.valid_until = kToday; }, "ended on 2026-11-21T00:00:00Z"},
        Shortfall{"NotBegun", [](Licence& one) { one.valid_from = {kToday.seconds + 1}; },
                  "begins on 2026-11-21T00:00:01Z"},
        Shortfall{"OtherParty", [](Licence& one) { one.parties = {"acme"}; }, "is for another party"},
        Shortfall{"OtherItem",
                  [](Licence& one) {
                    one.items = {"acme-8b", "4E001"};
                  },
                  "is for another item"},
        Shortfall{"OtherCountry", [](Licence& one) { one.countries = {*place::Country::Parse("MY")}; },
                  "is for another country"},
        Shortfall{"TooManyCopies", [](Licence& one) { one.copies = *Decimal::Parse("1"); },
                  "allows no more than 1 copies"}),
    [](const auto& shortfall) { return std::string(shortfall.param.what); });

TEST(LicenceOnFile, OfAnotherIssuerIsNotAsked) {
  Licence other = OnFile();
  other.issuer = "METI";
  const Decision decision = AskWith(other);
  EXPECT_EQ(decision.outcome, Outcome::kNeedsLicence);
  EXPECT_THAT(decision.flags, Not(Contains(HasSubstr("licence D-1"))));
}

TEST(LicenceOnFile, AllowsAsManyCopiesAsItSays) {
  Licence two = OnFile();
  two.copies = *Decimal::Parse("2");
  EXPECT_EQ(AskWith(two).outcome, Outcome::kPermit);
}

TEST(LicenceOnFile, WithANumberOfCopiesNeedsToKnowHowManyThereAre) {
  Licence two = OnFile();
  two.copies = *Decimal::Parse("2");
  const Facts act = With({{FactId::kNodeOperator, "Acme"},
                          {FactId::kNodeCountry, "SG"},
                          {FactId::kNodeBasis, "declared"},
                          {FactId::kModelLabel, "acme-7b"}});
  const Decision decision = AskWith(two, act);
  EXPECT_EQ(decision.outcome, Outcome::kUnknown);
  EXPECT_THAT(decision.missing, Contains(FactId::kActCopies));
  EXPECT_THAT(decision.flags,
              Contains("sample-pack: licence D-1 of BIS may cover this, but nobody stated act.copies"));
}

TEST(LicenceOnFile, HoldsFromItsFirstMomentUpToItsEnd) {
  EXPECT_EQ(AskWith(OnFile(), Act(), At("2025-12-31T23:59:59Z")).outcome, Outcome::kNeedsLicence);
  EXPECT_EQ(AskWith(OnFile(), Act(), At("2026-01-01")).outcome, Outcome::kPermit);
  EXPECT_EQ(AskWith(OnFile(), Act(), At("2026-12-31T23:59:59Z")).outcome, Outcome::kPermit);
}

}  // namespace
}  // namespace strongroom::policy
