// How two packs differ, or one pack at two dates: in what they answer, and in what their texts say.
#ifndef STRONGROOM_POLICY_DIFFERENCE_H_
#define STRONGROOM_POLICY_DIFFERENCE_H_

#include <span>
#include <string>
#include <vector>

#include "strongroom/policy/decision.h"

namespace strongroom::policy {

// Asked is who is asked, and for which moment. The packs of an overlay bring the one under it.
struct Asked {
  std::span<const Pack* const> packs;
  Timestamp at;
};

// AnswerDifference is a set of questions of which the answers change alike.
struct AnswerDifference {
  std::vector<std::string> acts;     // "transfer of the key and the weights"
  std::vector<std::string> items;    // "closed weights at or above 1e26, made in the United States"
  std::vector<std::string> parties;  // "operators headquartered where the place is"
  std::vector<std::string> storage;  // "no exception claimed and no secured facility"
  Outcome before = Outcome::kUnknown;
  Outcome after = Outcome::kUnknown;
  std::vector<place::Country> countries;  // the places, in the order of their codes
  friend bool operator==(const AnswerDifference&, const AnswerDifference&) = default;
};

// Differences asks both about every country as the place, each kind of weights, each act, an operator from
// there and one from the United States, with and without License Exception AIA claimed and a secured
// facility. What that leaves open is stated harmless: nobody is listed, and the place is only declared.
std::vector<AnswerDifference> Differences(const Asked& before, const Asked& after);

// Sentence tells a difference: "decrypt of ...: needs_licence -> permit in 19 countries: AU BE ...".
std::string Sentence(const AnswerDifference& difference);

// TextDifference is one thing that two texts say differently.
struct TextDifference {
  enum class Kind { kAdded, kRemoved, kChanged };
  Kind kind = Kind::kChanged;
  std::string what;    // "rule aia: in force"
  std::string before;  // empty where it was added
  std::string after;   // empty where it was removed
  friend bool operator==(const TextDifference&, const TextDifference&) = default;
};
std::string_view Name(TextDifference::Kind kind);  // "added", "removed", "changed"

// TextDifferences compares rules, windows, citations, numbers, findings, lists and the head. Order does not
// count.
std::vector<TextDifference> TextDifferences(const Pack& before, const Pack& after);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_DIFFERENCE_H_
