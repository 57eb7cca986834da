// The facts of a question that mean no harm: nobody listed, nothing claimed, screened that day, the place
// only declared. What a table of cases or a comparison does not vary is stated so.
#ifndef STRONGROOM_POLICY_HARMLESS_FACTS_H_
#define STRONGROOM_POLICY_HARMLESS_FACTS_H_

#include <string_view>

#include "strongroom/policy/facts.h"

namespace strongroom::policy {

inline constexpr std::string_view kHarmlessLabel = "case";
inline constexpr std::string_view kHarmlessOperator = "case operator";

// HarmlessFacts states them as of a moment. What they leave open is the item, the act, the countries and
// whether the key is given.
Facts HarmlessFacts(Timestamp at);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_HARMLESS_FACTS_H_
