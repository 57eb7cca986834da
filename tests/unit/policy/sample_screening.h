// Screening lists made up for tests: no party of them exists.
#ifndef STRONGROOM_TESTS_UNIT_POLICY_SAMPLE_SCREENING_H_
#define STRONGROOM_TESTS_UNIT_POLICY_SAMPLE_SCREENING_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "strongroom/envelope/json.h"
#include "strongroom/policy/screening_list.h"

namespace strongroom::policy {

inline constexpr char kEntityList[] = "Entity List (EL) - Bureau of Industry and Security";
inline constexpr char kDeniedPersons[] = "Denied Persons List (DPL) - Bureau of Industry and Security";

struct SampleEntry {
  std::string name;
  std::vector<std::string> aliases = {};
  std::string source = kEntityList;
  std::string street = {}, city = {};
  std::string requirement = {}, policy = {};
};

inline envelope::Json EntryJson(const SampleEntry& entry) {
  envelope::ObjectBuilder members;
  members.String("source", entry.source).String("name", entry.name).Strings("alt_names", entry.aliases);
  members.String("federal_register_notice", "99 FR 1").Value("end_date", {});
  members.String("license_requirement", entry.requirement).String("license_policy", entry.policy);
  envelope::Json::Array addresses;
  if (!entry.street.empty()) {
    envelope::ObjectBuilder address;
    address.String("address", entry.street).String("city", entry.city).Value("state", {});
    address.String("postal_code", "99999").String("country", "CN");
    addresses.push_back(address.Build());
  }
  return members.Value("addresses", std::move(addresses)).Build();
}

inline std::string ListJson(const std::vector<SampleEntry>& entries) {
  envelope::Json::Array results;
  for (const SampleEntry& entry : entries) results.push_back(EntryJson(entry));
  envelope::ObjectBuilder document;
  document.Integer("total", results.size()).Value("sources_used", envelope::Json::Array());
  return envelope::CanonicalJson(document.Value("results", std::move(results)).Build());
}

// A party of each list that packs ask about, as a whole list has.
inline std::vector<SampleEntry> WithEveryList(std::vector<SampleEntry> entries) {
  for (const char* source :
       {kEntityList, kDeniedPersons, "Military End User (MEU) List - Bureau of Industry and Security",
        "Specially Designated Nationals (SDN) - Treasury Department",
        "Unverified List (UVL) - Bureau of Industry and Security"}) {
    entries.push_back({.name = "Zyxwvut Qqqq", .source = source});
  }
  return entries;
}

inline ScreeningList ListOf(const std::vector<SampleEntry>& entries) {
  auto list = ScreeningList::Parse(AsBytes(ListJson(WithEveryList(entries))), *ParseRfc3339("2026-11-20"));
  EXPECT_TRUE(list.has_value()) << list.error().message;
  return *list;
}

}  // namespace strongroom::policy

#endif  // STRONGROOM_TESTS_UNIT_POLICY_SAMPLE_SCREENING_H_
