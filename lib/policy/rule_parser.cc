#include "policy/rule_parser.h"

#include <algorithm>

#include "policy/asked_facts.h"
#include "policy/condition_parser.h"
#include "policy/pack_words.h"
#include "strongroom/policy/decision.h"

namespace strongroom::policy {
namespace {

constexpr std::size_t kMaxDefinitions = 64;  // numbers, and findings: the evaluation keeps sets of them
constexpr std::size_t kMaxRules = 256;

// A word of a closed vocabulary, required or, where `fallback` is given, optional.
template <typename Enum>
Expected<Enum> ReadWord(TomlTable& table, std::string_view key, std::span<const std::string_view> words,
                        std::optional<Enum> fallback = std::nullopt) {
  const TomlNode* node = table.Take(key);
  if (node == nullptr && fallback) return *fallback;
  SR_ASSIGN_OR_RETURN(const std::string word, table.RequireText(key));
  if (const auto found = FindWord<Enum>(words, word)) return *found;
  return std::unexpected(MalformedAt(node->position, "'" + std::string(key) + "' is '" + word + "'",
                                     "write one of: " + Listed(words)));
}

bool IsId(std::string_view text) {
  const auto is_id_character = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && text.size() <= 64 && text[0] != '-' && std::ranges::all_of(text, is_id_character);
}

bool IsReserved(std::string_view id) {
  return id == kDefaultRule || id == kOutsideWindowRule || id == kNoPackRule || id == kLeftToBaseRule;
}

Expected<std::string> ReadSentence(TomlTable& table, std::string_view key) {
  SR_ASSIGN_OR_RETURN(const TomlNode* node, table.Require(key));
  SR_ASSIGN_OR_RETURN(std::string text, TomlText(*node, "'" + std::string(key) + "'"));
  if (!text.empty()) return text;
  return std::unexpected(MalformedAt(node->position, "'" + std::string(key) + "' must not be empty"));
}

Expected<Window> ReadOptionalWindow(TomlTable& table, std::string_view key, const Window& fallback) {
  const TomlNode* node = table.Take(key);
  if (node == nullptr) return fallback;
  return ReadWindow(*node, "'" + std::string(key) + "'");
}

Expected<Reading> ReadReading(const TomlNode& node) {
  SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(node, "a reading"));
  Reading reading;
  SR_ASSIGN_OR_RETURN(reading.text, ReadSentence(table, "text"));
  SR_ASSIGN_OR_RETURN(const TomlNode* controls, table.Require("controls"));
  SR_ASSIGN_OR_RETURN(reading.controls, TomlTruth(*controls, "'controls'"));
  SR_RETURN_IF_ERROR(table.Finish());
  return reading;
}

Expected<std::vector<Reading>> ReadReadings(TomlTable& table) {
  std::vector<Reading> readings;
  const TomlNode* node = table.Take("readings");
  if (node == nullptr) return readings;
  SR_ASSIGN_OR_RETURN(const TomlNode::Array* elements, TomlArray(*node, "'readings'"));
  for (const TomlNode& element : *elements) {
    SR_ASSIGN_OR_RETURN(Reading reading, ReadReading(element));
    readings.push_back(std::move(reading));
  }
  if (readings.size() >= 2 && std::ranges::count(readings, true, &Reading::controls) == 1) return readings;
  return std::unexpected(
      MalformedAt(node->position, "'readings' must be at least two, of which exactly one controls"));
}

Expected<Number::Term> ReadTerm(const TomlNode& node, const Pack& pack) {
  Number::Term term;
  if (!std::holds_alternative<TomlNode::Table>(node.value)) {
    SR_ASSIGN_OR_RETURN(term.value, ReadQuantity(node, nullptr, pack));
    return term;
  }
  SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(node, "a term"));
  SR_ASSIGN_OR_RETURN(term.value, ReadQuantity(node, &table, pack));
  SR_ASSIGN_OR_RETURN(term.when, ReadConditions(table, pack, pack.valid));
  SR_RETURN_IF_ERROR(table.Finish());
  return term;
}

Status ReadTerms(TomlTable& table, const Pack& pack, Number& number) {
  const TomlNode* terms = nullptr;
  for (std::size_t i = 0; i < std::size(kNumberKinds) && terms == nullptr; ++i) {
    terms = table.Take(kNumberKinds[i]);
    number.kind = static_cast<Number::Kind>(i);
  }
  if (terms == nullptr) {
    return std::unexpected(
        MalformedAt(table.position(), "a number without terms", "write one of: " + Listed(kNumberKinds)));
  }
  SR_ASSIGN_OR_RETURN(const TomlNode::Array* elements, TomlArray(*terms, "the terms"));
  for (const TomlNode& element : *elements) {
    SR_ASSIGN_OR_RETURN(Number::Term term, ReadTerm(element, pack));
    const bool conditional = !term.when.all.empty() || !term.when.any.empty();
    if (conditional && number.kind == Number::Kind::kProduct) {
      return std::unexpected(MalformedAt(element.position, "a factor of a product cannot have conditions"));
    }
    number.terms.push_back(std::move(term));
  }
  if (!number.terms.empty()) return {};
  return std::unexpected(MalformedAt(terms->position, "a number must have a term"));
}

template <typename T>
Status CheckNew(const std::vector<T>& others, const std::string& id, TomlPosition position,
                std::size_t most) {
  if (std::ranges::find(others, id, &T::id) != others.end())
    return std::unexpected(MalformedAt(position, "'" + id + "' stands here a second time"));
  if (others.size() < most) return {};
  return std::unexpected(MalformedAt(position, "more than " + std::to_string(most) + " of a kind"));
}

Status ReadNumber(const TomlNode& node, Pack& pack) {
  SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(node, "[[number]]"));
  Number number;
  SR_ASSIGN_OR_RETURN(number.id, ReadId(table));
  SR_RETURN_IF_ERROR(CheckNew(pack.numbers, number.id, node.position, kMaxDefinitions));
  SR_ASSIGN_OR_RETURN(number.title, ReadSentence(table, "title"));
  SR_ASSIGN_OR_RETURN(number.citations, ReadSentences(table, "citation"));
  SR_ASSIGN_OR_RETURN(number.readings, ReadReadings(table));
  SR_RETURN_IF_ERROR(ReadTerms(table, pack, number));
  SR_RETURN_IF_ERROR(table.Finish());
  pack.numbers.push_back(std::move(number));
  return {};
}

Status ReadFinding(const TomlNode& node, Pack& pack) {
  SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(node, "[[finding]]"));
  Finding finding;
  SR_ASSIGN_OR_RETURN(finding.id, ReadId(table));
  SR_RETURN_IF_ERROR(CheckNew(pack.findings, finding.id, node.position, kMaxDefinitions));
  SR_ASSIGN_OR_RETURN(finding.title, ReadSentence(table, "title"));
  SR_ASSIGN_OR_RETURN(finding.citations, ReadSentences(table, "citation"));
  SR_ASSIGN_OR_RETURN(finding.readings, ReadReadings(table));
  SR_ASSIGN_OR_RETURN(finding.when, ReadConditions(table, pack, pack.valid));
  SR_RETURN_IF_ERROR(table.Finish());
  if (finding.when.all.empty() && finding.when.any.empty()) {
    return std::unexpected(MalformedAt(node.position, "finding '" + finding.id + "' has no condition"));
  }
  pack.findings.push_back(std::move(finding));
  return {};
}

Status ReadOutcome(TomlTable& table, Rule& rule) {
  if (rule.kind == RuleKind::kException) {
    rule.outcome = Outcome::kPermit;
    return {};
  }
  SR_ASSIGN_OR_RETURN(const TomlNode* node, table.Require("outcome"));
  SR_ASSIGN_OR_RETURN(rule.outcome, ReadWord<Outcome>(table, "outcome", kOutcomes));
  if (rule.outcome != Outcome::kPermit) return {};
  return std::unexpected(MalformedAt(node->position, "the outcome of a " + std::string(Name(rule.kind)) +
                                                         " is deny, needs_licence or unknown"));
}

bool RestsOnPlace(const Rule& rule, const Pack& pack) {
  const FactSet asked = AskedFacts(pack, rule.when);
  return asked.test(static_cast<std::size_t>(FactId::kNodeCountry)) ||
         asked.test(static_cast<std::size_t>(FactId::kNodeSubdivision));
}

// An exception says which statement of a fact satisfies it, and, where it rests on the place, which basis;
// for any other rule the keys would mean nothing.
Status ReadWeakest(TomlTable& table, const Pack& pack, Rule& rule) {
  if (rule.kind != RuleKind::kException) return {};
  SR_ASSIGN_OR_RETURN(const TomlNode* source_node, table.Require("weakest_source"));
  SR_ASSIGN_OR_RETURN(const std::string source, TomlText(*source_node, "'weakest_source'"));
  rule.weakest_source = FindSource(source);
  if (!rule.weakest_source || rule.weakest_source == Source::kQuestion) {
    return std::unexpected(MalformedAt(source_node->position, "'weakest_source' is '" + source + "'",
                                       "write one of: declaration, request, licence, evidence, manifest"));
  }
  if (!RestsOnPlace(rule, pack)) return {};
  SR_ASSIGN_OR_RETURN(const TomlNode* basis_node, table.Require("weakest_basis"));
  SR_ASSIGN_OR_RETURN(const std::string basis_word, TomlText(*basis_node, "'weakest_basis'"));
  auto basis = place::ParseBasis(basis_word);
  if (!basis) return std::unexpected(AtPosition(std::move(basis).error(), basis_node->position));
  rule.weakest_basis = *basis;
  return {};
}

Status ReadRuleConditions(TomlTable& table, const Pack& pack, Rule& rule) {
  SR_ASSIGN_OR_RETURN(rule.when, ReadConditions(table, pack, rule.in_force));
  const TomlNode* always = table.Take("always");
  if (always != nullptr) {
    SR_ASSIGN_OR_RETURN(rule.always, TomlTruth(*always, "'always'"));
  }
  const bool conditional = !rule.when.all.empty() || !rule.when.any.empty();
  if (conditional && rule.always)
    return std::unexpected(MalformedAt(always->position, "a rule with conditions does not always hold"));
  if (conditional || rule.always) return {};
  return std::unexpected(MalformedAt(table.position(), "rule '" + rule.id + "' has no condition"));
}

Status ReadRule(const TomlNode& node, Pack& pack) {
  SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(node, "[[rule]]"));
  Rule rule;
  SR_ASSIGN_OR_RETURN(rule.id, ReadId(table));
  SR_RETURN_IF_ERROR(CheckNew(pack.rules, rule.id, node.position, kMaxRules));
  SR_ASSIGN_OR_RETURN(rule.kind, ReadWord<RuleKind>(table, "kind", kRuleKinds));
  SR_ASSIGN_OR_RETURN(rule.status,
                      ReadWord<RuleStatus>(table, "status", kRuleStatuses, RuleStatus::kInForce));
  SR_RETURN_IF_ERROR(ReadOutcome(table, rule));
  SR_ASSIGN_OR_RETURN(rule.citations, ReadSentences(table, "citation"));
  SR_ASSIGN_OR_RETURN(rule.reason, ReadSentence(table, "reason"));
  SR_ASSIGN_OR_RETURN(rule.readings, ReadReadings(table));
  SR_ASSIGN_OR_RETURN(rule.obligations, ReadOptionalSentences(table, "obligations"));
  SR_ASSIGN_OR_RETURN(rule.flags, ReadOptionalSentences(table, "flags"));
  SR_ASSIGN_OR_RETURN(rule.in_force, ReadOptionalWindow(table, "in_force", pack.valid));
  SR_ASSIGN_OR_RETURN(rule.compliance, ReadOptionalWindow(table, "compliance", {}));
  SR_ASSIGN_OR_RETURN(rule.enforcement, ReadOptionalWindow(table, "enforcement", {}));
  SR_RETURN_IF_ERROR(ReadRuleConditions(table, pack, rule));
  SR_RETURN_IF_ERROR(ReadWeakest(table, pack, rule));
  SR_RETURN_IF_ERROR(table.Finish());
  pack.rules.push_back(std::move(rule));
  return {};
}

// The elements of an optional array of tables.
Expected<std::vector<const TomlNode*>> TakeAll(TomlTable& root, std::string_view key) {
  std::vector<const TomlNode*> nodes;
  const TomlNode* node = root.Take(key);
  if (node == nullptr) return nodes;
  SR_ASSIGN_OR_RETURN(const TomlNode::Array* elements, TomlArray(*node, "'" + std::string(key) + "'"));
  for (const TomlNode& element : *elements) nodes.push_back(&element);
  return nodes;
}

}  // namespace

Expected<std::string> ReadId(TomlTable& table) {
  SR_ASSIGN_OR_RETURN(const TomlNode* node, table.Require("id"));
  SR_ASSIGN_OR_RETURN(std::string id, TomlText(*node, "'id'"));
  if (IsId(id) && !IsReserved(id)) return id;
  return std::unexpected(
      MalformedAt(node->position, "'" + id + "' cannot be an id",
                  "write lower-case letters, digits and hyphens, and none of the reserved ids"));
}

Expected<Window> ReadWindow(const TomlNode& node, std::string_view what) {
  SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(node, what));
  Window window;
  if (const TomlNode* from = table.Take("from")) {
    SR_ASSIGN_OR_RETURN(window.from, TomlTime(*from, "'from'"));
  }
  if (const TomlNode* until = table.Take("until")) {
    SR_ASSIGN_OR_RETURN(window.until, TomlTime(*until, "'until'"));
  }
  if (const TomlNode* citation = table.Take("citation")) {
    SR_ASSIGN_OR_RETURN(window.citation, TomlText(*citation, "'citation'"));
  }
  SR_RETURN_IF_ERROR(table.Finish());
  if (window.from && window.until && *window.from >= *window.until) {
    return std::unexpected(MalformedAt(node.position, std::string(what) + " ends before it begins"));
  }
  return window;
}

Expected<std::vector<std::string>> ReadSentences(TomlTable& table, std::string_view key) {
  SR_ASSIGN_OR_RETURN(const TomlNode* node, table.Require(key));
  SR_ASSIGN_OR_RETURN(std::vector<std::string> texts, TomlTexts(*node, "'" + std::string(key) + "'"));
  if (texts.empty() || std::ranges::find(texts, std::string()) != texts.end()) {
    return std::unexpected(MalformedAt(node->position, "'" + std::string(key) + "' must not be empty"));
  }
  return texts;
}

Expected<std::vector<std::string>> ReadOptionalSentences(TomlTable& table, std::string_view key) {
  if (table.Take(key) == nullptr) return std::vector<std::string>();
  return ReadSentences(table, key);
}

Status ReadDefinitions(TomlTable& root, Pack& pack) {
  SR_ASSIGN_OR_RETURN(const std::vector<const TomlNode*> numbers, TakeAll(root, "number"));
  SR_ASSIGN_OR_RETURN(const std::vector<const TomlNode*> findings, TakeAll(root, "finding"));
  SR_ASSIGN_OR_RETURN(const std::vector<const TomlNode*> rules, TakeAll(root, "rule"));
  // Numbers and findings may refer to each other, to those that stand before them.
  auto number = numbers.begin();
  auto finding = findings.begin();
  while (number != numbers.end() || finding != findings.end()) {
    const bool take_number =
        finding == findings.end() || (number != numbers.end() && (*number)->position < (*finding)->position);
    SR_RETURN_IF_ERROR(take_number ? ReadNumber(**number++, pack) : ReadFinding(**finding++, pack));
  }
  for (const TomlNode* rule : rules) SR_RETURN_IF_ERROR(ReadRule(*rule, pack));
  return {};
}

}  // namespace strongroom::policy
