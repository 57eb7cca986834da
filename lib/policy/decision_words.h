// How facts are told to people.
#ifndef STRONGROOM_POLICY_DECISION_WORDS_H_
#define STRONGROOM_POLICY_DECISION_WORDS_H_

#include <string>
#include <string_view>

#include "strongroom/policy/decision.h"

namespace strongroom::policy {

// "GB (United Kingdom)" for a country, "none" for no texts, any other value as it is.
std::string Readable(const FactUsed& fact);

// "as the node declares"
std::string_view WhoSays(Source source);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_DECISION_WORDS_H_
