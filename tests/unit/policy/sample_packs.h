// Small packs and tables that the tests of this folder change one thing of.
#ifndef STRONGROOM_TESTS_UNIT_POLICY_SAMPLE_PACKS_H_
#define STRONGROOM_TESTS_UNIT_POLICY_SAMPLE_PACKS_H_

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "strongroom/policy/pack.h"

namespace strongroom::policy {

inline constexpr std::string_view kSampleTable = R"(id = "sample"
title = "a sample"
[[list]]
id = "friends"
title = "friends"
citation = "the sample"
[[list.version]]
from = 2025-01-01
source = "made up"
countries = ["GB", "US"]
[[list.version]]
from = 2026-01-01
source = "made up"
countries = ["FR", "GB", "US"]
)";

inline DataTable SampleTable() {
  auto table = ParseDataTable(AsBytes(kSampleTable));
  EXPECT_TRUE(table.has_value()) << table.error().message;
  return table ? *std::move(table) : DataTable();
}

// The eleven lines before the first rule of a pack.
inline std::string SampleHead() {
  return R"(format = 1
id = "sample-pack"
version = 3
authority = "acme"
title = "a sample"
verified_on = 2026-01-01
valid = { from = 2025-01-01, until = 2027-01-01 }
[[data]]
id = "sample"
sha256 = ")" +
         Hex(SampleTable().digest) + "\"\n";
}

inline Expected<Pack> ParseSample(const std::string& rules) {
  const DataTable tables[] = {SampleTable()};
  return ParsePack(AsBytes(SampleHead() + rules), tables);
}

inline Pack SamplePack(const std::string& rules) {
  auto pack = ParseSample(rules);
  EXPECT_TRUE(pack.has_value()) << pack.error().message;
  return pack ? *std::move(pack) : Pack();
}

// A rule with its middle left to the test.
inline std::string SampleRule(std::string_view id, std::string_view kind, std::string_view more) {
  return "[[rule]]\nid = \"" + std::string(id) + "\"\nkind = \"" + std::string(kind) +
         "\"\ncitation = [\"the sample\"]\nreason = \"because\"\n" + std::string(more) + "\n";
}

}  // namespace strongroom::policy

#endif  // STRONGROOM_TESTS_UNIT_POLICY_SAMPLE_PACKS_H_
