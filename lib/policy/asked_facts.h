// What conditions ask about, directly and through the numbers and findings that they name.
#ifndef STRONGROOM_POLICY_ASKED_FACTS_H_
#define STRONGROOM_POLICY_ASKED_FACTS_H_

#include <bitset>
#include <vector>

#include "strongroom/policy/pack.h"

namespace strongroom::policy {

using FactSet = std::bitset<kFactCount>;

// What the test of the licences on file reads.
inline constexpr FactId kLicenceFacts[] = {FactId::kModelLabel, FactId::kModelEccn, FactId::kActCopies,
                                           FactId::kNodeCountry, FactId::kNodeOperator};

// What is reached of a pack: its facts, and its numbers, findings and lists by index.
struct Reached {
  FactSet facts;
  std::vector<bool> numbers, findings, lists;
};

Reached ReachedByRules(const Pack& pack);
FactSet AskedFacts(const Pack& pack, const Conditions& conditions);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_ASKED_FACTS_H_
