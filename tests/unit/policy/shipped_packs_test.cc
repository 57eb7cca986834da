#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "strongroom/policy/cases.h"
#include "strongroom/policy/decision.h"
#include "strongroom/policy/pack_source.h"

namespace strongroom::policy {
namespace {

using ::testing::Contains;

const Timestamp kToday = *ParseRfc3339("2026-11-21");

Bytes FileOf(const std::string& name) {
  std::ifstream file(STRONGROOM_POLICIES "/" + name, std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

const PackSource& Shipped(std::string_view id) {
  const auto found = std::ranges::find(ShippedPacks(), id, &PackSource::id);
  EXPECT_NE(found, ShippedPacks().end());
  return *found;
}

Pack AlliedNations() {
  auto pack = LoadPack(Shipped("allied-nations"));
  EXPECT_TRUE(pack.has_value()) << pack.error().message;
  return pack ? *std::move(pack) : Pack();
}

Outcome Ask(const Pack& pack, std::string_view country, std::string_view hq, Timestamp at = kToday) {
  Facts facts;
  facts.SetPlace({*place::Country::Parse(country), std::nullopt, place::Basis::kDeclared},
                 Source::kDeclaration);
  EXPECT_TRUE(
      facts.Set(FactId::kNodeOperatorHq, *place::Country::Parse(hq), Source::kDeclaration).has_value());
  const Pack* packs[] = {&pack};
  return Evaluate(packs, facts, at).outcome;
}

TEST(ShippedPacks, EveryOneLoadsAndPassesItsCases) {
  const auto packs = LoadShippedPacks();
  ASSERT_TRUE(packs.has_value()) << packs.error().message;
  EXPECT_EQ(packs->size(), ShippedPacks().size());
}

TEST(ShippedPacks, CompiledTextIsTheFileByteForByte) {
  for (const PackSource& source : ShippedPacks()) {
    EXPECT_TRUE(ToBytes(source.pack) == FileOf(std::string(source.id) + "/pack.toml")) << source.id;
    EXPECT_TRUE(ToBytes(source.cases) == FileOf(std::string(source.id) + "/cases.csv")) << source.id;
  }
  EXPECT_TRUE(ToBytes(Shipped("allied-nations").tables[0]) == FileOf("data/country_groups.toml"));
}

TEST(ShippedPacks, OppositeOfEveryCaseFails) {
  const auto packs = LoadShippedPacks();
  ASSERT_TRUE(packs.has_value()) << packs.error().message;
  for (std::size_t i = 0; i < packs->size(); ++i) {
    auto cases = ParseCases(ShippedPacks()[i].cases);
    ASSERT_TRUE(cases.has_value());
    for (Case& one : *cases)
      one.expected = one.expected == Outcome::kPermit ? Outcome::kDeny : Outcome::kPermit;
    const auto report = RunCases((*packs)[i], *packs, *cases);
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->passed, 0U) << ShippedPacks()[i].id;
    EXPECT_EQ(report->failures.size(), cases->size());
  }
}

TEST(AlliedNations, ExactlyTheNineteenDestinationsArePermitted) {
  constexpr std::string_view kAia[] = {"AU", "BE", "CA", "DE", "DK", "ES", "FI", "FR", "GB", "IE",
                                       "IT", "JP", "KR", "NL", "NO", "NZ", "SE", "TW", "US"};
  const Pack pack = AlliedNations();
  for (const place::Country& country : place::AllCountries()) {
    const Outcome expected =
        std::ranges::find(kAia, country.code()) != std::end(kAia) ? Outcome::kPermit : Outcome::kDeny;
    EXPECT_EQ(Ask(pack, country.code(), country.code()), expected) << country.code();
    EXPECT_EQ(Ask(pack, country.code(), "US"), expected) << country.code();
    EXPECT_EQ(Ask(pack, "US", country.code()), expected) << country.code();
  }
}

TEST(AlliedNations, NothingIsPermittedBeforeTheListExisted) {
  const Pack pack = AlliedNations();
  for (const place::Country& country : place::AllCountries()) {
    EXPECT_EQ(Ask(pack, country.code(), country.code(), *ParseRfc3339("2025-01-12T23:59:59Z")),
              Outcome::kDeny);
  }
}

TEST(AlliedNations, DeclaredPlaceIsAcceptedAndFlagged) {
  const Pack pack = AlliedNations();
  Facts facts;
  facts.SetPlace({*place::Country::Parse("GB"), std::nullopt, place::Basis::kDeclared}, Source::kDeclaration);
  ASSERT_TRUE(
      facts.Set(FactId::kNodeOperatorHq, *place::Country::Parse("GB"), Source::kDeclaration).has_value());
  const Pack* packs[] = {&pack};
  const Decision decision = Evaluate(packs, facts, kToday);
  EXPECT_EQ(decision.outcome, Outcome::kPermit);
  EXPECT_THAT(decision.flags, Contains("the place is only declared"));
}

TEST(CountryGroups, CambodiaLeftTheEmbargoListOnItsDay) {
  const Pack pack = AlliedNations();
  const auto list = std::ranges::find(pack.lists, "D:5", &RegionList::id);
  ASSERT_NE(list, pack.lists.end());
  EXPECT_EQ(list->At(*ParseRfc3339("2026-02-02"))->countries.size(), 23U);
  EXPECT_EQ(list->At(*ParseRfc3339("2026-02-03"))->countries.size(), 22U);
  EXPECT_EQ(list->At(*ParseRfc3339("2025-01-12")), nullptr);
}

TEST(CountryGroups, EveryGroupHasAsManyMembersAsCounted) {
  const std::pair<std::string_view, std::size_t> counts[] = {
      {"AIA", 19}, {"A:1", 40}, {"A:2", 34}, {"A:3", 42}, {"A:4", 45}, {"A:5", 38}, {"A:6", 8}, {"B", 173},
      {"D:1", 24}, {"D:2", 10}, {"D:3", 36}, {"D:4", 21}, {"D:5", 22}, {"E:1", 3},  {"E:2", 1}};
  const Pack pack = AlliedNations();
  for (const auto& [id, count] : counts) {
    const auto list = std::ranges::find(pack.lists, id, &RegionList::id);
    ASSERT_NE(list, pack.lists.end()) << id;
    EXPECT_EQ(list->At(kToday)->countries.size(), count) << id;
  }
}

}  // namespace
}  // namespace strongroom::policy
