#include "policy/asked_facts.h"

namespace strongroom::policy {
namespace {

// Numbers and findings refer to earlier ones alone, so this ends.
class Collector {
 public:
  explicit Collector(const Pack& pack)
      : pack_(pack), numbers_(pack.numbers.size(), false), findings_(pack.findings.size(), false) {}

  void Add(const Conditions& conditions) {
    for (const Condition& condition : conditions.all) Add(condition);
    for (const Condition& condition : conditions.any) Add(condition);
  }

  [[nodiscard]] const FactSet& facts() const { return facts_; }

 private:
  void Add(FactId id) { facts_.set(static_cast<std::size_t>(id)); }

  void Add(NumberRef ref) {
    if (numbers_[ref.index]) return;
    numbers_[ref.index] = true;
    for (const Number::Term& term : pack_.numbers[ref.index].terms) {
      Add(term.value);
      Add(term.when);
    }
  }

  void Add(FindingRef ref) {
    if (findings_[ref.index]) return;
    findings_[ref.index] = true;
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
    for (const Operand& operand : condition.operands) Add(operand);
  }

  const Pack& pack_;
  std::vector<bool> numbers_, findings_;
  FactSet facts_;
};

}  // namespace

FactSet AskedFacts(const Pack& pack, const Conditions& conditions) {
  Collector collector(pack);
  collector.Add(conditions);
  return collector.facts();
}

std::vector<FactId> FactsAskedBy(const Pack& pack) {
  Collector collector(pack);
  for (const Rule& rule : pack.rules) collector.Add(rule.when);
  std::vector<FactId> asked;
  for (const FactType& type : FactCatalogue()) {
    if (collector.facts().test(static_cast<std::size_t>(type.id))) asked.push_back(type.id);
  }
  return asked;
}

}  // namespace strongroom::policy
