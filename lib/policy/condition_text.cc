#include "policy/condition_text.h"

#include "policy/pack_words.h"

namespace strongroom::policy {
namespace {

constexpr std::int64_t kDay = 86400;

// What a subject or an operand is called.
struct NameIn {
  const Pack& pack;
  std::string operator()(FactId fact) const { return std::string(Describe(fact).name); }
  std::string operator()(NumberRef number) const { return pack.numbers[number.index].id; }
  std::string operator()(FindingRef finding) const { return pack.findings[finding.index].id; }
  std::string operator()(const LicenceFrom& from) const { return "licence_from " + from.issuer; }
  std::string operator()(const Value& value) const { return ToText(value); }
};

std::string Listed(const Pack& pack, std::string_view heading, const std::vector<Condition>& conditions) {
  std::string text;
  for (const Condition& condition : conditions)
    text += (text.empty() ? std::string(heading) : ", ") + ConditionText(pack, condition);
  return text;
}

}  // namespace

std::string ConditionText(const Pack& pack, const Condition& condition) {
  std::string text = std::visit(NameIn{pack}, condition.subject);
  if (std::holds_alternative<LicenceFrom>(condition.subject)) return text;
  if (condition.otherwise) text += " else " + NameIn{pack}(*condition.otherwise);
  text += " " + std::string(Name(condition.op));
  if (condition.op == Operator::kInList || condition.op == Operator::kNotInList)
    return text + " " + pack.lists[condition.list].id;
  if (condition.op == Operator::kWithinDays) return text + " " + std::to_string(condition.seconds / kDay);
  for (const Operand& operand : condition.operands) text += " " + std::visit(NameIn{pack}, operand);
  return text;
}

std::string ConditionsText(const Pack& pack, const Conditions& conditions) {
  const std::string all = Listed(pack, "all of: ", conditions.all);
  const std::string any = Listed(pack, "one of: ", conditions.any);
  return all + (all.empty() || any.empty() ? "" : "; ") + any;
}

std::string TermsText(const Pack& pack, const Number& number) {
  std::string text(kNumberKinds[static_cast<std::size_t>(number.kind)]);
  for (const Number::Term& term : number.terms) {
    const std::string when = ConditionsText(pack, term.when);
    text += (&term == &number.terms.front() ? " of: " : "; ") + std::visit(NameIn{pack}, term.value) +
            (when.empty() ? "" : " where " + when);
  }
  return text;
}

}  // namespace strongroom::policy
