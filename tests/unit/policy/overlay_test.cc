// A pack laid over another only adds to it, and both are asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strongroom/policy/cases.h"
#include "strongroom/policy/pack_source.h"
#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Pack Base(std::uint64_t version = 3) {
  Pack pack = PermitsWhere("when = [{ fact = \"node.country\", in_list = \"friends\" }]");
  pack.version = version;
  return pack;
}

// Bars one model.
std::string DirectiveText() {
  return R"(format = 1
id = "directive"
version = 1
authority = "acme"
title = "a directive"
verified_on = 2026-01-01
valid = { from = 2025-01-01 }
overlay = { authority = "acme", id = "sample-pack", min_version = 3 }
)" + SampleRule("named", "bar",
                "outcome = \"deny\"\nwhen = [{ fact = \"model.named_in\", contains = \"directive\" }]");
}

Pack Directive() {
  auto pack = ParsePack(AsBytes(DirectiveText()), {});
  EXPECT_TRUE(pack.has_value()) << pack.error().message;
  return pack ? *std::move(pack) : Pack();
}

Decision AskBoth(const Facts& facts) {
  const std::vector<Pack> installed = {Base(), Directive()};
  const Pack* asked[] = {&installed[1]};
  const auto packs = WithBases(asked, installed);
  EXPECT_TRUE(packs.has_value()) << packs.error().message;
  return Evaluate(*packs, facts, kToday);
}

Facts Named(std::string_view country, std::string_view directives) {
  Facts facts = In(country);
  facts.AddMissing(With({{FactId::kModelNamedIn, directives}}));
  return facts;
}

TEST(Overlay, LeavesToItsBaseWhatItDoesNotSpeakAbout) {
  const Decision permit = AskBoth(Named("GB", ""));
  EXPECT_EQ(permit.outcome, Outcome::kPermit);
  EXPECT_THAT(Rules(permit), ElementsAre(kLeftToBaseRule, "one"));
  EXPECT_THAT(permit.flags, Not(Contains(HasSubstr("disagree"))));
  EXPECT_EQ(AskBoth(Named("SG", "")).outcome, Outcome::kDeny);
}

TEST(Overlay, BarsWhatItsBasePermits) {
  const Decision decision = AskBoth(Named("GB", "directive"));
  EXPECT_EQ(decision.outcome, Outcome::kDeny);
  EXPECT_THAT(Rules(decision), ElementsAre("named", "one"));
  EXPECT_THAT(decision.flags, Contains("the packs disagree: the strictest answer decides"));
}

TEST(Overlay, MatterThatIsOpenInItMakesTheAnswerUnknown) {
  EXPECT_EQ(AskBoth(In("GB")).outcome, Outcome::kUnknown);
}

TEST(Overlay, WithoutItsBaseIsNotFound) {
  const Pack directive = Directive();
  const Pack* asked[] = {&directive};
  Pack superseded = Base();
  superseded.superseded = true;
  Pack of_another = Base();
  of_another.authority = "mallory";
  for (const std::vector<Pack>& installed : {std::vector<Pack>{}, {Base(2)}, {superseded}, {of_another}}) {
    const auto packs = WithBases(asked, installed);
    ASSERT_FALSE(packs.has_value());
    EXPECT_EQ(packs.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(packs.error().message, HasSubstr("laid over pack 'sample-pack' of 'acme', version 3"));
  }
}

TEST(Overlay, NewestBaseIsAskedAndOnlyOnce) {
  const std::vector<Pack> installed = {Base(3), Base(4), Directive()};
  const Pack* asked[] = {&installed[1], &installed[2]};
  const auto packs = WithBases(asked, installed);
  ASSERT_TRUE(packs.has_value());
  EXPECT_THAT(*packs, ElementsAre(&installed[1], &installed[2]));
}

TEST(Overlay, ManifestThatNamesItGetsItsBaseToo) {
  const std::vector<Pack> installed = {Base(), Directive()};
  const PackReference reference{
      .authority = "acme", .id = "directive", .min_version = 1, .digest = installed[1].digest};
  const auto packs = SelectPacks(std::span(&reference, 1), installed, kToday);
  ASSERT_TRUE(packs.has_value());
  EXPECT_THAT(*packs, ElementsAre(&installed[1], &installed[0]));
  EXPECT_EQ(SelectPacks(std::span(&reference, 1), std::span(&installed[1], 1), kToday).error().code,
            ErrorCode::kNotFound);
}

TEST(Overlay, CasesAskItsBaseAndHoldTheRulesAgainstTheOverlay) {
  const std::vector<Pack> installed = {Base()};
  const auto cases =
      ParseCases(AsBytes("id,date,node.country,node.basis,model.named_in,expected,rules,note\n"
                         "a,2026-01-01,GB,declared,-,permit,left-to-base,\n"
                         "b,2026-01-01,GB,declared,directive,deny,named,\n"
                         "c,2026-01-01,SG,declared,-,deny,left-to-base,the base denies\n"));
  ASSERT_TRUE(cases.has_value()) << cases.error().message;
  const auto report = RunCases(Directive(), installed, *cases);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->passed, 3U);
  EXPECT_EQ(RunCases(Directive(), {}, *cases).error().code, ErrorCode::kNotFound);
}

TEST(Overlay, DoesNotLoadWithoutItsBase) {
  const std::string text = DirectiveText();
  constexpr std::string_view kCases =
      "id,date,model.named_in,expected,rules,note\na,2026-01-01,directive,deny,named,\n";
  const PackSource source{
      .id = "directive", .pack = AsBytes(text), .cases = AsBytes(kCases), .tables = {}, .parts = {}};
  EXPECT_EQ(LoadPack(source).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(LoadPack(source, std::vector{Base()}).has_value());
}

}  // namespace
}  // namespace strongroom::policy
