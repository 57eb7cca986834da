// One thing of a question that could be otherwise, as a change to its facts and as a phrase.
#ifndef STRONGROOM_POLICY_SUPPOSITION_H_
#define STRONGROOM_POLICY_SUPPOSITION_H_

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "policy/values_apart.h"

namespace strongroom::policy {

struct FactOtherwise {
  FactId fact;
  ValueApart apart;
};
// Each of these facts stated by nobody weaker.
struct StatedBy {
  std::vector<FactId> facts;
  Source source;
};
struct LicenceOnFile {
  std::string issuer;
};
using Supposition = std::variant<FactOtherwise, StatedBy, LicenceOnFile>;

// Alternatives are suppositions about one and the same thing, of which one at a time can be so.
using Alternatives = std::vector<Supposition>;

// AllAlternatives lists what can be supposed of a question, the easiest to bring about first.
std::vector<Alternatives> AllAlternatives(std::span<const Pack* const> packs, const Facts& facts,
                                          Timestamp at);

// AlternativesOf lists those about one fact.
Alternatives AlternativesOf(std::span<const Pack* const> packs, const Facts& facts, FactId fact,
                            Timestamp at);

// IsArrangeable tells claims, the facility and the act from what the model is, and who and where one is.
bool IsArrangeable(FactId fact);

// Suppose changes the facts accordingly.
void Suppose(const Supposition& supposition, Timestamp at, Facts& facts);

// PhraseOfMoment is a day where the moment is its beginning, else the moment in full.
std::string PhraseOfMoment(Timestamp time);

// Phrase says in words that one of some alternatives, given by their indices in rising order, is so.
std::string Phrase(const Alternatives& alternatives, const std::vector<std::size_t>& chosen,
                   std::span<const Pack* const> packs, const Facts& facts, Timestamp at);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_SUPPOSITION_H_
