// Where conditions fall short: the condition about facts that keeps them from holding, behind all findings.
#ifndef STRONGROOM_POLICY_UNMET_CONDITION_H_
#define STRONGROOM_POLICY_UNMET_CONDITION_H_

#include <optional>

#include "policy/reasoning.h"

namespace strongroom::policy {

struct Unmet {
  const Condition* condition;  // about a fact, a number or licences, of the pack
  bool wanted;                 // what it would have to come to
};

// FirstUnmet finds the first such condition in the order of the text; where one of several would do, the
// first of those. Nothing if the conditions come to what is wanted.
std::optional<Unmet> FirstUnmet(const Pack& pack, const Conditions& conditions, bool wanted,
                                const Facts& facts, Timestamp at);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_UNMET_CONDITION_H_
