// What is true of a pack's numbers, findings and conditions, given facts and a moment: three-valued logic
// (Kleene), in which a conjunction is as true as its least true part and a disjunction as its most true one.
#ifndef STRONGROOM_POLICY_REASONING_H_
#define STRONGROOM_POLICY_REASONING_H_

#include <bitset>
#include <memory_resource>
#include <optional>
#include <vector>

#include "policy/asked_facts.h"
#include "strongroom/policy/pack.h"

namespace strongroom::policy {

enum class Truth { kFalse, kUnknown, kTrue };

// What a conclusion rests on. `missing` are the facts that leave it open; they mean nothing once it is not.
struct Support {
  FactSet used;
  FactSet missing;
  FactSet replaced;  // nobody stated these, and their `else` was asked
  std::bitset<64> findings;
  std::bitset<64> numbers;
  Support& operator|=(const Support& other);
};

struct Conclusion {
  Truth truth = Truth::kFalse;
  Support support;
};

// Reasoning answers about one pack. Each number and finding is worked out once, when it is first asked for.
// Borrows the pack, the facts and the memory, of which a decision's worth fits on the stack. Not thread-safe.
class Reasoning {
 public:
  Reasoning(const Pack& pack, const Facts& facts, Timestamp at,
            std::pmr::memory_resource* memory = std::pmr::get_default_resource())
      : pack_(pack),
        facts_(facts),
        at_(at),
        findings_(pack.findings.size(), memory),
        numbers_(pack.numbers.size(), memory) {}

  [[nodiscard]] Conclusion Test(const Conditions& conditions);
  [[nodiscard]] const Conclusion& Conclude(FindingRef ref);
  // Why no licence of this issuer covers the act, one sentence for each licence on file.
  [[nodiscard]] std::vector<std::string> WhyNotCovered(const LicenceFrom& from) const;

 private:
  // A number of which at least `lower` is known; all of it if it is exact.
  struct Quantity {
    Decimal lower;
    bool exact = true;
    Support support;
  };

  Conclusion All(const std::vector<Condition>& conditions);
  Conclusion Any(const std::vector<Condition>& conditions);
  Conclusion Test(const Condition& condition);
  Conclusion TestFinding(const Condition& condition, FindingRef ref);
  Conclusion TestFact(const Condition& condition, FactId id);
  Conclusion TestLicences(const LicenceFrom& from) const;
  Conclusion Compare(const Condition& condition, const Quantity& left);
  Conclusion AboutList(const Condition& condition, const Value& value, Support support) const;

  Quantity Measure(FactId id);
  const Quantity& Measure(NumberRef ref);
  Quantity Measure(const Operand& operand);
  Quantity Compute(const Number& number);
  void AddTerm(const Number& number, const Number::Term& term, Quantity& total);

  const Pack& pack_;
  const Facts& facts_;
  Timestamp at_;
  std::pmr::vector<std::optional<Conclusion>> findings_;
  std::pmr::vector<std::optional<Quantity>> numbers_;
};

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_REASONING_H_
