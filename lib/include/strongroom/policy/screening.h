// Whether a party resembles one on a screening list. A match is no finding: it is reported with its score for
// a person to clear, and until then it counts. docs/SCREENING.md describes the method in full.
//
// Names and aliases are compared word by word after folding case, accents and scripts: words are taken for
// one another if they are equal or, from four letters on and without digits, if their Jaro-Winkler similarity
// is at least 0.85 and the shorter has three quarters of the longer's letters; pairs are chosen greedily, and
// the score is the weight of what found a pair in the weight of both names, from 0 to 100. A word weighs its
// letters; "trading" and other words that tell little weigh a quarter; legal forms ("Ltd") may be missing for
// two points. A name of two words or more is also found inside a longer one. An address matches if its words
// are found in the other one, every number included.
#ifndef STRONGROOM_POLICY_SCREENING_H_
#define STRONGROOM_POLICY_SCREENING_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/error.h"
#include "strongroom/policy/facts.h"
#include "strongroom/policy/screening_list.h"

namespace strongroom::policy {

inline constexpr int kMinScreeningThreshold = 70;  // below, nearly everybody resembles somebody
inline constexpr int kScreeningThreshold = 88;     // what packs are told of

struct ScreenedParty {
  std::string name;
  std::vector<std::string> addresses;
};

enum class ScreenedBy { kName, kAlias, kAddress };
std::string_view Name(ScreenedBy by);  // "name", "alias", "address"

struct ScreeningMatch {
  const ScreeningEntry* entry = nullptr;  // of the list, which must outlive it
  ScreenedBy by = ScreenedBy::kName;
  std::string listed;    // the name, alias or address of the entry
  std::string screened;  // the name or address of the party
  int score = 0;         // 0 to 100
};

// Screen returns every entry that the party's name or one of its addresses matches by `threshold` points or
// more: the best match of names and the best of addresses for each, best first. kInvalidArgument for a
// threshold that is not from kMinScreeningThreshold to 100, more than 16 addresses, and a text that is longer
// than 1024 bytes, not UTF-8, or without a letter or digit.
Expected<std::vector<ScreeningMatch>> Screen(const ScreeningList& list, const ScreenedParty& party,
                                             int threshold = kScreeningThreshold);

// What an entry of the Entity List says of licences, in the words of node.entity_list_scope and
// node.entity_list_review. Where the text is not understood, the strict side: "all_items", "not_stated".
// Model weights are on the Commerce Control List, so that what is said of EAR99 items alone is not said of
// them.
std::string_view EntityListScope(std::string_view license_requirement);
std::string_view EntityListReview(std::string_view license_policy);

// StateMatches states what matches mean to packs: node.lists (added to those stated before), node.lists_date
// and, where there are matches on the Entity List, node.entity_list_scope and node.entity_list_review, each
// the strictest of them. A list that is not whole states no date, and no lists either where nothing matched.
Status StateMatches(const ScreeningList& list, std::span<const ScreeningMatch> matches, Source source,
                    Facts& facts);

// ScreenOperator screens node.operator at node.address and states what it finds. The source is kEvidence, or
// the weaker one of what was screened: a name that was merely declared is not cleared by more than a
// declaration. Without node.operator it states nothing. Returns the matches, best first.
Expected<std::vector<ScreeningMatch>> ScreenOperator(const ScreeningList& list, Facts& facts);

// TellScreening says which list was asked and what matched, for a person who must clear or confirm it later:
// the list's date and digest, and of each match the list, entry, what matched, score and notice.
std::vector<std::string> TellScreening(const ScreeningList& list, std::span<const ScreeningMatch> matches);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_SCREENING_H_
