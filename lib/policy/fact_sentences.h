// Facts as the beginnings and wholes of sentences: "the operator is headquartered in", "the act is to store
// the weights".
#ifndef STRONGROOM_POLICY_FACT_SENTENCES_H_
#define STRONGROOM_POLICY_FACT_SENTENCES_H_

#include <string>
#include <string_view>

#include "strongroom/policy/facts.h"

namespace strongroom::policy {

// What stands before the value: for a country the sentence up to the country ("the node is in"), for any
// other type the noun that the fact is ("the size of the weights in bytes").
std::string_view SubjectOf(FactId fact);

// The sentence that is so where a word or truth fact has that value, or where a texts fact holds that text.
std::string SentenceOf(FactId fact, const Value& value);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_FACT_SENTENCES_H_
