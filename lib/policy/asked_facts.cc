#include "policy/asked_facts.h"

namespace strongroom::policy {
namespace {

// Numbers and findings refer to earlier ones alone, so this ends.
class Collector {
 public:
  explicit Collector(const Pack& pack)
      : pack_(pack),
        reached_{.facts = {},
                 .numbers = std::vector<bool>(pack.numbers.size()),
                 .findings = std::vector<bool>(pack.findings.size()),
                 .lists = std::vector<bool>(pack.lists.size())} {}

  void Add(const Conditions& conditions) {
    for (const Condition& condition : conditions.all) Add(condition);
    for (const Condition& condition : conditions.any) Add(condition);
  }

  [[nodiscard]] Reached Take() && { return std::move(reached_); }

 private:
  void Add(FactId id) { reached_.facts.set(static_cast<std::size_t>(id)); }

  void Add(NumberRef ref) {
    if (reached_.numbers[ref.index]) return;
    reached_.numbers[ref.index] = true;
    for (const Number::Term& term : pack_.numbers[ref.index].terms) {
      Add(term.value);
      Add(term.when);
    }
  }

  void Add(FindingRef ref) {
    if (reached_.findings[ref.index]) return;
    reached_.findings[ref.index] = true;
    Add(pack_.findings[ref.index].when);
  }

  void Add(const LicenceFrom&) {
    for (const FactId id : kLicenceFacts) Add(id);
  }

  void Add(const Value&) {}

  void Add(const Operand& operand) {
    std::visit([this](const auto& one) { Add(one); }, operand);
  }

  void Add(const Condition& condition) {
    std::visit([this](const auto& one) { Add(one); }, condition.subject);
    if (condition.otherwise) Add(*condition.otherwise);
    if (condition.op == Operator::kInList || condition.op == Operator::kNotInList)
      reached_.lists[condition.list] = true;
    for (const Operand& operand : condition.operands) Add(operand);
  }

  const Pack& pack_;
  Reached reached_;
};

}  // namespace

Reached ReachedByRules(const Pack& pack) {
  Collector collector(pack);
  for (const Rule& rule : pack.rules) collector.Add(rule.when);
  return std::move(collector).Take();
}

FactSet AskedFacts(const Pack& pack, const Conditions& conditions) {
  Collector collector(pack);
  collector.Add(conditions);
  return std::move(collector).Take().facts;
}

std::vector<FactId> FactsAskedBy(const Pack& pack) {
  const FactSet facts = ReachedByRules(pack).facts;
  std::vector<FactId> asked;
  for (const FactType& type : FactCatalogue()) {
    if (facts.test(static_cast<std::size_t>(type.id))) asked.push_back(type.id);
  }
  return asked;
}

}  // namespace strongroom::policy
