#include "strongroom/policy/cases.h"

#include <algorithm>

#include "policy/case_tokens.h"
#include "policy/csv.h"
#include "policy/toml_reader.h"

namespace strongroom::policy {
namespace {

constexpr std::string_view kMalformedFacts = "malformed";
constexpr std::string_view kLicenceColumn = "licence";
constexpr std::string_view kNoTexts = "-";
constexpr std::string_view kShortForm[] = {"id",
                                           "date",
                                           "action",
                                           "weights_class",
                                           "training_ops",
                                           "origin_country",
                                           "destination_country",
                                           "enduser_hq_country",
                                           "enduser_authorization",
                                           "license",
                                           "storage_security",
                                           "expected",
                                           "reason",
                                           "citation"};
constexpr std::size_t kLeading = 2;   // id, date
constexpr std::size_t kTrailing = 3;  // expected, rules, note

std::unexpected<Error> RefuseField(const CsvField& field, std::string_view why) {
  return std::unexpected(MalformedAt({field.line, field.column}, why));
}

Status CheckName(const CsvField& field, std::string_view name) {
  if (field.text == name) return {};
  return RefuseField(field, "the header has '" + field.text + "' where '" + std::string(name) + "' belongs");
}

// What the middle columns of the long form state: a fact, or a licence on file.
struct LongForm {
  std::vector<std::optional<FactId>> columns;
};

Expected<LongForm> ReadHeader(const CsvRecord& header) {
  if (header.size() < kLeading + kTrailing)
    return RefuseField(header[0], "the header must be id,date,FACT...,expected,rules,note");
  SR_RETURN_IF_ERROR(CheckName(header[0], "id"));
  SR_RETURN_IF_ERROR(CheckName(header[1], "date"));
  SR_RETURN_IF_ERROR(CheckName(header[header.size() - 3], "expected"));
  SR_RETURN_IF_ERROR(CheckName(header[header.size() - 2], "rules"));
  SR_RETURN_IF_ERROR(CheckName(header[header.size() - 1], "note"));
  LongForm form;
  for (std::size_t i = kLeading; i + kTrailing < header.size(); ++i) {
    const std::optional<FactId> fact = FindFact(header[i].text);
    if (!fact && header[i].text != kLicenceColumn)
      return RefuseField(header[i], "there is no fact '" + header[i].text + "'");
    if (std::ranges::find(form.columns, fact) != form.columns.end())
      return RefuseField(header[i], "a second column of one fact");
    form.columns.push_back(fact);
  }
  return form;
}

// ISSUER or ISSUER:expired: a licence that covers what the row states, or did until that moment.
Status AddLicence(const CsvField& field, Timestamp at, Facts& facts) {
  constexpr std::int64_t kDay = 86400;
  std::string_view issuer = field.text;
  const bool expired = issuer.ends_with(":expired");
  if (expired) issuer.remove_suffix(std::string_view(":expired").size());
  if (issuer.contains(':'))
    return RefuseField(field, "'" + field.text + "' is neither ISSUER nor ISSUER:expired");
  Licence licence;
  licence.id = "case";
  licence.issuer = issuer;
  if (const Fact* party = facts.Find(FactId::kNodeOperator)) licence.parties = {ToText(party->value)};
  if (const Fact* label = facts.Find(FactId::kModelLabel)) licence.items = {ToText(label->value)};
  if (const Fact* country = facts.Find(FactId::kNodeCountry))
    licence.countries = {std::get<place::Country>(country->value)};
  licence.valid_from = {at.seconds - kDay};
  licence.valid_until = {at.seconds + (expired ? 0 : kDay)};
  return facts.AddLicence(std::move(licence));
}

Expected<Facts> ReadFacts(const CsvRecord& record, const LongForm& form, Timestamp at) {
  Facts facts;
  const CsvField* licence = nullptr;
  for (std::size_t i = 0; i < form.columns.size(); ++i) {
    const CsvField& field = record[kLeading + i];
    if (!form.columns[i]) licence = &field;
    if (field.text.empty() || !form.columns[i]) continue;
    const FactId id = *form.columns[i];
    const bool none = Describe(id).type == ValueType::kTexts && field.text == kNoTexts;
    auto value = ParseValue(id, none ? "" : field.text);
    if (!value) return std::unexpected(AtPosition(std::move(value).error(), {field.line, field.column}));
    SR_RETURN_IF_ERROR(facts.Set(id, *std::move(value), Source::kQuestion));
  }
  if (licence != nullptr && !licence->text.empty()) SR_RETURN_IF_ERROR(AddLicence(*licence, at, facts));
  return facts;
}

// The columns that both forms have: id and date first, the expected outcome at `expected`. A date or an
// outcome that does not parse is an error of the case, which then fails.
Expected<Case> ReadFrame(const CsvRecord& record, const CsvField& expected) {
  Case one;
  one.id = record[0].text;
  one.line = record[0].line;
  if (one.id.empty()) return RefuseField(record[0], "a case without an id");
  one.expected = FindOutcome(expected.text);
  if (!one.expected && expected.text != kMalformedFacts) {
    one.expected = Outcome::kPermit;
    one.defect = MalformedAt({expected.line, expected.column},
                             "'" + expected.text + "' is neither an outcome nor 'malformed'");
  }
  const auto at = ParseRfc3339(record[1].text);
  if (at) {
    one.at = *at;
  } else {
    one.defect = MalformedAt({record[1].line, record[1].column}, at.error().message, at.error().next);
  }
  return one;
}

Expected<Case> ReadLong(const CsvRecord& record, const LongForm& form) {
  SR_ASSIGN_OR_RETURN(Case one, ReadFrame(record, record[record.size() - 3]));
  one.facts = ReadFacts(record, form, one.at);
  one.rules = record[record.size() - 2].text;
  return one;
}

bool IsShortForm(const CsvRecord& header) {
  return std::ranges::equal(header, kShortForm, {}, &CsvField::text);
}

Expected<Case> ReadShort(const CsvRecord& record) {
  SR_ASSIGN_OR_RETURN(Case one, ReadFrame(record, record[11]));
  const std::size_t colon = one.id.find(':');
  if (colon == std::string::npos || colon == 0)
    return RefuseField(record[0], "the id of a case is not of the form PACK:NUMBER");
  one.pack = one.id.substr(0, colon);
  auto facts = FactsOfTokens({.action = record[2].text,
                              .weights_class = record[3].text,
                              .training_ops = record[4].text,
                              .origin_country = record[5].text,
                              .destination_country = record[6].text,
                              .enduser_hq_country = record[7].text,
                              .enduser_authorization = record[8].text,
                              .license = record[9].text,
                              .storage_security = record[10].text},
                             one.at);
  if (!facts) facts = std::unexpected(AtPosition(std::move(facts).error(), {record[0].line, 1}));
  one.facts = std::move(facts);
  return one;
}

std::string RulesOf(const Decision& decision, const std::string& pack) {
  std::string rules;
  for (const Step& step : decision.path) {
    if (step.pack == pack) rules += (rules.empty() ? "" : ";") + step.rule;
  }
  return rules;
}

std::string Describe(std::string_view outcome, const std::string& rules) {
  return std::string(outcome) + (rules.empty() ? "" : " by " + rules);
}

// What the packs say of a case, or nothing if it is what the case expects.
std::optional<CaseFailure> RunCase(std::span<const Pack* const> packs, const Case& one) {
  CaseFailure failure{.id = one.id, .line = one.line, .expected = {}, .actual = {}, .decision = {}};
  failure.expected = Describe(one.expected ? Name(*one.expected) : kMalformedFacts, one.rules.value_or(""));
  if (one.expected && one.rules == "") failure.expected += " by no rule: the cell of the rules is empty";
  if (one.defect) {
    failure.expected = "a case that can be read";
    failure.actual = one.defect->message;
    return failure;
  }
  if (!one.facts) {
    failure.actual = std::string(kMalformedFacts) + ": " + one.facts.error().message;
    return one.expected ? std::optional(std::move(failure)) : std::nullopt;
  }
  if (!one.pack.empty() && one.pack != packs.front()->id) {
    failure.actual = "it is about another pack";
    return failure;
  }
  failure.decision = Evaluate(packs, *one.facts, one.at);
  const std::string rules = RulesOf(*failure.decision, packs.front()->id);
  failure.actual = Describe(Name(failure.decision->outcome), rules);
  const bool same = failure.decision->outcome == one.expected && (!one.rules || *one.rules == rules);
  return same ? std::nullopt : std::optional(std::move(failure));
}

}  // namespace

Expected<std::vector<Case>> ParseCases(ByteView csv) {
  SR_ASSIGN_OR_RETURN(const std::vector<CsvRecord> records, ParseCsv(csv));
  if (records.empty()) return Fail(ErrorCode::kMalformed, "the table of cases is empty");
  const bool is_short = IsShortForm(records[0]);
  LongForm form;
  if (!is_short) {
    SR_ASSIGN_OR_RETURN(form, ReadHeader(records[0]));
  }
  std::vector<Case> cases;
  for (std::size_t i = 1; i < records.size(); ++i) {
    SR_ASSIGN_OR_RETURN(Case one, is_short ? ReadShort(records[i]) : ReadLong(records[i], form));
    cases.push_back(std::move(one));
  }
  return cases;
}

Expected<CaseReport> RunCases(const Pack& pack, std::span<const Pack> installed,
                              std::span<const Case> cases) {
  const Pack* asked[] = {&pack};
  SR_ASSIGN_OR_RETURN(const std::vector<const Pack*> packs, WithBases(asked, installed));
  CaseReport report;
  for (const Case& one : cases) {
    if (auto failure = RunCase(packs, one)) {
      report.failures.push_back(*std::move(failure));
    } else {
      ++report.passed;
    }
  }
  return report;
}

}  // namespace strongroom::policy
