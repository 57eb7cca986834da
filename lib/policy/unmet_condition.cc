#include "policy/unmet_condition.h"

namespace strongroom::policy {
namespace {

// Findings refer to earlier ones alone, so that this ends.
class Descent {
 public:
  Descent(const Pack& pack, const Facts& facts, Timestamp at) : pack_(pack), facts_(facts), at_(at) {}

  std::optional<Unmet> Into(const Conditions& conditions, bool wanted) const {
    if (IsMet(conditions, wanted)) return std::nullopt;
    if (auto unmet = Among(conditions.all, wanted)) return unmet;
    return Among(conditions.any, wanted);
  }

 private:
  bool IsMet(const Conditions& conditions, bool wanted) const {
    return Reasoning(pack_, facts_, at_).Test(conditions).truth == (wanted ? Truth::kTrue : Truth::kFalse);
  }

  std::optional<Unmet> Among(const std::vector<Condition>& conditions, bool wanted) const {
    for (const Condition& condition : conditions) {
      if (IsMet({.all = {condition}, .any = {}}, wanted)) continue;
      const auto* finding = std::get_if<FindingRef>(&condition.subject);
      if (finding == nullptr) return Unmet{&condition, wanted};
      const bool holds = std::get<bool>(std::get<Value>(condition.operands[0]));
      if (auto unmet = Into(pack_.findings[finding->index].when, wanted == holds)) return unmet;
    }
    return std::nullopt;
  }

  const Pack& pack_;
  const Facts& facts_;
  Timestamp at_;
};

}  // namespace

std::optional<Unmet> FirstUnmet(const Pack& pack, const Conditions& conditions, bool wanted,
                                const Facts& facts, Timestamp at) {
  return Descent(pack, facts, at).Into(conditions, wanted);
}

}  // namespace strongroom::policy
