#include "strongroom/policy/decision.h"
#include "strongroom/policy/world_map.h"

namespace strongroom::policy {
namespace {

place::Basis BasisOf(const Facts& facts) {
  const Fact* stated = facts.Find(FactId::kNodeBasis);
  if (stated == nullptr) return place::Basis::kDeclared;
  return place::ParseBasis(ToText(stated->value)).value_or(place::Basis::kDeclared);
}

// The facts of the question with the place, and what follows it, in that country.
Facts MovedTo(place::Country country, const Facts& facts, Headquarters headquarters) {
  Facts moved = facts;
  moved.SetPlace({.country = country, .subdivision = std::nullopt, .basis = BasisOf(facts)},
                 Source::kQuestion);
  // A parent that nobody states is where the operator is, so it moves with an operator that moves.
  if (headquarters == Headquarters::kFixed || facts.Find(FactId::kNodeOperatorHq) != nullptr) return moved;
  Facts follows;
  (void)follows.Set(FactId::kNodeOperatorHq, country, Source::kQuestion);
  (void)follows.Set(FactId::kNodeOperatorParentHq, country, Source::kQuestion);
  moved.AddMissing(follows);
  return moved;
}

// The step that decided; of several, the first in the order of the packs.
CountryAnswer AnswerOf(place::Country country, const Decision& decision) {
  CountryAnswer answer{.country = country, .outcome = decision.outcome, .rule = {}, .reason = {}};
  for (const Step& step : decision.path) {
    if (step.outcome != decision.outcome || !answer.rule.empty()) continue;
    answer.rule = step.pack + "/" + step.rule;
    answer.reason = step.reason;
  }
  if (decision.outcome != Outcome::kUnknown || decision.missing.empty()) return answer;
  answer.reason += " (missing:";
  for (const FactId fact : decision.missing) answer.reason += " " + std::string(Describe(fact).name);
  answer.reason += ")";
  return answer;
}

}  // namespace

std::vector<CountryAnswer> AskEveryCountry(std::span<const Pack* const> packs, const Facts& facts,
                                           Timestamp at, Headquarters headquarters) {
  std::vector<CountryAnswer> answers;
  for (const place::Country country : place::AllCountries()) {
    answers.push_back(AnswerOf(country, Evaluate(packs, MovedTo(country, facts, headquarters), at)));
  }
  return answers;
}

}  // namespace strongroom::policy
