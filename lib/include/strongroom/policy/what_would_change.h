// What would change a decision: the same question asked again with one thing otherwise, or two.
#ifndef STRONGROOM_POLICY_WHAT_WOULD_CHANGE_H_
#define STRONGROOM_POLICY_WHAT_WOULD_CHANGE_H_

#include <span>
#include <string>
#include <vector>

#include "strongroom/policy/decision.h"

namespace strongroom::policy {

// Change is what would have to be so, and the answer then.
struct Change {
  // One phrase for each thing that would be otherwise, all of them together: "node.operator_hq: one of the 19
  // countries on the list AIA, such as AU (Australia)", "a licence of BIS that covers it", "from 2026-01-15
  // on".
  std::vector<std::string> suppose;
  Outcome outcome = Outcome::kUnknown;
  std::vector<std::string> rules;  // that would decide, as PACK/RULE
  friend bool operator==(const Change&, const Change&) = default;
};

struct Changes {
  std::vector<Change>
      changes;                // the laxest answer first; of one answer, what is easiest to bring about first
  std::size_t questions = 0;  // that were put to the packs, at most kMostQuestions
  bool complete = true;       // false if that bound left something untried
};

inline constexpr std::size_t kMostQuestions = 20'000;

// WhatWouldChange tries each fact that the packs read with each value that they tell apart, a fact stated by
// somebody stronger, a licence of each issuer that they ask about, and the next and the last moment of
// another answer. Where the answer is not a permit, it tries all at once what an exception lacks of claims,
// of the facility and of the act; and if nothing else permits, any two things. A change of the facts to
// `unknown` is left out. At another moment a screening counts as fresh as it is now, but for the moment at
// which it becomes too old. Pure and total, as Evaluate.
Changes WhatWouldChange(std::span<const Pack* const> packs, const Facts& facts, Timestamp at);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_WHAT_WOULD_CHANGE_H_
