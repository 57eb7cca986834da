#include "strongroom/policy/pack.h"

#include <algorithm>

#include "policy/pack_words.h"

namespace strongroom::policy {

std::string_view Name(Outcome outcome) {
  return kOutcomes[static_cast<std::size_t>(outcome)];
}
std::string_view Name(RuleKind kind) {
  return kRuleKinds[static_cast<std::size_t>(kind)];
}
std::string_view Name(RuleStatus status) {
  return kRuleStatuses[static_cast<std::size_t>(status)];
}
std::string_view Name(Operator op) {
  return kOperators[static_cast<std::size_t>(op)];
}

std::optional<Outcome> FindOutcome(std::string_view name) {
  return FindWord<Outcome>(kOutcomes, name);
}

bool Window::Contains(Timestamp at) const {
  return (!from || at >= *from) && (!until || at < *until);
}

const RegionList::Version* RegionList::At(Timestamp at) const {
  const auto after = std::ranges::upper_bound(versions, at, {}, &Version::from);
  return after == versions.begin() ? nullptr : &*std::prev(after);
}

}  // namespace strongroom::policy
