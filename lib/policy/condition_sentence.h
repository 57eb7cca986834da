// Conditions as plain English, to be read aloud.
#ifndef STRONGROOM_POLICY_CONDITION_SENTENCE_H_
#define STRONGROOM_POLICY_CONDITION_SENTENCE_H_

#include <string>

#include "strongroom/policy/pack.h"

namespace strongroom::policy {

// "the operator is headquartered in a country on the list AIA", lower-case, without a final period.
std::string Sentence(const Pack& pack, const Condition& condition);

// "the operations of all training", "1e26": what a number counts or is compared with.
std::string Phrase(const Pack& pack, const Operand& operand);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_CONDITION_SENTENCE_H_
