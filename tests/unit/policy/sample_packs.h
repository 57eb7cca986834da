// Small packs and tables that the tests of this folder change one thing of, and questions to put to them.
#ifndef STRONGROOM_TESTS_UNIT_POLICY_SAMPLE_PACKS_H_
#define STRONGROOM_TESTS_UNIT_POLICY_SAMPLE_PACKS_H_

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "strongroom/policy/decision.h"
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

// A rule with its middle left to the test. An exception takes a mere declaration.
inline std::string SampleRule(std::string_view id, std::string_view kind, std::string_view more) {
  return "[[rule]]\nid = \"" + std::string(id) + "\"\nkind = \"" + std::string(kind) +
         "\"\ncitation = [\"the sample\"]\nreason = \"because\"\n" +
         (kind == "exception" ? "weakest_source = \"declaration\"\n" : "") + std::string(more) + "\n";
}

// The same for what rules refer to.
inline std::string SampleFinding(std::string_view id, std::string_view more) {
  return "[[finding]]\nid = \"" + std::string(id) + "\"\ntitle = \"" + std::string(id) +
         " is so\"\ncitation = [\"the sample\"]\n" + std::string(more) + "\n";
}
inline std::string SampleNumber(std::string_view id, std::string_view more) {
  return "[[number]]\nid = \"" + std::string(id) + "\"\ntitle = \"" + std::string(id) +
         "\"\ncitation = [\"the sample\"]\n" + std::string(more) + "\n";
}

// A pack that permits exactly where the conditions hold.
inline Pack PermitsWhere(const std::string& conditions, const std::string& before = "") {
  const std::string text = before + conditions;
  const bool on_place = text.contains("node.country") || text.contains("node.subdivision");
  const std::string basis = on_place ? "weakest_basis = \"declared\"\n" : "";
  return SamplePack(before + SampleRule("one", "exception", basis + conditions));
}

inline const Timestamp kToday = *ParseRfc3339("2026-11-21");

inline Timestamp At(std::string_view text) {
  return *ParseRfc3339(text);
}

// Facts that somebody states, each as text.
inline Facts With(std::initializer_list<std::pair<FactId, std::string_view>> stated,
                  Source source = Source::kDeclaration) {
  Facts facts;
  for (const auto& [id, text] : stated) {
    EXPECT_TRUE(facts.Set(id, *ParseValue(id, text), source).has_value()) << text;
  }
  return facts;
}

inline Facts In(std::string_view country, place::Basis basis = place::Basis::kDeclared) {
  Facts facts;
  facts.SetPlace({*place::Country::Parse(country), std::nullopt, basis}, Source::kDeclaration);
  return facts;
}

inline Decision Ask(const Pack& pack, const Facts& facts, Timestamp at = kToday) {
  const Pack* packs[] = {&pack};
  return Evaluate(packs, facts, at);
}

// The rules that decided, in the order of the path.
inline std::vector<std::string> Rules(const Decision& decision) {
  std::vector<std::string> rules;
  for (const Step& step : decision.path) rules.push_back(step.rule);
  return rules;
}

}  // namespace strongroom::policy

#endif  // STRONGROOM_TESTS_UNIT_POLICY_SAMPLE_PACKS_H_
