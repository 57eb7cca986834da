#include "policy/lint_rules.h"

#include <algorithm>
#include <map>
#include <set>

#include "policy/harmless_facts.h"
#include "policy/turning_points.h"
#include "policy/values_apart.h"
#include "strongroom/policy/decision.h"

namespace strongroom::policy {
namespace {

using Severity = LintFinding::Severity;

bool Stands(const Rule& rule) {
  return rule.status == RuleStatus::kInForce || rule.status == RuleStatus::kNotEnforced;
}

bool Applies(const Rule& rule, Timestamp at) {
  return Stands(rule) && rule.in_force.Contains(at) && rule.compliance.Contains(at);
}

// The moments at which a pack speaks and changes, the newest first.
std::vector<Timestamp> Moments(const Pack& pack) {
  const Pack* packs[] = {&pack};
  std::vector<Timestamp> moments;
  for (const Timestamp moment : TurningPoints(packs)) {
    if (pack.valid.Contains(moment)) moments.insert(moments.begin(), moment);
  }
  return moments;
}

// What must hold for a rule to hold, the basis of the place included.
Conditions AllConditionsOf(const Rule& rule) {
  Conditions conditions = rule.when;
  if (!rule.weakest_basis) return conditions;
  Condition basis{.subject = FactId::kNodeBasis, .otherwise = {}, .op = Operator::kIn, .operands = {}};
  for (const place::Basis one : {place::Basis::kDeclared, place::Basis::kEndorsed, place::Basis::kMeasured}) {
    if (one >= *rule.weakest_basis) basis.operands.emplace_back(Value(std::string(Name(one))));
  }
  conditions.all.push_back(std::move(basis));
  return conditions;
}

using Goals = std::vector<Goal>;

template <typename Predicate>
void AddNoneOf(const Pack& pack, Timestamp at, Predicate which, Goals& goals) {
  for (const Rule& rule : pack.rules) {
    if (Applies(rule, at) && which(rule)) goals.push_back({AllConditionsOf(rule), false});
  }
}

// The ways in which a bar that is no denial decides: with nothing stricter beside it.
std::vector<Goals> WaysOfMildBar(const Pack& pack, const Rule& bar, Timestamp at, const Goals& goals) {
  std::vector<Goals> ways;
  const auto stricter_requirement = [&](const Rule& other) {
    return other.kind == RuleKind::kRequirement && other.outcome > bar.outcome;
  };
  for (const Rule& other : pack.rules) {
    const bool milder = other.kind == RuleKind::kException ||
                        (other.kind == RuleKind::kRequirement && other.outcome <= bar.outcome);
    if (!Applies(other, at) || !milder) continue;
    Goals way = goals;
    way.push_back({AllConditionsOf(other), true});
    if (other.kind == RuleKind::kRequirement) AddNoneOf(pack, at, stricter_requirement, way);
    ways.push_back(std::move(way));
  }
  if (!pack.overlay) return ways;
  ways.push_back(goals);
  AddNoneOf(pack, at, stricter_requirement, ways.back());
  return ways;
}

// What must be so for a rule to decide: it holds, and nothing that overrides it does. Any of the ways will
// do.
std::vector<Goals> WaysToDecide(const Pack& pack, const Rule& rule, Timestamp at) {
  Goals goals = {{AllConditionsOf(rule), true}};
  switch (rule.kind) {
    case RuleKind::kBar:
      AddNoneOf(
          pack, at,
          [&](const Rule& other) { return other.kind == RuleKind::kBar && other.outcome > rule.outcome; },
          goals);
      if (rule.outcome != Outcome::kDeny) return WaysOfMildBar(pack, rule, at, goals);
      break;
    case RuleKind::kException:
      AddNoneOf(
          pack, at, [](const Rule& other) { return other.kind == RuleKind::kBar; }, goals);
      break;
    case RuleKind::kRequirement:
      AddNoneOf(
          pack, at,
          [&](const Rule& other) {
            const bool overrides =
                other.kind == RuleKind::kBar ? other.outcome >= rule.outcome : other.outcome > rule.outcome;
            return other.kind == RuleKind::kException || overrides;
          },
          goals);
      break;
  }
  return {goals};
}

// Severe unless the rule comes from a part, which other packs may need.
LintFinding AboutRule(const Rule& rule, std::string_view check, std::string sentence) {
  return {rule.part.empty() ? Severity::kError : Severity::kWarning, std::string(check), "rule " + rule.id,
          std::move(sentence)};
}

// What came of looking for facts with which something is so.
struct Search {
  std::optional<Facts> facts;
  bool complete = true;
};

// One search for each moment, which keeps the values that it found to be told apart.
class Searches {
 public:
  Searches(const Pack& pack, StepBudget& budget) : pack_(pack), budget_(budget) {}

  FactSearch& At(Timestamp at) { return searches_.try_emplace(at, pack_, at, budget_).first->second; }

 private:
  const Pack& pack_;
  StepBudget& budget_;
  std::map<Timestamp, FactSearch> searches_;
};

class Reach {
 public:
  Reach(const Pack& pack, StepBudget& budget)
      : pack_(pack), moments_(Moments(pack)), searches_(pack, budget) {}

  std::optional<LintFinding> About(const Rule& rule) {
    if (!Stands(rule)) return std::nullopt;
    std::vector<Timestamp> moments;
    std::ranges::copy_if(moments_, std::back_inserter(moments),
                         [&](Timestamp at) { return Applies(rule, at); });
    if (moments.empty()) return AboutRule(rule, "unreachable", "its windows and the pack's never meet");
    const Search holds = Look(moments, [&](Timestamp) {
      return std::vector<Goals>{{{AllConditionsOf(rule), true}}};
    });
    if (!holds.facts && holds.complete)
      return AboutRule(rule, "unreachable", "no facts make its conditions hold: they contradict one another");
    if (!holds.facts) return NotFound(rule, "under which its conditions hold");
    const Search decides = Look(moments, [&](Timestamp at) { return WaysToDecide(pack_, rule, at); });
    if (decides.facts) return std::nullopt;
    if (!decides.complete) return NotFound(rule, "under which it decides");
    return AboutRule(rule, "unreachable",
                     rule.kind == RuleKind::kException
                         ? "whenever it holds a bar does, so that it never permits"
                         : "whenever it holds another rule overrides it, so that it never decides");
  }

 private:
  template <typename Ways>
  Search Look(const std::vector<Timestamp>& moments, Ways ways_at) {
    Search result;
    for (const Timestamp at : moments) {
      FactSearch& search = searches_.At(at);
      for (const Goals& goals : ways_at(at)) {
        result.facts = search.Find(goals);
        if (result.facts) return result;
        result.complete = result.complete && search.complete();
      }
    }
    return result;
  }

  static LintFinding NotFound(const Rule& rule, std::string_view what) {
    LintFinding finding = AboutRule(rule, "unreachable", "no facts were found " + std::string(what));
    finding.severity = Severity::kWarning;
    return finding;
  }

  const Pack& pack_;
  std::vector<Timestamp> moments_;
  Searches searches_;
};

// The facts that the search needed, as a question would state them.
std::string Told(const Facts& facts) {
  std::string told;
  for (const FactType& type : FactCatalogue()) {
    const Fact* fact = facts.Find(type.id);
    if (fact == nullptr) continue;
    const std::string value = ToText(fact->value);
    told += (told.empty() ? "" : ", ") + std::string(type.name) + " " + (value.empty() ? "none" : value);
  }
  return told.empty() ? "any facts" : told;
}

// Everything that the pack asks, harmless where the search left it open.
Facts Completed(const Pack& pack, const Facts& found, Timestamp at) {
  Facts facts = found;
  facts.AddMissing(HarmlessFacts(at));
  const Pack* packs[] = {&pack};
  for (const FactId id : FactsAskedBy(pack)) {
    if (facts.Find(id) != nullptr) continue;
    const std::vector<ValueApart> values = ValuesApart(packs, id, at);
    if (!values.empty()) (void)facts.Set(id, values.front().value, Source::kQuestion);
  }
  return facts;
}

bool OnlyTheDefaultAnswers(const Pack& pack, const Facts& facts, Timestamp at) {
  const Pack* packs[] = {&pack};
  const Decision decision = Evaluate(packs, facts, at);
  return decision.path.size() == 1 && decision.path.front().rule == kDefaultRule;
}

int Demands(const Rule& rule) {
  return static_cast<int>(rule.weakest_source.value_or(Source::kQuestion));
}

int BasisOf(const Rule& rule) {
  return rule.weakest_basis ? static_cast<int>(*rule.weakest_basis) + 1 : 0;
}

// How two exceptions that both apply at a moment lie to one another.
class ExceptionPair {
 public:
  ExceptionPair(FactSearch& search, const Rule& one, const Rule& other)
      : search_(search), one_(one), other_(other) {}

  bool HoldAtOnce() { return search_.Find({{one_.when, true}, {other_.when, true}}).has_value(); }
  bool OneImpliesOther() { return Implies(one_, other_); }
  bool OtherImpliesOne() { return Implies(other_, one_); }

 private:
  bool Implies(const Rule& narrow, const Rule& wide) {
    return !search_.Find({{narrow.when, true}, {wide.when, false}}) && search_.complete();
  }

  FactSearch& search_;
  const Rule& one_;
  const Rule& other_;
};

bool Differ(const Rule& one, const Rule& other) {
  return Demands(one) != Demands(other) || BasisOf(one) != BasisOf(other) ||
         one.obligations != other.obligations;
}

// Whether a rule asks for a stronger statement or a better known place than another.
bool AsksMore(const Rule& one, const Rule& other) {
  return Demands(one) > Demands(other) || BasisOf(one) > BasisOf(other);
}

std::optional<LintFinding> Compare(FactSearch& search, const Rule& one, const Rule& other) {
  if (!Differ(one, other)) return std::nullopt;
  ExceptionPair pair(search, one, other);
  if (!pair.HoldAtOnce()) return std::nullopt;
  const bool narrow = pair.OneImpliesOther();
  const bool wide = pair.OtherImpliesOne();
  if (narrow && AsksMore(one, other))
    return AboutRule(one, "exceptions",
                     "wherever it holds " + other.id +
                         " permits too and asks for less, so that what it asks for "
                         "is never needed");
  if (wide && AsksMore(other, one))
    return AboutRule(other, "exceptions",
                     "wherever it holds " + one.id +
                         " permits too and asks for less, so that what it asks for "
                         "is never needed");
  if (narrow && wide)
    return AboutRule(one, "exceptions",
                     "it and " + other.id + " always hold together and bring different obligations");
  return std::nullopt;
}

}  // namespace

std::vector<LintFinding> LintReach(const Pack& pack, const std::set<std::string>& deciding,
                                   StepBudget& budget) {
  Reach reach(pack, budget);
  std::vector<LintFinding> findings;
  for (const Rule& rule : pack.rules) {
    if (deciding.contains(rule.id)) continue;
    if (auto finding = reach.About(rule)) findings.push_back(*std::move(finding));
  }
  return findings;
}

std::vector<LintFinding> LintGaps(const Pack& pack, StepBudget& budget) {
  if (pack.overlay) return {};  // what it does not answer it leaves to the pack under it
  std::set<std::vector<bool>> seen;
  for (const Timestamp at : Moments(pack)) {
    std::vector<bool> applying;
    for (const Rule& rule : pack.rules) applying.push_back(Applies(rule, at));
    if (!seen.insert(applying).second) continue;
    Goals goals;
    AddNoneOf(
        pack, at, [](const Rule&) { return true; }, goals);
    const auto found = FactSearch(pack, at, budget).Find(goals);
    if (!found || !OnlyTheDefaultAnswers(pack, Completed(pack, *found, at), at)) continue;
    return {{Severity::kError, "gap", "pack",
             "as of " + ToRfc3339(at) + " no rule answers where the facts are: " + Told(*found)}};
  }
  return {};
}

std::vector<LintFinding> LintExceptions(const Pack& pack, StepBudget& budget) {
  Searches searches(pack, budget);
  const std::vector<Timestamp> moments = Moments(pack);
  std::vector<LintFinding> findings;
  for (std::size_t i = 0; i < pack.rules.size(); ++i) {
    for (std::size_t j = i + 1; j < pack.rules.size(); ++j) {
      const Rule& one = pack.rules[i];
      const Rule& other = pack.rules[j];
      if (one.kind != RuleKind::kException || other.kind != RuleKind::kException) continue;
      const auto at = std::ranges::find_if(
          moments, [&](Timestamp moment) { return Applies(one, moment) && Applies(other, moment); });
      if (at == moments.end()) continue;
      if (auto finding = Compare(searches.At(*at), one, other)) findings.push_back(*std::move(finding));
    }
  }
  return findings;
}

}  // namespace strongroom::policy
