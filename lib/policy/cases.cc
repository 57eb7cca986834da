#include "strongroom/policy/cases.h"

#include <algorithm>

#include "policy/csv.h"
#include "policy/toml_reader.h"

namespace strongroom::policy {
namespace {

constexpr std::string_view kMalformedFacts = "malformed";
constexpr std::size_t kLeading = 2;   // id, date
constexpr std::size_t kTrailing = 3;  // expected, rules, note

std::unexpected<Error> RefuseField(const CsvField& field, std::string_view why) {
  return std::unexpected(MalformedAt({field.line, field.column}, why));
}

Status CheckName(const CsvField& field, std::string_view name) {
  if (field.text == name) return {};
  return RefuseField(field, "the header has '" + field.text + "' where '" + std::string(name) + "' belongs");
}

// The facts of the middle columns, in order.
Expected<std::vector<FactId>> ReadHeader(const CsvRecord& header) {
  if (header.size() < kLeading + kTrailing)
    return RefuseField(header[0], "the header must be id,date,FACT...,expected,rules,note");
  SR_RETURN_IF_ERROR(CheckName(header[0], "id"));
  SR_RETURN_IF_ERROR(CheckName(header[1], "date"));
  SR_RETURN_IF_ERROR(CheckName(header[header.size() - 3], "expected"));
  SR_RETURN_IF_ERROR(CheckName(header[header.size() - 2], "rules"));
  SR_RETURN_IF_ERROR(CheckName(header[header.size() - 1], "note"));
  std::vector<FactId> columns;
  for (std::size_t i = kLeading; i + kTrailing < header.size(); ++i) {
    const std::optional<FactId> fact = FindFact(header[i].text);
    if (!fact) return RefuseField(header[i], "there is no fact '" + header[i].text + "'");
    if (std::ranges::find(columns, *fact) != columns.end())
      return RefuseField(header[i], "a second column of one fact");
    columns.push_back(*fact);
  }
  return columns;
}

Expected<Facts> ReadFacts(const CsvRecord& record, const std::vector<FactId>& columns) {
  Facts facts;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const CsvField& field = record[kLeading + i];
    if (field.text.empty()) continue;
    auto value = ParseValue(columns[i], field.text);
    if (!value) return std::unexpected(AtPosition(std::move(value).error(), {field.line, field.column}));
    SR_RETURN_IF_ERROR(facts.Set(columns[i], *std::move(value), Source::kQuestion));
  }
  return facts;
}

Expected<Case> ReadCase(const CsvRecord& record, const std::vector<FactId>& columns) {
  Case one;
  one.id = record[0].text;
  one.line = record[0].line;
  if (one.id.empty()) return RefuseField(record[0], "a case without an id");
  const auto at = ParseRfc3339(record[1].text);
  if (!at) return RefuseField(record[1], at.error().message);
  one.at = *at;
  one.facts = ReadFacts(record, columns);
  const CsvField& expected = record[record.size() - 3];
  one.expected = FindOutcome(expected.text);
  if (!one.expected && expected.text != kMalformedFacts) {
    return RefuseField(expected, "'" + expected.text + "' is neither an outcome nor 'malformed'");
  }
  one.rules = record[record.size() - 2].text;
  return one;
}

std::string RulesOf(const Decision& decision) {
  std::string rules;
  for (const Step& step : decision.path) rules += (rules.empty() ? "" : ";") + step.rule;
  return rules;
}

std::string Describe(std::string_view outcome, const std::string& rules) {
  return std::string(outcome) + (rules.empty() ? "" : " by " + rules);
}

// What the pack says of a case, or nothing if it is what the case expects.
std::optional<CaseFailure> RunCase(const Pack& pack, const Case& one) {
  CaseFailure failure{.id = one.id, .line = one.line, .expected = {}, .actual = {}, .decision = {}};
  failure.expected = Describe(one.expected ? Name(*one.expected) : kMalformedFacts, one.rules);
  if (!one.facts) {
    failure.actual = std::string(kMalformedFacts) + ": " + one.facts.error().message;
    return one.expected ? std::optional(std::move(failure)) : std::nullopt;
  }
  const Pack* packs[] = {&pack};
  failure.decision = Evaluate(packs, *one.facts, one.at);
  failure.actual = Describe(Name(failure.decision->outcome), RulesOf(*failure.decision));
  return failure.actual == failure.expected ? std::nullopt : std::optional(std::move(failure));
}

}  // namespace

Expected<std::vector<Case>> ParseCases(ByteView csv) {
  SR_ASSIGN_OR_RETURN(const std::vector<CsvRecord> records, ParseCsv(csv));
  if (records.empty()) return Fail(ErrorCode::kMalformed, "the table of cases is empty");
  SR_ASSIGN_OR_RETURN(const std::vector<FactId> columns, ReadHeader(records[0]));
  std::vector<Case> cases;
  for (std::size_t i = 1; i < records.size(); ++i) {
    SR_ASSIGN_OR_RETURN(Case one, ReadCase(records[i], columns));
    cases.push_back(std::move(one));
  }
  return cases;
}

CaseReport RunCases(const Pack& pack, std::span<const Case> cases) {
  CaseReport report;
  for (const Case& one : cases) {
    if (auto failure = RunCase(pack, one)) {
      report.failures.push_back(*std::move(failure));
    } else {
      ++report.passed;
    }
  }
  return report;
}

}  // namespace strongroom::policy
