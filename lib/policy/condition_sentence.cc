#include "policy/condition_sentence.h"

#include "policy/fact_sentences.h"
#include "policy/supposition.h"

namespace strongroom::policy {
namespace {

constexpr std::int64_t kDay = 86400;

std::string Readable(const Value& value) {
  if (const auto* country = std::get_if<place::Country>(&value))
    return std::string(country->code()) + " (" + std::string(country->name()) + ")";
  if (const auto* time = std::get_if<Timestamp>(&value)) return PhraseOfMoment(*time);
  return ToText(value);
}

std::string Not(const std::string& sentence) {
  return "it is not so that " + sentence;
}

bool IsNegated(Operator op) {
  return op == Operator::kIsNot || op == Operator::kNotIn || op == Operator::kNotInList ||
         op == Operator::kLacks;
}

std::string_view Comparison(Operator op, bool of_time) {
  switch (op) {
    case Operator::kAtLeast:
      return of_time ? "on or after" : "at least";
    case Operator::kAtMost:
      return "at most";
    case Operator::kAbove:
      return "above";
    default:
      return of_time ? "before" : "below";
  }
}

// The alternatives that a condition allows, as one sentence: "the weights are closed or ...".
std::string OneOf(FactId fact, const std::vector<Operand>& operands) {
  std::string sentence;
  for (const Operand& operand : operands) {
    const Value& value = std::get<Value>(operand);
    const bool by_word =
        Describe(fact).type != ValueType::kCountry && Describe(fact).type != ValueType::kText;
    if (by_word) {
      sentence += (sentence.empty() ? "" : ", or ") + SentenceOf(fact, value);
    } else {
      sentence += sentence.empty() ? std::string(SubjectOf(fact)) : " or";
      if (Describe(fact).type == ValueType::kText && &operand == &operands.front()) sentence += " is";
      sentence += " " + Readable(value);
    }
  }
  return sentence;
}

std::string AboutList(const Pack& pack, const Condition& condition, FactId fact) {
  const RegionList& list = pack.lists[condition.list];
  const bool on = condition.op == Operator::kInList;
  return std::string(SubjectOf(fact)) + (list.of_subdivisions ? " of a country" : " a country") +
         (on ? " on the list " : " that is not on the list ") + list.id;
}

std::string AboutFact(const Pack& pack, const Condition& condition, FactId fact) {
  const std::string subject(SubjectOf(fact));
  switch (condition.op) {
    case Operator::kInList:
    case Operator::kNotInList:
      return AboutList(pack, condition, fact);
    case Operator::kPast:
      return subject +
             (std::get<bool>(std::get<Value>(condition.operands[0])) ? " has come" : " is still to come");
    case Operator::kWithinDays:
      return subject + " is at most " + std::to_string(condition.seconds / kDay) +
             " days ago, and not in the future";
    case Operator::kAtLeast:
    case Operator::kAtMost:
    case Operator::kAbove:
    case Operator::kBelow: {
      const bool of_time = Describe(fact).type == ValueType::kTime;
      return subject + " is " + std::string(Comparison(condition.op, of_time)) + " " +
             Phrase(pack, condition.operands[0]);
    }
    default: {
      const std::string sentence = OneOf(fact, condition.operands);
      return IsNegated(condition.op) ? Not(sentence) : sentence;
    }
  }
}

struct SentenceAbout {
  const Pack& pack;
  const Condition& condition;

  std::string operator()(FactId fact) const {
    const std::string sentence = AboutFact(pack, condition, fact);
    if (!condition.otherwise) return sentence;
    return sentence + " (where nobody says: " + AboutFact(pack, condition, *condition.otherwise) + ")";
  }
  std::string operator()(NumberRef number) const {
    return "\"" + pack.numbers[number.index].title + "\" comes to " +
           std::string(Comparison(condition.op, false)) + " " + Phrase(pack, condition.operands[0]);
  }
  std::string operator()(FindingRef finding) const {
    const std::string& title = pack.findings[finding.index].title;
    return std::get<bool>(std::get<Value>(condition.operands[0])) ? title : Not(title);
  }
  std::string operator()(const LicenceFrom& from) const {
    return "a licence of " + from.issuer + " on file covers the act";
  }
};

struct PhraseOf {
  const Pack& pack;
  std::string operator()(const Value& value) const { return Readable(value); }
  std::string operator()(FactId fact) const { return std::string(SubjectOf(fact)); }
  std::string operator()(NumberRef number) const {
    return "what \"" + pack.numbers[number.index].title + "\" comes to";
  }
};

}  // namespace

std::string Sentence(const Pack& pack, const Condition& condition) {
  return std::visit(SentenceAbout{pack, condition}, condition.subject);
}

std::string Phrase(const Pack& pack, const Operand& operand) {
  return std::visit(PhraseOf{pack}, operand);
}

}  // namespace strongroom::policy
