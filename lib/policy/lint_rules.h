// The part of Lint that reasons about rules: whether each can decide, whether all together leave a gap, and
// whether exceptions agree.
#ifndef STRONGROOM_POLICY_LINT_RULES_H_
#define STRONGROOM_POLICY_LINT_RULES_H_

#include <vector>

#include "strongroom/policy/lint.h"

namespace strongroom::policy {

std::vector<LintFinding> LintReach(const Pack& pack);
std::vector<LintFinding> LintGaps(const Pack& pack);
std::vector<LintFinding> LintExceptions(const Pack& pack);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_LINT_RULES_H_
