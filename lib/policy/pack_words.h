// The words of a pack's text, in the order of the enumerations that they stand for.
#ifndef STRONGROOM_POLICY_PACK_WORDS_H_
#define STRONGROOM_POLICY_PACK_WORDS_H_

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

namespace strongroom::policy {

inline constexpr std::string_view kOutcomes[] = {"permit", "needs_licence", "unknown", "deny"};
inline constexpr std::string_view kRuleKinds[] = {"bar", "exception", "requirement"};
inline constexpr std::string_view kRuleStatuses[] = {"in_force", "suspended", "not_enforced", "proposed"};
inline constexpr std::string_view kNumberKinds[] = {"sum", "product", "greatest"};
inline constexpr std::string_view kOperators[] = {
    "is",      "is_not", "in",    "not_in",   "in_list", "not_in_list", "at_least",
    "at_most", "above",  "below", "contains", "lacks",   "within_days", "past"};

template <typename Enum>
std::optional<Enum> FindWord(std::span<const std::string_view> words, std::string_view word) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_PACK_WORDS_H_
