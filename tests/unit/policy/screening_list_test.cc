#include "strongroom/policy/screening_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_screening.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::policy {
namespace {

using ::testing::HasSubstr;

const Timestamp kDownloaded = *ParseRfc3339("2026-11-20T12:00:00Z");

Expected<ScreeningList> Parse(std::string_view json) {
  return ScreeningList::Parse(AsBytes(json), kDownloaded);
}

void ExpectRefused(std::string_view json, std::string_view why, ErrorCode code = ErrorCode::kMalformed) {
  const auto list = Parse(json);
  ASSERT_FALSE(list.has_value()) << json;
  EXPECT_EQ(list.error().code, code) << json;
  EXPECT_THAT(list.error().message, HasSubstr(why)) << json;
}

std::string WithEntry(std::string_view members) {
  return R"({"total":1,"sources_used":[],"results":[{)" + std::string(members) + "}]}";
}

constexpr char kNamed[] = R"("name":"Example Trading One","source":"Entity List (EL) - Bureau")";

TEST(ScreeningList, PublishedShapeIsReadWithDigestDateAndCounts) {
  const std::string json = ListJson({{.name = "Example Trading One",
                                      .aliases = {"ETO"},
                                      .street = "100 Example Road",
                                      .city = "Exampleville",
                                      .requirement = "All items subject to the EAR.",
                                      .policy = "Presumption of denial."},
                                     {.name = "Example Person Two", .source = kDeniedPersons}});
  const auto list = Parse(json);
  ASSERT_TRUE(list.has_value()) << list.error().message;
  ASSERT_EQ(list->entries().size(), 2U);
  const ScreeningEntry& entry = list->entries()[0];
  EXPECT_EQ(entry.list, "EL");
  EXPECT_EQ(entry.name, "Example Trading One");
  EXPECT_THAT(entry.aliases, ::testing::ElementsAre("ETO"));
  EXPECT_EQ(entry.addresses[0].street, "100 Example Road");
  EXPECT_EQ(entry.addresses[0].country, "CN");
  EXPECT_EQ(entry.notice, "99 FR 1");
  EXPECT_EQ(entry.end_date, "");
  EXPECT_EQ(list->digest(), crypto::Sha256(AsBytes(json)));
  EXPECT_EQ(list->date(), kDownloaded);
  EXPECT_EQ(list->CountByList().at("EL"), 1U);
  EXPECT_EQ(list->CountByList().at("DPL"), 1U);
  EXPECT_EQ(list->CountByList().at("SDN"), 0U);
}

TEST(ScreeningList, EverySourceHasItsShortName) {
  const std::pair<const char*, const char*> sources[] = {
      {"Capta List (CAP) - Treasury Department", "CAP"},
      {"Denied Persons List (DPL) - Bureau of Industry and Security", "DPL"},
      {"Entity List (EL) - Bureau of Industry and Security", "EL"},
      {"Foreign Sanctions Evaders (FSE) - Treasury Department", "FSE"},
      {"ITAR Debarred (DTC) - State Department", "DTC"},
      {"Military End User (MEU) List - Bureau of Industry and Security", "MEU"},
      {"Non-SDN Chinese Military-Industrial Complex Companies List (CMIC) - Treasury Department", "CMIC"},
      {"Non-SDN Menu-Based Sanctions List (NS-MBS List) - Treasury Department", "NS-MBS"},
      {"Nonproliferation Sanctions (ISN) - State Department", "ISN"},
      {"Palestinian Legislative Council List (PLC) - Treasury Department", "PLC"},
      {"Sectoral Sanctions Identifications List (SSI) - Treasury Department", "SSI"},
      {"Specially Designated Nationals (SDN) - Treasury Department", "SDN"},
      {"Unverified List (UVL) - Bureau of Industry and Security", "UVL"}};
  for (const auto& [source, code] : sources)
    EXPECT_EQ(ListOf({{.name = "Example", .source = source}}).entries()[0].list, code);
}

TEST(ScreeningList, ListThatIsNotKnownIsRefusedByName) {
  for (const char* source : {"Example New List (XYZ) - Example Department", "", "Entity List", "(EL", ")EL("})
    ExpectRefused(ListJson({{.name = "Example", .source = source}}), "results[0].source",
                  ErrorCode::kUnsupported);
  ExpectRefused(ListJson({{.name = "Example", .source = "New (XYZ)"}}), "New (XYZ)", ErrorCode::kUnsupported);
}

TEST(ScreeningList, RequiredMemberThatIsMissingIsRefusedByPath) {
  ExpectRefused(R"({"sources_used":[],"results":[]})", "the list.total is missing");
  ExpectRefused(R"({"total":0,"sources_used":[]})", "the list.results is missing");
  ExpectRefused(R"({"total":0,"results":null})", "the list.results is missing");
  ExpectRefused(WithEntry(R"j("source":"List (EL)")j"), "results[0].name is missing");
  ExpectRefused(WithEntry(R"("name":"Example")"), "results[0].source is missing");
  ExpectRefused(WithEntry(R"j("name":null,"source":"List (EL)")j"), "results[0].name is missing");
}

TEST(ScreeningList, MemberOfAnotherTypeIsRefusedByPath) {
  ExpectRefused("[]", "the list must be an object");
  ExpectRefused(R"({"total":"1","results":[]})", "the list.total must be a whole number");
  ExpectRefused(R"({"total":0,"results":{}})", "the list.results must be an array");
  ExpectRefused(R"({"total":1,"results":[7]})", "results[0] must be an object");
  ExpectRefused(WithEntry(R"j("name":7,"source":"List (EL)")j"), "results[0].name must be a string");
  ExpectRefused(WithEntry(std::string(kNamed) + R"(,"alt_names":"x")"),
                "results[0].alt_names must be an array");
  ExpectRefused(WithEntry(std::string(kNamed) + R"(,"alt_names":[7])"),
                "results[0].alt_names must be a string");
  ExpectRefused(WithEntry(std::string(kNamed) + R"(,"addresses":[7])"),
                "results[0].addresses[0] must be an object");
}

TEST(ScreeningList, WhatIsNotStrictJsonIsRefusedWithItsOffset) {
  ExpectRefused("", "byte 0");
  ExpectRefused(R"({"total":0,"results":[]} )"
                "x",
                "byte 25");
  ExpectRefused(R"({"total":0,"total":0,"results":[]})", "byte");
  ExpectRefused("{\"total\":0,\"results\":[\"\xff\"]}", "byte");
}

TEST(ScreeningList, NameThatCannotBeComparedIsRefused) {
  ExpectRefused(ListJson({{.name = "Example"}, {.name = "---"}}), "results[1].name has no letter or digit");
  ExpectRefused(ListJson({{.name = ""}}), "results[0].name has no letter or digit");
  EXPECT_TRUE(Parse(ListJson({{.name = "Example", .aliases = {"-", "ETO"}}})).has_value());
}

TEST(ScreeningList, TextThatIsTooLongIsRefused) {
  ExpectRefused(ListJson({{.name = std::string(65 * 1024, 'x')}}), "results[0].name is longer than 64 KiB");
  ExpectRefused(ListJson({{.name = "x", .aliases = std::vector<std::string>(4097, "y")}}),
                "results[0].alt_names has more than 4096 items");
}

TEST(ScreeningList, NullAndUnknownMembersAreNothing) {
  const auto list = Parse(
      WithEntry(std::string(kNamed) + R"(,"alt_names":null,"addresses":[{"city":null}],"vessel_flag":"XX")"));
  ASSERT_TRUE(list.has_value()) << list.error().message;
  EXPECT_TRUE(list->entries()[0].aliases.empty());
  EXPECT_EQ(list->entries()[0].addresses[0].city, "");
}

TEST(ScreeningList, PageOrSearchAnswerIsNotWhole) {
  EXPECT_FALSE(Parse(R"({"total":7,"results":[]})")->whole());
  EXPECT_FALSE(Parse(R"({"total":0,"offset":50,"results":[]})")->whole());
  EXPECT_FALSE(Parse(WithEntry(std::string(kNamed) + R"(,"score":100)"))->whole());
}

TEST(ScreeningList, WithoutAnEntryOfEachListThatPacksAskAboutIsNotWhole) {
  EXPECT_TRUE(ListOf({}).whole());
  EXPECT_FALSE(Parse(R"({"total":0,"offset":0,"results":[]})")->whole());
  std::vector<SampleEntry> entries = WithEveryList({});
  while (!entries.empty()) {
    entries.pop_back();
    EXPECT_FALSE(Parse(ListJson(entries))->whole()) << entries.size();
  }
}

TEST(ScreeningList, FractionalScoreOfASearchIsRefusedWithItsOffset) {
  ExpectRefused(WithEntry(std::string(kNamed) + R"(,"score":97.5)"), "byte");
}

TEST(ScreeningList, TimeOfMakingIsItsDateWhereItIsEarlier) {
  const auto date = [](std::string_view made_at) {
    return Parse(R"({"total":0,"results":[],"search_performed_at":")" + std::string(made_at) + "\"}");
  };
  EXPECT_EQ(date("2026-11-01T13:15:00.015113+00:00")->date(), *ParseRfc3339("2026-11-01T13:15:00Z"));
  EXPECT_EQ(date("2026-11-01T13:15:00Z")->date(), *ParseRfc3339("2026-11-01T13:15:00Z"));
  EXPECT_EQ(date("2026-11-21T13:15:00Z")->date(), kDownloaded);
  for (const char* wrong : {"", "yesterday", "2026-11-01", "2026-11-01T13:15:00", "2026-11-01T13:15:00-05:00",
                            "2026-11-01T13:15:00.x+00:00", "2026-11-01T25:15:00Z"})
    EXPECT_EQ(date(wrong).error().code, ErrorCode::kMalformed) << wrong;
}

TEST(ScreeningSnapshot, GivesBackListDateAndDigest) {
  const std::string json = ListJson({{.name = "Example Trading One"}});
  const auto list = ScreeningList::ParseSnapshot(ScreeningList::Snapshot(AsBytes(json), kDownloaded));
  ASSERT_TRUE(list.has_value()) << list.error().message;
  EXPECT_EQ(list->digest(), crypto::Sha256(AsBytes(json)));
  EXPECT_EQ(list->downloaded(), kDownloaded);
  EXPECT_EQ(list->entries().size(), 1U);
}

TEST(ScreeningSnapshot, ChangedListOrHeaderIsRefused) {
  const Bytes snapshot = ScreeningList::Snapshot(AsBytes(ListJson({{.name = "Example"}})), kDownloaded);
  Bytes changed = snapshot;
  changed.back() ^= 1;
  EXPECT_EQ(ScreeningList::ParseSnapshot(changed).error().code, ErrorCode::kAltered);
  changed = snapshot;
  changed[0] ^= 1;
  EXPECT_EQ(ScreeningList::ParseSnapshot(changed).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(ScreeningList::ParseSnapshot({}).error().code, ErrorCode::kMalformed);
  std::string newer(AsText(snapshot));
  newer.replace(newer.find("\"format\":1"), 10, "\"format\":2");
  EXPECT_EQ(ScreeningList::ParseSnapshot(AsBytes(newer)).error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace strongroom::policy
