#include "strongroom/policy/screening.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "policy/screening_index.h"

namespace strongroom::policy {
namespace {

constexpr std::size_t kMaxScreenedText = 1024;
constexpr std::size_t kMaxAddresses = 16;

Expected<Phrase> WordsToScreen(std::string_view what, std::string_view text,
                               Phrase (*words_of)(std::string_view)) {
  if (text.size() > kMaxScreenedText)
    return Fail(ErrorCode::kInvalidArgument, std::string(what) + " to screen is longer than 1024 bytes");
  Phrase words = words_of(text);
  if (words.empty())
    return Fail(ErrorCode::kInvalidArgument,
                std::string(what) + " to screen has no letter or digit, or is not UTF-8");
  return words;
}

// The best match of names and the best of addresses, for each entry.
class BestMatches {
 public:
  BestMatches(const ScreeningIndex& index, int threshold) : index_(index), threshold_(threshold) {}

  void Keep(const ScreeningIndex::Resemblance& found, bool by_address, std::string_view screened) {
    if (found.score < threshold_) return;
    Best& best = best_[{found.entry, by_address}];
    if (found.score > best.found.score) best = {found, screened};
  }

  [[nodiscard]] std::vector<ScreeningMatch> Sorted() const {
    std::vector<ScreeningMatch> matches;
    matches.reserve(best_.size());
    for (const auto& [key, best] : best_) {
      matches.push_back({.entry = &index_.entries()[best.found.entry],
                         .by = key.second ? ScreenedBy::kAddress : best.found.by,
                         .listed = index_.TextOf(best.found),
                         .screened = std::string(best.screened),
                         .score = best.found.score});
    }
    std::ranges::sort(matches, {}, [](const ScreeningMatch& match) {
      return std::tuple(-match.score, match.entry, match.by);
    });
    return matches;
  }

 private:
  struct Best {
    ScreeningIndex::Resemblance found;
    std::string_view screened;
  };
  const ScreeningIndex& index_;
  int threshold_;
  std::map<std::pair<std::uint32_t, bool>, Best> best_;
};

// From the strictest to the laxest.
constexpr std::array<std::string_view, 5> kReviews = {
    "policy_of_denial", "presumption_of_denial", "not_stated", "case_by_case", "presumption_of_approval"};

// Lower-case ASCII, with spaces for hyphens and single spaces for several.
std::string Plainly(std::string_view text) {
  std::string plain;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-' || c == '\n' || c == '\t' || c == '\r') c = ' ';
    if (c != ' ' || !plain.ends_with(' ')) plain += c;
  }
  return plain;
}

Status StateEntityList(std::span<const ScreeningMatch> matches, Source source, Facts& facts) {
  std::string_view scope = "other_items";
  std::size_t review = kReviews.size();
  for (const ScreeningMatch& match : matches) {
    if (match.entry->list != "EL") continue;
    if (EntityListScope(match.entry->license_requirement) == "all_items") scope = "all_items";
    const auto* found = std::ranges::find(kReviews, EntityListReview(match.entry->license_policy));
    review = std::min(review, static_cast<std::size_t>(found - kReviews.begin()));
  }
  if (review == kReviews.size()) return {};
  SR_RETURN_IF_ERROR(facts.Set(FactId::kNodeEntityListScope, std::string(scope), source));
  return facts.Set(FactId::kNodeEntityListReview, std::string(kReviews[review]), source);
}

// The lists stated before and those of the matches, sorted, none twice.
std::vector<std::string> AllLists(const Facts& facts, std::span<const ScreeningMatch> matches) {
  std::vector<std::string> lists;
  if (const Fact* stated = facts.Find(FactId::kNodeLists))
    lists = std::get<std::vector<std::string>>(stated->value);
  for (const ScreeningMatch& match : matches) lists.push_back(match.entry->list);
  std::ranges::sort(lists);
  lists.erase(std::unique(lists.begin(), lists.end()), lists.end());
  return lists;
}

}  // namespace

std::string_view Name(ScreenedBy by) {
  constexpr std::string_view kNames[] = {"name", "alias", "address"};
  return kNames[static_cast<std::size_t>(by)];
}

Expected<std::vector<ScreeningMatch>> Screen(const ScreeningList& list, const ScreenedParty& party,
                                             int threshold) {
  if (threshold < kMinScreeningThreshold || threshold > 100)
    return Fail(ErrorCode::kInvalidArgument, "the threshold must be from 70 to 100");
  if (party.addresses.size() > kMaxAddresses)
    return Fail(ErrorCode::kInvalidArgument, "there are more than 16 addresses to screen");
  BestMatches best(list.index(), threshold);
  SR_ASSIGN_OR_RETURN(const Phrase name, WordsToScreen("the name", party.name, NameWords));
  list.index().ForEachName(name, [&](const auto& found) { best.Keep(found, false, party.name); });
  for (const std::string& text : party.addresses) {
    SR_ASSIGN_OR_RETURN(const Phrase address, WordsToScreen("an address", text, AddressWords));
    list.index().ForEachAddress(address, [&](const auto& found) { best.Keep(found, true, text); });
  }
  return best.Sorted();
}

std::string_view EntityListScope(std::string_view license_requirement) {
  const std::string plain = Plainly(license_requirement);
  const bool other = plain.contains("any item subject to the ear listed in supplement no. 2 to part 744") &&
                     !plain.contains("all items");
  return other ? "other_items" : "all_items";
}

std::string_view EntityListReview(std::string_view license_policy) {
  const std::string plain = Plainly(license_policy);
  if (plain.contains("policy of denial")) return "policy_of_denial";
  if (plain.contains("denial")) return "presumption_of_denial";
  if (plain.contains("case by case")) return "case_by_case";
  if (plain.contains("presumption of approval") && !plain.contains("ear99")) return "presumption_of_approval";
  return "not_stated";
}

Status StateMatches(const ScreeningList& list, std::span<const ScreeningMatch> matches, Source source,
                    Facts& facts) {
  if (!list.whole() && matches.empty()) return {};
  if (list.whole()) SR_RETURN_IF_ERROR(facts.Set(FactId::kNodeListsDate, list.date(), source));
  SR_RETURN_IF_ERROR(facts.Set(FactId::kNodeLists, AllLists(facts, matches), source));
  return StateEntityList(matches, source, facts);
}

Expected<std::vector<ScreeningMatch>> ScreenOperator(const ScreeningList& list, Facts& facts) {
  const Fact* name = facts.Find(FactId::kNodeOperator);
  if (name == nullptr) return std::vector<ScreeningMatch>();
  Source source = std::min(Source::kEvidence, name->source);
  ScreenedParty party{.name = std::get<std::string>(name->value), .addresses = {}};
  if (const Fact* address = facts.Find(FactId::kNodeAddress)) {
    party.addresses.push_back(std::get<std::string>(address->value));
    source = std::min(source, address->source);
  }
  SR_ASSIGN_OR_RETURN(std::vector<ScreeningMatch> matches, Screen(list, party));
  SR_RETURN_IF_ERROR(StateMatches(list, matches, source, facts));
  return matches;
}

std::vector<std::string> TellScreening(const ScreeningList& list, std::span<const ScreeningMatch> matches) {
  constexpr std::size_t kMostTold = 8;
  std::vector<std::string> sentences = {"screened against the list of " + ToRfc3339(list.date()) +
                                        ", SHA-256 " + Hex(list.digest()) + ", " +
                                        std::to_string(matches.size()) + " of its entries match"};
  for (const ScreeningMatch& match : matches.first(std::min(matches.size(), kMostTold))) {
    sentences.push_back("screening: '" + match.screened + "' resembles '" + match.listed +
                        "' of the entry '" + match.entry->name + "' on " + match.entry->list + ", score " +
                        std::to_string(match.score) + ", notice " +
                        (match.entry->notice.empty() ? "not stated" : match.entry->notice));
  }
  return sentences;
}

}  // namespace strongroom::policy
