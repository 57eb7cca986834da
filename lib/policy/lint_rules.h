// The part of Lint that reasons about rules: whether each can decide, whether all together leave a gap, and
// whether exceptions agree.
#ifndef STRONGROOM_POLICY_LINT_RULES_H_
#define STRONGROOM_POLICY_LINT_RULES_H_

#include <set>
#include <string>
#include <vector>

#include "policy/fact_search.h"
#include "strongroom/policy/lint.h"

namespace strongroom::policy {

// `deciding` are the ids of rules by which some case decides: they need no search.
std::vector<LintFinding> LintReach(const Pack& pack, const std::set<std::string>& deciding,
                                   StepBudget& budget);
std::vector<LintFinding> LintGaps(const Pack& pack, StepBudget& budget);
std::vector<LintFinding> LintExceptions(const Pack& pack, StepBudget& budget);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_LINT_RULES_H_
