// The whole story of a decision: what each pack answered and which clause turned it, on what grounds, by
// whose word, and what would change it.
#ifndef STRONGROOM_POLICY_EXPLANATION_H_
#define STRONGROOM_POLICY_EXPLANATION_H_

#include <span>
#include <string>
#include <vector>

#include "strongroom/policy/what_would_change.h"

namespace strongroom::policy {

struct Explanation {
  std::vector<const Pack*> packs;  // that were asked; borrowed
  Decision decision;
  Changes changes;
};

// ExplainWhole asks the packs and finds out what would change their answer. Pure and total.
Explanation ExplainWhole(std::span<const Pack* const> packs, const Facts& facts, Timestamp at);

// TellExplanation is the story in lines of at most `width` columns, to be read or read aloud.
std::vector<std::string> TellExplanation(const Explanation& explanation, std::size_t width);

// ExplanationJson is all of it for a program; an object without secrets.
envelope::Json ExplanationJson(const Explanation& explanation);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_EXPLANATION_H_
