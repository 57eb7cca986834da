// Looks for facts under which conditions of a pack hold, and others do not.
#ifndef STRONGROOM_POLICY_FACT_SEARCH_H_
#define STRONGROOM_POLICY_FACT_SEARCH_H_

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "policy/reasoning.h"

namespace strongroom::policy {

// Goal is what conditions are to come to.
struct Goal {
  Conditions conditions;
  bool wanted = true;
};

// StepBudget bounds several searches together.
struct StepBudget {
  std::size_t left;
};

// FactSearch tries the values that the pack tells apart, one fact after the other, and goes back where a goal
// cannot be met any more. The same pack, goals, moment and budget give the same facts. Borrows the pack and
// the budget.
class FactSearch {
 public:
  FactSearch(const Pack& pack, Timestamp at, StepBudget& budget);

  // Facts that meet every goal, whatever the facts that they leave out; nothing if none were found.
  std::optional<Facts> Find(const std::vector<Goal>& goals);
  // Whether the last search tried all there was to try, so that finding nothing means that there is nothing.
  // It did not where it had to choose figures that are counted or compared together, of which only the bounds
  // and their neighbours are tried, or a fact that can have many texts.
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  // A goal, or a part of one.
  struct Part {
    enum class What { kConditions, kOneOf, kCondition };
    What what;
    const Conditions* conditions;
    const Condition* condition;
    bool wanted;
  };
  using Parts = std::vector<Part>;

  static Part Whole(const Conditions& conditions, bool wanted);
  static Part Single(const Condition& condition, bool wanted);
  [[nodiscard]] static bool IsBranch(const Part& part);
  static Parts Split(const Part& part);

  std::optional<Facts> FindFrom(const std::vector<Goal>& goals);
  bool Solve(Parts parts);
  bool Simplify(Parts& parts);
  bool TryEach(const Part& part, const Parts& rest);
  bool TryValues(FactId fact, const Parts& parts);
  [[nodiscard]] Conclusion Test(const Part& part) const;
  const Conditions& Meaning(const Condition& condition, bool& wanted) const;
  const std::vector<Value>& ValuesOf(FactId fact);

  const Pack& pack_;
  Timestamp at_;
  StepBudget& budget_;
  std::size_t steps_ = 0;  // of this search
  bool complete_ = true;
  Facts harmless_;
  Facts facts_;
  std::map<FactId, std::vector<Value>> values_;
  std::set<FactId> sampled_;  // of which not all values are tried
};

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_FACT_SEARCH_H_
