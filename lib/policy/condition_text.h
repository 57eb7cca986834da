// Conditions as the text of a pack writes them, with names for what they refer to: two packs say the same
// where the texts are equal.
#ifndef STRONGROOM_POLICY_CONDITION_TEXT_H_
#define STRONGROOM_POLICY_CONDITION_TEXT_H_

#include <string>

#include "strongroom/policy/pack.h"

namespace strongroom::policy {

// "node.country in_list AIA", "model.training_ops at_least 1e26"
std::string ConditionText(const Pack& pack, const Condition& condition);

// "all of: ...; one of: ..."
std::string ConditionsText(const Pack& pack, const Conditions& conditions);

// "sum of: model.training_ops; 1e25 where node.lists contains EL"
std::string TermsText(const Pack& pack, const Number& number);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_CONDITION_TEXT_H_
