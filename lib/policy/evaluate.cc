#include <algorithm>
#include <bitset>

#include "strongroom/policy/decision.h"

namespace strongroom::policy {
namespace {

// Three-valued logic (Kleene): a conjunction is as true as its least true part, a disjunction as its most
// true one.
enum class Truth { kFalse, kUnknown, kTrue };

using FactSet = std::bitset<kFactCount>;

std::size_t Index(FactId id) {
  return static_cast<std::size_t>(id);
}

// The fact, or the one that stands in for it.
const Fact* Lookup(const Facts& facts, FactId& id) {
  const Fact* fact = facts.Find(id);
  if (fact != nullptr || !Describe(id).stands_in) return fact;
  id = *Describe(id).stands_in;
  return facts.Find(id);
}

bool IsMember(const CountryList::Version& version, const Value& value) {
  return std::ranges::binary_search(version.countries, std::get<place::Country>(value));
}

bool IsOneOf(const std::vector<Value>& values, const Value& value) {
  return std::ranges::find(values, value) != values.end();
}

bool IsAtLeast(const Value& value, const Value& bound) {
  if (const auto* time = std::get_if<Timestamp>(&value)) return *time >= std::get<Timestamp>(bound);
  return std::get<Decimal>(value) >= std::get<Decimal>(bound);
}

bool Holds(const Condition& condition, const Value& value, const CountryList::Version* version) {
  switch (condition.op) {
    case Operator::kIs:
    case Operator::kIn:
      return IsOneOf(condition.values, value);
    case Operator::kIsNot:
    case Operator::kNotIn:
      return !IsOneOf(condition.values, value);
    case Operator::kInList:
      return IsMember(*version, value);
    case Operator::kNotInList:
      return !IsMember(*version, value);
    case Operator::kAtLeast:
      return IsAtLeast(value, condition.values[0]);
    case Operator::kBelow:
      return !IsAtLeast(value, condition.values[0]);
    case Operator::kContains: {
      const auto& texts = std::get<std::vector<std::string>>(value);
      return std::ranges::find(texts, std::get<std::string>(condition.values[0])) != texts.end();
    }
  }
  return false;
}

bool UsesList(const Condition& condition) {
  return condition.op == Operator::kInList || condition.op == Operator::kNotInList;
}

// PackEvaluation asks one pack, adding what it finds to the decision.
class PackEvaluation {
 public:
  PackEvaluation(const Pack& pack, const Facts& facts, Timestamp at) : pack_(pack), facts_(facts), at_(at) {}

  // The pack's outcome. Its deciding rules, flags and obligations go into `decision`, the facts into `used`
  // and `missing`.
  Outcome Run(Decision& decision, FactSet& used, FactSet& missing) const {
    if (!pack_.valid.Contains(at_)) {
      AddStep(decision, kOutsideWindowRule, Outcome::kDeny, "the pack does not speak about this time");
      return Outcome::kDeny;
    }
    std::vector<Truth> truths;
    FactSet open;
    for (const Rule& rule : pack_.rules) {
      truths.push_back(Applies(rule) ? Decide(rule, open) : Truth::kFalse);
    }
    const std::optional<Outcome> bars = Worst(RuleKind::kBar, truths);
    const Outcome rest = WithoutBars(truths);
    const Outcome outcome = bars ? std::max(*bars, rest) : rest;
    const RuleKind deciding = DecidingKind(outcome, bars, truths);
    AddPath(decision, outcome, deciding, truths, used);
    if (outcome == Outcome::kUnknown) missing |= open;
    return outcome;
  }

 private:
  bool Applies(const Rule& rule) const {
    const bool stands = rule.status == RuleStatus::kInForce || rule.status == RuleStatus::kNotEnforced;
    return stands && rule.in_force.Contains(at_) && rule.compliance.Contains(at_);
  }

  Truth Test(const Condition& condition, FactSet& missing) const {
    FactId id = condition.fact;
    const Fact* fact = Lookup(facts_, id);
    if (fact == nullptr) {
      missing.set(Index(id));
      return Truth::kUnknown;
    }
    const CountryList::Version* version = UsesList(condition) ? pack_.lists[condition.list].At(at_) : nullptr;
    if (UsesList(condition) && version == nullptr) return Truth::kUnknown;
    return Holds(condition, fact->value, version) ? Truth::kTrue : Truth::kFalse;
  }

  Truth TestBasis(const Rule& rule, FactSet& missing) const {
    if (!rule.weakest_basis) return Truth::kTrue;
    const std::optional<place::Basis> basis = PlaceBasis();
    if (!basis) {
      missing.set(Index(FactId::kNodeBasis));
      return Truth::kUnknown;
    }
    return *basis >= *rule.weakest_basis ? Truth::kTrue : Truth::kFalse;
  }

  Truth TestConditions(const Rule& rule, FactSet& missing) const {
    Truth truth = Truth::kTrue;
    for (const Condition& condition : rule.all) truth = std::min(truth, Test(condition, missing));
    if (rule.any.empty()) return truth;
    Truth any = Truth::kFalse;
    for (const Condition& condition : rule.any) any = std::max(any, Test(condition, missing));
    return std::min(truth, any);
  }

  // Facts that are missing count only where they leave the rule open.
  Truth Decide(const Rule& rule, FactSet& missing) const {
    FactSet absent;
    const Truth truth = std::min(TestBasis(rule, absent), TestConditions(rule, absent));
    if (truth == Truth::kUnknown) missing |= absent;
    return truth;
  }

  // What a rule adds to the outcome; nothing if it does not hold.
  static std::optional<Outcome> Contribution(const Rule& rule, Truth truth) {
    switch (truth) {
      case Truth::kFalse:
        return std::nullopt;
      case Truth::kUnknown:
        return Outcome::kUnknown;
      case Truth::kTrue:
        return rule.outcome;
    }
    return std::nullopt;
  }

  template <typename Visit>
  void ForEach(RuleKind kind, const std::vector<Truth>& truths, Visit visit) const {
    for (std::size_t i = 0; i < truths.size(); ++i) {
      if (pack_.rules[i].kind != kind) continue;
      if (const auto contribution = Contribution(pack_.rules[i], truths[i]))
        visit(pack_.rules[i], *contribution);
    }
  }

  std::optional<Outcome> Worst(RuleKind kind, const std::vector<Truth>& truths) const {
    std::optional<Outcome> worst;
    ForEach(kind, truths,
            [&](const Rule&, Outcome outcome) { worst = worst ? std::max(*worst, outcome) : outcome; });
    return worst;
  }

  std::optional<Outcome> BestException(const std::vector<Truth>& truths) const {
    std::optional<Outcome> best;
    ForEach(RuleKind::kException, truths,
            [&](const Rule&, Outcome outcome) { best = best ? std::min(*best, outcome) : outcome; });
    return best;
  }

  Outcome WithoutBars(const std::vector<Truth>& truths) const {
    if (const auto exception = BestException(truths)) return *exception;
    return Worst(RuleKind::kRequirement, truths).value_or(Outcome::kDeny);
  }

  RuleKind DecidingKind(Outcome outcome, std::optional<Outcome> bars,
                        const std::vector<Truth>& truths) const {
    if (bars == outcome) return RuleKind::kBar;
    return BestException(truths) == outcome ? RuleKind::kException : RuleKind::kRequirement;
  }

  void AddPath(Decision& decision, Outcome outcome, RuleKind deciding, const std::vector<Truth>& truths,
               FactSet& used) const {
    bool any = false;
    ForEach(deciding, truths, [&](const Rule& rule, Outcome contribution) {
      if (contribution != outcome) return;
      any = true;
      decision.path.push_back({pack_.id, rule.id, contribution, rule.citations, rule.reason});
      for (const Condition& condition : rule.all) AddUsed(condition, used);
      for (const Condition& condition : rule.any) AddUsed(condition, used);
      if (contribution == Outcome::kPermit)
        std::ranges::copy(rule.obligations, std::back_inserter(decision.obligations));
      if (rule.status == RuleStatus::kNotEnforced || !rule.enforcement.Contains(at_)) {
        decision.flags.push_back(pack_.id + "/" + rule.id + ": the text is codified but not enforced");
      }
    });
    if (!any) AddStep(decision, kDefaultRule, Outcome::kDeny, "no rule of the pack permits it");
    if (outcome != Outcome::kPermit) AddWeakPlaces(decision);
  }

  void AddUsed(const Condition& condition, FactSet& used) const {
    FactId id = condition.fact;
    if (Lookup(facts_, id) == nullptr) return;
    used.set(Index(id));
    if (id == FactId::kNodeCountry && facts_.Find(FactId::kNodeBasis) != nullptr)
      used.set(Index(FactId::kNodeBasis));
  }

  // Says which exceptions fail for nothing but a place that is known too weakly.
  void AddWeakPlaces(Decision& decision) const {
    for (const Rule& rule : pack_.rules) {
      FactSet ignored;
      const bool too_weak = Applies(rule) && TestBasis(rule, ignored) == Truth::kFalse &&
                            TestConditions(rule, ignored) == Truth::kTrue;
      if (!too_weak) continue;
      decision.flags.push_back(pack_.id + "/" + rule.id + ": needs a place that is " +
                               std::string(place::Name(*rule.weakest_basis)) + "; it is only " +
                               std::string(place::Name(*PlaceBasis())));
    }
  }

  std::optional<place::Basis> PlaceBasis() const {
    const Fact* fact = facts_.Find(FactId::kNodeBasis);
    if (fact == nullptr) return std::nullopt;
    const auto basis = place::ParseBasis(std::get<std::string>(fact->value));
    return basis ? std::optional(*basis) : std::nullopt;
  }

  void AddStep(Decision& decision, std::string_view rule, Outcome outcome, std::string_view reason) const {
    decision.path.push_back({pack_.id, std::string(rule), outcome, {}, std::string(reason)});
  }

  const Pack& pack_;
  const Facts& facts_;
  Timestamp at_;
};

auto SortKey(const Pack* pack) {
  return std::tie(pack->authority, pack->id, pack->version, pack->digest);
}

void AddFacts(Decision& decision, const Facts& facts, const FactSet& used, const FactSet& missing) {
  for (const FactType& type : FactCatalogue()) {
    if (missing.test(Index(type.id))) decision.missing.push_back(type.id);
    if (!used.test(Index(type.id))) continue;
    const Fact* fact = facts.Find(type.id);
    decision.used.push_back({type.id, ToText(fact->value), fact->source});
    if (type.id != FactId::kNodeBasis) continue;
    const auto basis = place::ParseBasis(ToText(fact->value));
    if (!basis) continue;
    decision.place_basis = *basis;
    if (*basis == place::Basis::kDeclared) decision.flags.emplace_back("the place is only declared");
  }
}

}  // namespace

Decision Evaluate(std::span<const Pack* const> packs, const Facts& facts, Timestamp at) {
  Decision decision;
  decision.as_of = at;
  if (packs.empty()) {
    decision.path.push_back({"", std::string(kNoPackRule), Outcome::kDeny, {}, "no policy pack was asked"});
    return decision;
  }
  std::vector<const Pack*> sorted(packs.begin(), packs.end());
  std::ranges::sort(sorted, {}, SortKey);
  decision.outcome = Outcome::kPermit;
  FactSet used;
  FactSet missing;
  for (const Pack* pack : sorted) {
    decision.packs.push_back({pack->authority, pack->id, pack->version, pack->digest});
    decision.outcome =
        std::max(decision.outcome, PackEvaluation(*pack, facts, at).Run(decision, used, missing));
  }
  AddFacts(decision, facts, used, missing);
  if (decision.outcome != Outcome::kPermit) decision.obligations.clear();
  return decision;
}

}  // namespace strongroom::policy
