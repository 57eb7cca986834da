// The values of a fact that packs tell apart: from each set of values to which every condition answers alike,
// one to try.
#ifndef STRONGROOM_POLICY_VALUES_APART_H_
#define STRONGROOM_POLICY_VALUES_APART_H_

#include <span>
#include <vector>

#include "policy/asked_facts.h"
#include "strongroom/policy/pack.h"

namespace strongroom::policy {

struct ValueApart {
  Value value;
  std::vector<place::Country> countries;  // of a country: all that are treated like it, itself the first
  std::optional<Decimal> bound;           // of a number: what it is compared with, and
  int side = 0;                           // where the value stands: -1 just below it, 0 at it, 1 just above
};

// AllConditions lists every condition of a pack's rules, findings and numbers.
std::vector<const Condition*> AllConditions(const Pack& pack);

// IssuersAsked lists who issues the licences that conditions of the packs ask about, each once, sorted.
std::vector<std::string> IssuersAsked(std::span<const Pack* const> packs);

// ValuesApart lists the values to try of one fact at a moment: of words and truths all, of countries one of
// each class of membership, of numbers the bounds and their neighbours in rising order, of times those on
// both sides of each test in rising order, of texts `stated` with each text that is tested put in or taken
// out. Nothing for a fact that no condition reads.
std::vector<ValueApart> ValuesApart(std::span<const Pack* const> packs, FactId fact, Timestamp at,
                                    const std::vector<std::string>& stated = {});

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_VALUES_APART_H_
