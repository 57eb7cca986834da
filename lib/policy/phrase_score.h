// How much two names, or two addresses, are alike: 0 to 100, rounded down.
#ifndef STRONGROOM_POLICY_PHRASE_SCORE_H_
#define STRONGROOM_POLICY_PHRASE_SCORE_H_

#include "policy/phrase_index.h"

namespace strongroom::policy {

// NameScore is the greatest of three.
// - The words of both: twice the weight that found a pair, each word by the pair's similarity, over the
// weight
//   of all (the measure of Dice, 1945, over words that are taken for one another by Jaro-Winkler).
// - The same without legal forms, times 0.98.
// - The shorter name inside the longer, without legal forms, times 0.95: what of its weight found its
//   equal. It must have two words and a weight of 8, so that a short name is not found inside every other.
int NameScore(const Comparison& names);

// Two names that are the same letters, parted into words in another way.
inline constexpr int kSameLettersScore = 96;
inline constexpr std::size_t kMinSameLetters = 5;

// AddressScore is the greater of two: what of the listed street and city is found in the screened address,
// and what of the screened address is found in the whole listed one, by weight. On the side that is to be
// found there must be a number and two words that are not generic, and every number must be found.
int AddressScore(const Comparison& addresses);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_PHRASE_SCORE_H_
