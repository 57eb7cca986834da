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
  if (headquarters == Headquarters::kFixed) return moved;
  const Fact* operator_hq = facts.Find(FactId::kNodeOperatorHq);
  const Value seat = operator_hq == nullptr ? Value(country) : operator_hq->value;
  Facts follows;
  (void)follows.Set(FactId::kNodeOperatorHq, seat, Source::kQuestion);
  (void)follows.Set(FactId::kNodeOperatorParentHq, seat, Source::kQuestion);
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
  answer.reason += " (not known; missing:";
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
