#include "policy/condition_parser.h"

#include <algorithm>
#include <charconv>

#include "policy/pack_words.h"

namespace strongroom::policy {
namespace {

bool IsQuantity(ValueType type) {
  return type == ValueType::kDecimal || type == ValueType::kShare;
}

bool Fits(ValueType type, Operator op) {
  switch (op) {
    case Operator::kInList:
    case Operator::kNotInList:
      return type == ValueType::kCountry || type == ValueType::kText;
    case Operator::kAtLeast:
    case Operator::kBelow:
      return IsQuantity(type) || type == ValueType::kTime;
    case Operator::kAtMost:
    case Operator::kAbove:
      return IsQuantity(type);
    case Operator::kContains:
    case Operator::kLacks:
      return type == ValueType::kTexts;
    case Operator::kWithinDays:
    case Operator::kPast:
      return type == ValueType::kTime;
    case Operator::kIs:
      return type != ValueType::kTexts && type != ValueType::kTime && !IsQuantity(type);
    case Operator::kIsNot:
    case Operator::kIn:
    case Operator::kNotIn:
      return type == ValueType::kText || type == ValueType::kWord || type == ValueType::kCountry;
  }
  return false;
}

std::string Quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

Expected<FactId> ReadFactName(const TomlNode& node) {
  SR_ASSIGN_OR_RETURN(const std::string name, TomlText(node, "the name of a fact"));
  if (const auto fact = FindFact(name)) return *fact;
  return std::unexpected(MalformedAt(node.position, "there is no fact '" + name + "'"));
}

// The index of what stands earlier in the pack under that id.
template <typename T>
Expected<std::size_t> FindEarlier(const TomlNode& node, const std::vector<T>& earlier,
                                  std::string_view what) {
  SR_ASSIGN_OR_RETURN(const std::string id, TomlText(node, "the id of a " + std::string(what)));
  const auto found = std::ranges::find(earlier, id, &T::id);
  if (found != earlier.end()) return static_cast<std::size_t>(found - earlier.begin());
  return std::unexpected(
      MalformedAt(node.position, "no " + std::string(what) + " '" + id + "' stands before this"));
}

// A literal value to compare a fact with.
Expected<Value> ReadLiteral(FactId fact, const TomlNode& node) {
  switch (Describe(fact).type) {
    case ValueType::kTime: {
      SR_ASSIGN_OR_RETURN(const Timestamp time, TomlTime(node, "the value to compare with"));
      return Value(time);
    }
    case ValueType::kTruth: {
      SR_ASSIGN_OR_RETURN(const bool truth, TomlTruth(node, "the value to compare with"));
      return Value(truth);
    }
    default:
      break;
  }
  SR_ASSIGN_OR_RETURN(const std::string text, TomlText(node, "the value to compare with"));
  if (Describe(fact).type == ValueType::kTexts) return Value(text);
  auto value = ParseValue(fact, text);
  if (!value) return std::unexpected(AtPosition(std::move(value).error(), node.position));
  return value;
}

class ConditionReader {
 public:
  ConditionReader(const Pack& pack, const Window& in_force) : pack_(pack), in_force_(in_force) {}

  Expected<std::vector<Condition>> ReadAll(TomlTable& table, std::string_view key) const {
    std::vector<Condition> conditions;
    const TomlNode* node = table.Take(key);
    if (node == nullptr) return conditions;
    SR_ASSIGN_OR_RETURN(const TomlNode::Array* elements, TomlArray(*node, Quoted(key)));
    if (elements->empty())
      return std::unexpected(MalformedAt(node->position, Quoted(key) + " must not be empty"));
    for (const TomlNode& element : *elements) {
      SR_ASSIGN_OR_RETURN(Condition condition, Read(element));
      conditions.push_back(std::move(condition));
    }
    return conditions;
  }

 private:
  Expected<Condition> Read(const TomlNode& node) const {
    SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(node, "a condition"));
    Condition condition;
    if (const TomlNode* issuer = table.Take("licence_from")) {
      SR_ASSIGN_OR_RETURN(std::string name, TomlText(*issuer, "'licence_from'"));
      condition.subject = LicenceFrom{std::move(name)};
      SR_RETURN_IF_ERROR(table.Finish());
      return condition;
    }
    SR_RETURN_IF_ERROR(ReadSubject(table, condition));
    if (const TomlNode* otherwise = table.Take("else")) {
      SR_ASSIGN_OR_RETURN(condition.otherwise, ReadFactName(*otherwise));
      const auto* fact = std::get_if<FactId>(&condition.subject);
      if (fact == nullptr || Describe(*fact).type != Describe(*condition.otherwise).type)
        return std::unexpected(MalformedAt(otherwise->position, "'else' must name a fact of the same type"));
    }
    for (std::size_t i = 0; i < std::size(kOperators); ++i) {
      const TomlNode* operand = table.Take(kOperators[i]);
      if (operand == nullptr) continue;
      SR_RETURN_IF_ERROR(table.Finish());
      condition.op = static_cast<Operator>(i);
      SR_RETURN_IF_ERROR(ReadTest(*operand, condition));
      return condition;
    }
    SR_RETURN_IF_ERROR(table.Finish());
    return std::unexpected(
        MalformedAt(node.position, "a condition without a test", "write one of: " + Listed(kOperators)));
  }

  Status ReadSubject(TomlTable& table, Condition& condition) const {
    if (const TomlNode* number = table.Take("number")) {
      SR_ASSIGN_OR_RETURN(const std::size_t index, FindEarlier(*number, pack_.numbers, "number"));
      condition.subject = NumberRef{index};
      return {};
    }
    if (const TomlNode* finding = table.Take("finding")) {
      SR_ASSIGN_OR_RETURN(const std::size_t index, FindEarlier(*finding, pack_.findings, "finding"));
      condition.subject = FindingRef{index};
      return {};
    }
    SR_ASSIGN_OR_RETURN(const TomlNode* fact, table.Require("fact"));
    SR_ASSIGN_OR_RETURN(const FactId id, ReadFactName(*fact));
    condition.subject = id;
    return {};
  }

  Status ReadTest(const TomlNode& operand, Condition& condition) const {
    if (std::holds_alternative<FindingRef>(condition.subject)) return ReadFindingTest(operand, condition);
    if (std::holds_alternative<NumberRef>(condition.subject)) return ReadQuantityTest(operand, condition);
    const FactId fact = std::get<FactId>(condition.subject);
    const ValueType type = Describe(fact).type;
    if (!Fits(type, condition.op)) return CannotTest(operand, condition.op, Describe(fact).name);
    switch (condition.op) {
      case Operator::kInList:
      case Operator::kNotInList:
        return ReadList(operand, fact, condition);
      case Operator::kIn:
      case Operator::kNotIn:
        return ReadSeveral(operand, fact, condition);
      case Operator::kWithinDays:
        return ReadDays(operand, condition);
      case Operator::kPast: {
        SR_ASSIGN_OR_RETURN(const bool past, TomlTruth(operand, "'past'"));
        condition.operands.emplace_back(Value(past));
        return {};
      }
      default:
        break;
    }
    if (type == ValueType::kShare && std::holds_alternative<std::string>(operand.value)) {
      SR_ASSIGN_OR_RETURN(Value share, ReadLiteral(fact, operand));
      condition.operands.emplace_back(std::move(share));
      return {};
    }
    if (IsQuantity(type)) return ReadQuantityTest(operand, condition);
    SR_ASSIGN_OR_RETURN(Value value, ReadLiteral(fact, operand));
    condition.operands.emplace_back(std::move(value));
    return {};
  }

  static Status ReadDays(const TomlNode& operand, Condition& condition) {
    constexpr std::int64_t kMostDays = 36500;
    SR_ASSIGN_OR_RETURN(const std::string text, TomlText(operand, "'within_days'"));
    std::int64_t days = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
    if (error == std::errc() && end == text.data() + text.size() && days >= 0 && days <= kMostDays) {
      condition.seconds = days * 86400;
      return {};
    }
    return std::unexpected(
        MalformedAt(operand.position, "'within_days' must be a whole number from 0 to 36500"));
  }

  static Status ReadFindingTest(const TomlNode& operand, Condition& condition) {
    if (condition.op != Operator::kIs) return CannotTest(operand, condition.op, "a finding");
    SR_ASSIGN_OR_RETURN(const bool holds, TomlTruth(operand, "'is' of a finding"));
    condition.operands.emplace_back(Value(holds));
    return {};
  }

  Status ReadQuantityTest(const TomlNode& operand, Condition& condition) const {
    if (!Fits(ValueType::kDecimal, condition.op)) return CannotTest(operand, condition.op, "a number");
    if (!std::holds_alternative<TomlNode::Table>(operand.value)) {
      SR_ASSIGN_OR_RETURN(Operand bound, ReadQuantity(operand, nullptr, pack_));
      condition.operands.push_back(std::move(bound));
      return {};
    }
    SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(operand, "what it is compared with"));
    SR_ASSIGN_OR_RETURN(Operand bound, ReadQuantity(operand, &table, pack_));
    condition.operands.push_back(std::move(bound));
    return table.Finish();
  }

  static Status ReadSeveral(const TomlNode& operand, FactId fact, Condition& condition) {
    SR_ASSIGN_OR_RETURN(const TomlNode::Array* elements, TomlArray(operand, Quoted(Name(condition.op))));
    if (elements->empty())
      return std::unexpected(
          MalformedAt(operand.position, Quoted(Name(condition.op)) + " must not be empty"));
    for (const TomlNode& element : *elements) {
      SR_ASSIGN_OR_RETURN(Value value, ReadLiteral(fact, element));
      condition.operands.emplace_back(std::move(value));
    }
    return {};
  }

  Status ReadList(const TomlNode& operand, FactId fact, Condition& condition) const {
    SR_ASSIGN_OR_RETURN(const std::string id, TomlText(operand, "the name of a list"));
    const auto list = std::ranges::find(pack_.lists, id, &RegionList::id);
    if (list == pack_.lists.end()) {
      return std::unexpected(
          MalformedAt(operand.position, "no data table of this pack has a list '" + id + "'"));
    }
    if (list->of_subdivisions != (fact == FactId::kNodeSubdivision)) {
      return std::unexpected(MalformedAt(
          operand.position, "list '" + id + "' cannot be asked about " + std::string(Describe(fact).name)));
    }
    if (!in_force_.from || list->versions.front().from > *in_force_.from) {
      return std::unexpected(MalformedAt(operand.position, "list '" + id + "' begins on " +
                                                               ToRfc3339(list->versions.front().from) +
                                                               ", after the rule that uses it"));
    }
    condition.list = static_cast<std::size_t>(list - pack_.lists.begin());
    return {};
  }

  static std::unexpected<Error> CannotTest(const TomlNode& operand, Operator op, std::string_view what) {
    return std::unexpected(
        MalformedAt(operand.position, "'" + std::string(Name(op)) + "' cannot test " + std::string(what)));
  }

  const Pack& pack_;
  const Window& in_force_;
};

}  // namespace

std::string Listed(std::span<const std::string_view> words) {
  std::string list;
  for (const std::string_view word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  return list;
}

Expected<Conditions> ReadConditions(TomlTable& table, const Pack& pack, const Window& in_force) {
  const ConditionReader reader(pack, in_force);
  Conditions conditions;
  SR_ASSIGN_OR_RETURN(conditions.all, reader.ReadAll(table, "when"));
  SR_ASSIGN_OR_RETURN(conditions.any, reader.ReadAll(table, "when_any"));
  return conditions;
}

Expected<Operand> ReadQuantity(const TomlNode& node, TomlTable* table, const Pack& pack) {
  const TomlNode* literal = &node;
  if (table != nullptr) {
    if (const TomlNode* number = table->Take("number")) {
      SR_ASSIGN_OR_RETURN(const std::size_t index, FindEarlier(*number, pack.numbers, "number"));
      return Operand(NumberRef{index});
    }
    if (const TomlNode* fact = table->Take("fact")) {
      SR_ASSIGN_OR_RETURN(const FactId id, ReadFactName(*fact));
      if (IsQuantity(Describe(id).type)) return Operand(id);
      return std::unexpected(
          MalformedAt(fact->position, std::string(Describe(id).name) + " is not a number"));
    }
    SR_ASSIGN_OR_RETURN(literal, table->Require("value"));
  }
  SR_ASSIGN_OR_RETURN(const std::string text, TomlText(*literal, "a number to compare with or count"));
  auto number = Decimal::Parse(text);
  if (!number) return std::unexpected(AtPosition(std::move(number).error(), literal->position));
  return Operand(Value(*std::move(number)));
}

}  // namespace strongroom::policy
