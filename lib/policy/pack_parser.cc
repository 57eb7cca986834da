#include <algorithm>

#include "policy/pack_words.h"
#include "policy/toml_reader.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/policy/decision.h"
#include "strongroom/policy/pack.h"

namespace strongroom::policy {
namespace {

constexpr std::int64_t kFormat = 1;

std::string Listed(std::span<const std::string_view> words) {
  std::string list;
  for (const std::string_view word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  return list;
}

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

Expected<std::string> ReadId(TomlTable& table) {
  SR_ASSIGN_OR_RETURN(const TomlNode* node, table.Require("id"));
  SR_ASSIGN_OR_RETURN(std::string id, TomlText(*node, "'id'"));
  if (IsId(id) && id != kDefaultRule && id != kOutsideWindowRule && id != kNoPackRule) return id;
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
  SR_RETURN_IF_ERROR(table.Finish());
  if (window.from && window.until && *window.from >= *window.until) {
    return std::unexpected(MalformedAt(node.position, std::string(what) + " ends before it begins"));
  }
  return window;
}

Expected<Window> ReadOptionalWindow(TomlTable& table, std::string_view key, const Window& fallback) {
  const TomlNode* node = table.Take(key);
  if (node == nullptr) return fallback;
  return ReadWindow(*node, "'" + std::string(key) + "'");
}

// The sentences and citations of a rule: at least one, none of them empty.
Expected<std::vector<std::string>> ReadSentences(TomlTable& table, std::string_view key) {
  SR_ASSIGN_OR_RETURN(const TomlNode* node, table.Require(key));
  SR_ASSIGN_OR_RETURN(std::vector<std::string> texts, TomlTexts(*node, "'" + std::string(key) + "'"));
  if (texts.empty() || std::ranges::find(texts, std::string()) != texts.end()) {
    return std::unexpected(MalformedAt(node->position, "'" + std::string(key) + "' must not be empty"));
  }
  return texts;
}

// RuleParser reads the rules of one pack against its lists.
class RuleParser {
 public:
  explicit RuleParser(const Pack& pack) : pack_(pack) {}

  Expected<Rule> ReadRule(const TomlNode& node) const {
    SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(node, "[[rule]]"));
    Rule rule;
    SR_ASSIGN_OR_RETURN(rule.id, ReadId(table));
    SR_ASSIGN_OR_RETURN(rule.kind, ReadWord<RuleKind>(table, "kind", kRuleKinds));
    SR_ASSIGN_OR_RETURN(rule.status,
                        ReadWord<RuleStatus>(table, "status", kRuleStatuses, RuleStatus::kInForce));
    SR_RETURN_IF_ERROR(ReadOutcome(table, rule));
    SR_ASSIGN_OR_RETURN(rule.citations, ReadSentences(table, "citation"));
    SR_RETURN_IF_ERROR(ReadReason(table, rule));
    SR_ASSIGN_OR_RETURN(rule.in_force, ReadOptionalWindow(table, "in_force", pack_.valid));
    SR_ASSIGN_OR_RETURN(rule.compliance, ReadOptionalWindow(table, "compliance", {}));
    SR_ASSIGN_OR_RETURN(rule.enforcement, ReadOptionalWindow(table, "enforcement", {}));
    SR_ASSIGN_OR_RETURN(rule.all, ReadConditions(table, "when", rule.in_force));
    SR_ASSIGN_OR_RETURN(rule.any, ReadConditions(table, "when_any", rule.in_force));
    SR_RETURN_IF_ERROR(ReadBasis(table, rule));
    SR_RETURN_IF_ERROR(table.Finish());
    if (rule.all.empty() && rule.any.empty()) {
      return std::unexpected(MalformedAt(table.position(), "rule '" + rule.id + "' has no condition"));
    }
    return rule;
  }

 private:
  static Status ReadOutcome(TomlTable& table, Rule& rule) {
    if (rule.kind == RuleKind::kException) {
      rule.outcome = Outcome::kPermit;
      if (table.Take("obligations") == nullptr) return {};
      SR_ASSIGN_OR_RETURN(rule.obligations, ReadSentences(table, "obligations"));
      return {};
    }
    SR_ASSIGN_OR_RETURN(const TomlNode* node, table.Require("outcome"));
    SR_ASSIGN_OR_RETURN(rule.outcome, ReadWord<Outcome>(table, "outcome", kOutcomes));
    if (rule.outcome == Outcome::kDeny || rule.outcome == Outcome::kNeedsLicence) return {};
    return std::unexpected(MalformedAt(
        node->position, "the outcome of a " + std::string(Name(rule.kind)) + " is deny or needs_licence"));
  }

  static Status ReadReason(TomlTable& table, Rule& rule) {
    SR_ASSIGN_OR_RETURN(const TomlNode* node, table.Require("reason"));
    SR_ASSIGN_OR_RETURN(rule.reason, TomlText(*node, "'reason'"));
    if (!rule.reason.empty()) return {};
    return std::unexpected(MalformedAt(node->position, "'reason' must not be empty"));
  }

  static bool RestsOnPlace(const Rule& rule) {
    const auto is_place = [](const Condition& c) {
      return c.fact == FactId::kNodeCountry || c.fact == FactId::kNodeSubdivision;
    };
    return std::ranges::any_of(rule.all, is_place) || std::ranges::any_of(rule.any, is_place);
  }

  // An exception that rests on the place says which basis satisfies it; for any other rule the key would mean
  // nothing.
  static Status ReadBasis(TomlTable& table, Rule& rule) {
    constexpr std::string_view kKey = "weakest_basis";
    if (rule.kind != RuleKind::kException || !RestsOnPlace(rule)) return {};
    SR_ASSIGN_OR_RETURN(const TomlNode* node, table.Require(kKey));
    SR_ASSIGN_OR_RETURN(const std::string word, TomlText(*node, "'weakest_basis'"));
    auto basis = place::ParseBasis(word);
    if (!basis) return std::unexpected(AtPosition(std::move(basis).error(), node->position));
    rule.weakest_basis = *basis;
    return {};
  }

  Expected<std::vector<Condition>> ReadConditions(TomlTable& table, std::string_view key,
                                                  const Window& in_force) const {
    std::vector<Condition> conditions;
    const TomlNode* node = table.Take(key);
    if (node == nullptr) return conditions;
    SR_ASSIGN_OR_RETURN(const TomlNode::Array* elements, TomlArray(*node, "'" + std::string(key) + "'"));
    for (const TomlNode& element : *elements) {
      SR_ASSIGN_OR_RETURN(Condition condition, ReadCondition(element, in_force));
      conditions.push_back(std::move(condition));
    }
    return conditions;
  }

  Expected<Condition> ReadCondition(const TomlNode& node, const Window& in_force) const {
    SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(node, "a condition"));
    SR_ASSIGN_OR_RETURN(const TomlNode* name_node, table.Require("fact"));
    SR_ASSIGN_OR_RETURN(const std::string name, TomlText(*name_node, "'fact'"));
    const std::optional<FactId> fact = FindFact(name);
    if (!fact) return std::unexpected(MalformedAt(name_node->position, "there is no fact '" + name + "'"));
    for (std::size_t i = 0; i < std::size(kOperators); ++i) {
      const TomlNode* operand = table.Take(kOperators[i]);
      if (operand == nullptr) continue;
      SR_RETURN_IF_ERROR(table.Finish());
      return ReadTest(*fact, static_cast<Operator>(i), *operand, in_force);
    }
    SR_RETURN_IF_ERROR(table.Finish());
    return std::unexpected(
        MalformedAt(node.position, "a condition without a test", "write one of: " + Listed(kOperators)));
  }

  Expected<Condition> ReadTest(FactId fact, Operator op, const TomlNode& operand,
                               const Window& in_force) const {
    if (!Fits(Describe(fact).type, op)) {
      return std::unexpected(MalformedAt(operand.position, "'" + std::string(Name(op)) + "' cannot test " +
                                                               std::string(Describe(fact).name)));
    }
    Condition condition{.fact = fact, .op = op, .values = {}};
    if (op == Operator::kInList || op == Operator::kNotInList) {
      SR_ASSIGN_OR_RETURN(condition.list, FindList(operand, in_force));
      return condition;
    }
    if (op != Operator::kIn && op != Operator::kNotIn) {
      SR_ASSIGN_OR_RETURN(Value value, ReadOperand(fact, operand));
      condition.values.push_back(std::move(value));
      return condition;
    }
    SR_ASSIGN_OR_RETURN(const TomlNode::Array* elements,
                        TomlArray(operand, "'" + std::string(Name(op)) + "'"));
    for (const TomlNode& element : *elements) {
      SR_ASSIGN_OR_RETURN(Value value, ReadOperand(fact, element));
      condition.values.push_back(std::move(value));
    }
    return condition;
  }

  static bool Fits(ValueType type, Operator op) {
    const bool number = type == ValueType::kDecimal || type == ValueType::kShare;
    switch (op) {
      case Operator::kInList:
      case Operator::kNotInList:
        return type == ValueType::kCountry;
      case Operator::kAtLeast:
      case Operator::kBelow:
        return number || type == ValueType::kTime;
      case Operator::kContains:
        return type == ValueType::kTexts;
      default:
        return type == ValueType::kText || type == ValueType::kWord || type == ValueType::kCountry;
    }
  }

  static Expected<Value> ReadOperand(FactId fact, const TomlNode& operand) {
    if (Describe(fact).type == ValueType::kTime) {
      SR_ASSIGN_OR_RETURN(const Timestamp time, TomlTime(operand, "the value to compare with"));
      return Value(time);
    }
    SR_ASSIGN_OR_RETURN(const std::string text, TomlText(operand, "the value to compare with"));
    if (Describe(fact).type == ValueType::kTexts) return Value(text);
    auto value = ParseValue(fact, text);
    if (!value) return std::unexpected(AtPosition(std::move(value).error(), operand.position));
    return value;
  }

  Expected<std::size_t> FindList(const TomlNode& operand, const Window& in_force) const {
    SR_ASSIGN_OR_RETURN(const std::string id, TomlText(operand, "the name of a list"));
    const auto list = std::ranges::find(pack_.lists, id, &CountryList::id);
    if (list == pack_.lists.end()) {
      return std::unexpected(
          MalformedAt(operand.position, "no data table of this pack has a list '" + id + "'"));
    }
    if (!in_force.from || list->versions.front().from > *in_force.from) {
      return std::unexpected(MalformedAt(operand.position, "list '" + id + "' begins on " +
                                                               ToRfc3339(list->versions.front().from) +
                                                               ", after the rule that uses it"));
    }
    return static_cast<std::size_t>(list - pack_.lists.begin());
  }

  const Pack& pack_;
};

// Adds the lists of one named data table to the pack.
Status TakeTable(const TomlNode& node, std::span<const DataTable> tables, Pack& pack) {
  SR_ASSIGN_OR_RETURN(TomlTable entry, TomlTable::Of(node, "[[data]]"));
  SR_ASSIGN_OR_RETURN(const std::string id, entry.RequireText("id"));
  SR_ASSIGN_OR_RETURN(const TomlNode* digest_node, entry.Require("sha256"));
  SR_ASSIGN_OR_RETURN(const std::string digest, TomlText(*digest_node, "'sha256'"));
  SR_RETURN_IF_ERROR(entry.Finish());
  const auto table = std::ranges::find(tables, id, &DataTable::id);
  if (table == tables.end())
    return std::unexpected(MalformedAt(node.position, "there is no data table '" + id + "'"));
  if (Hex(table->digest) != digest) {
    return std::unexpected(
        MalformedAt(digest_node->position, "data table '" + id + "' has the SHA-256 " + Hex(table->digest)));
  }
  for (const CountryList& list : table->lists) {
    if (std::ranges::find(pack.lists, list.id, &CountryList::id) != pack.lists.end()) {
      return std::unexpected(MalformedAt(node.position, "a second list with the id '" + list.id + "'"));
    }
    pack.lists.push_back(list);
  }
  return {};
}

Status ReadData(TomlTable& root, std::span<const DataTable> tables, Pack& pack) {
  const TomlNode* data = root.Take("data");
  if (data == nullptr) return {};
  SR_ASSIGN_OR_RETURN(const TomlNode::Array* entries, TomlArray(*data, "'data'"));
  for (const TomlNode& entry : *entries) SR_RETURN_IF_ERROR(TakeTable(entry, tables, pack));
  return {};
}

Status ReadHead(TomlTable& root, Pack& pack) {
  SR_ASSIGN_OR_RETURN(pack.id, ReadId(root));
  SR_ASSIGN_OR_RETURN(pack.authority, root.RequireText("authority"));
  SR_ASSIGN_OR_RETURN(pack.title, root.RequireText("title"));
  SR_ASSIGN_OR_RETURN(const TomlNode* version, root.Require("version"));
  SR_ASSIGN_OR_RETURN(const std::int64_t number, TomlInteger(*version, "'version'"));
  if (number < 1) return std::unexpected(MalformedAt(version->position, "'version' must be 1 or more"));
  pack.version = static_cast<std::uint64_t>(number);
  SR_ASSIGN_OR_RETURN(const TomlNode* verified, root.Require("verified_on"));
  SR_ASSIGN_OR_RETURN(pack.verified_on, TomlTime(*verified, "'verified_on'"));
  SR_ASSIGN_OR_RETURN(const TomlNode* valid, root.Require("valid"));
  SR_ASSIGN_OR_RETURN(pack.valid, ReadWindow(*valid, "'valid'"));
  if (pack.valid.from) return {};
  return std::unexpected(MalformedAt(valid->position, "'valid' must say from when the pack speaks"));
}

Status ReadRules(TomlTable& root, Pack& pack) {
  SR_ASSIGN_OR_RETURN(const TomlNode* rules, root.Require("rule"));
  SR_ASSIGN_OR_RETURN(const TomlNode::Array* elements, TomlArray(*rules, "'rule'"));
  const RuleParser parser(pack);
  for (const TomlNode& element : *elements) {
    SR_ASSIGN_OR_RETURN(Rule rule, parser.ReadRule(element));
    if (std::ranges::find(pack.rules, rule.id, &Rule::id) != pack.rules.end()) {
      return std::unexpected(MalformedAt(element.position, "a second rule with the id '" + rule.id + "'"));
    }
    pack.rules.push_back(std::move(rule));
  }
  return {};
}

}  // namespace

Expected<Pack> ParsePack(ByteView toml, std::span<const DataTable> tables) {
  SR_ASSIGN_OR_RETURN(const TomlNode document, ParseToml(toml));
  SR_ASSIGN_OR_RETURN(TomlTable root, TomlTable::Of(document, "the pack"));
  SR_ASSIGN_OR_RETURN(const TomlNode* format_node, root.Require("format"));
  SR_ASSIGN_OR_RETURN(const std::int64_t format, TomlInteger(*format_node, "'format'"));
  if (format != kFormat) {
    return Fail(ErrorCode::kUnsupported,
                "the pack has format " + std::to_string(format) + ", this program reads format 1",
                "use a newer program");
  }
  Pack pack;
  pack.digest = crypto::Sha256(toml);
  SR_RETURN_IF_ERROR(ReadHead(root, pack));
  SR_RETURN_IF_ERROR(ReadData(root, tables, pack));
  SR_RETURN_IF_ERROR(ReadRules(root, pack));
  SR_RETURN_IF_ERROR(root.Finish());
  return pack;
}

}  // namespace strongroom::policy
