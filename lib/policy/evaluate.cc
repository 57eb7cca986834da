#include <algorithm>
#include <array>
#include <memory_resource>

#include "policy/reasoning.h"
#include "strongroom/policy/decision.h"

namespace strongroom::policy {
namespace {

std::size_t Index(FactId id) {
  return static_cast<std::size_t>(id);
}

std::optional<place::Basis> PlaceBasis(const Facts& facts) {
  const Fact* fact = facts.Find(FactId::kNodeBasis);
  if (fact == nullptr) return std::nullopt;
  const auto basis = place::ParseBasis(std::get<std::string>(fact->value));
  return basis ? std::optional(*basis) : std::nullopt;
}

bool Stands(RuleStatus status) {
  return status == RuleStatus::kInForce || status == RuleStatus::kNotEnforced;
}

// What a rule adds to the outcome; nothing if it does not hold.
std::optional<Outcome> Contribution(const Rule& rule, Truth truth) {
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

std::string NamesOf(const FactSet& set) {
  std::string names;
  for (const FactType& type : FactCatalogue()) {
    if (set.test(Index(type.id))) names += (names.empty() ? "" : ", ") + std::string(type.name);
  }
  return names;
}

// PackEvaluation asks one pack, adding what it finds to the decision.
class PackEvaluation {
 public:
  PackEvaluation(const Pack& pack, const Facts& facts, Timestamp at)
      : pack_(pack), facts_(facts), at_(at), reasoning_(pack, facts, at, &memory_) {}

  // The pack's outcome. Its deciding rules, grounds, flags and obligations go into `decision`, the facts into
  // `used` and `missing`.
  Outcome Run(Decision& decision, FactSet& used, FactSet& missing) {
    const Outcome outcome = Decide(decision, used, missing);
    for (const std::string& note : pack_.notes) decision.flags.push_back(pack_.id + ": " + note);
    return outcome;
  }

 private:
  Outcome Decide(Decision& decision, FactSet& used, FactSet& missing) {
    if (!pack_.valid.Contains(at_)) {
      AddStep(decision, kOutsideWindowRule, Outcome::kDeny, "the pack does not speak about this time");
      return Outcome::kDeny;
    }
    JudgeRules();
    const std::optional<Outcome> bars = Worst(RuleKind::kBar);
    const Outcome rest = WithoutBars();
    const Outcome outcome = bars ? std::max(*bars, rest) : rest;
    AddPath(decision, outcome, DecidingKind(outcome, bars));
    if (outcome == Outcome::kPermit) AddBarsPassed();
    if (outcome != Outcome::kPermit) AddWeakStatements(decision);
    AddDormantRules(decision);
    AddGrounds(decision);
    if (support_.replaced.any()) {
      decision.flags.push_back(pack_.id + ": nobody stated " + NamesOf(support_.replaced) +
                               ", so another fact was asked in its place");
    }
    used |= support_.used;
    if (outcome == Outcome::kUnknown) missing |= support_.missing;
    return outcome;
  }

  bool Applies(const Rule& rule) const {
    return Stands(rule.status) && rule.in_force.Contains(at_) && rule.compliance.Contains(at_);
  }

  // What became of a rule: whether its conditions hold, and whether it does, which asks for the basis of the
  // place and for the source of the facts too.
  struct Judged {
    Truth conditions = Truth::kFalse;
    Conclusion rule;
  };

  void JudgeRules() {
    judged_.reserve(pack_.rules.size());
    for (const Rule& rule : pack_.rules) {
      if (!Applies(rule)) {
        judged_.emplace_back();
        continue;
      }
      const Conclusion conditions = Conditions(rule);
      judged_.push_back({conditions.truth, Conclude(rule, conditions)});
    }
  }

  Conclusion Conditions(const Rule& rule) {
    if (rule.always) return {Truth::kTrue, {}};
    return reasoning_.Test(rule.when);
  }

  Conclusion Conclude(const Rule& rule, Conclusion conclusion) const {
    if (conclusion.truth == Truth::kFalse) return conclusion;
    FactSet weak = TooWeaklyStated(rule, conclusion.support);
    if (weak.any() && conclusion.truth == Truth::kTrue) {
      // Another of its alternatives may hold by what was stated strongly enough.
      const Facts strong = StatedAtLeast(*rule.weakest_source);
      Conclusion by_strong = Reasoning(pack_, strong, at_).Test(rule.when);
      if (by_strong.truth == Truth::kTrue) {
        conclusion = by_strong;
        weak.reset();
      }
    }
    const Truth basis = TestBasis(rule);
    if (basis == Truth::kUnknown) conclusion.support.missing.set(Index(FactId::kNodeBasis));
    conclusion.truth = std::min({conclusion.truth, basis, weak.any() ? Truth::kUnknown : Truth::kTrue});
    if (conclusion.truth == Truth::kUnknown) conclusion.support.missing |= weak;
    return conclusion;
  }

  Facts StatedAtLeast(Source weakest) const {
    Facts strong = facts_;
    strong.Erase([&](const Fact& fact) { return fact.source != Source::kQuestion && fact.source < weakest; });
    return strong;
  }

  Truth TestBasis(const Rule& rule) const {
    if (!rule.weakest_basis) return Truth::kTrue;
    const std::optional<place::Basis> basis = PlaceBasis(facts_);
    if (!basis) return Truth::kUnknown;
    return *basis >= *rule.weakest_basis ? Truth::kTrue : Truth::kFalse;
  }

  // The facts that an exception rests on and that nobody strong enough stated. What a question supposes is
  // taken as supposed.
  FactSet TooWeaklyStated(const Rule& rule, const Support& support) const {
    FactSet weak;
    if (!rule.weakest_source) return weak;
    for (std::size_t i = 0; i < kFactCount; ++i) {
      if (!support.used.test(i)) continue;
      const Source source = facts_.Find(static_cast<FactId>(i))->source;
      if (source != Source::kQuestion && source < *rule.weakest_source) weak.set(i);
    }
    return weak;
  }

  template <typename Visit>
  void ForEach(RuleKind kind, Visit visit) const {
    for (std::size_t i = 0; i < judged_.size(); ++i) {
      if (pack_.rules[i].kind != kind) continue;
      if (const auto outcome = Contribution(pack_.rules[i], judged_[i].rule.truth))
        visit(pack_.rules[i], judged_[i].rule, *outcome);
    }
  }

  std::optional<Outcome> Worst(RuleKind kind) const {
    std::optional<Outcome> worst;
    ForEach(kind, [&](const Rule&, const Conclusion&, Outcome outcome) {
      worst = worst ? std::max(*worst, outcome) : outcome;
    });
    return worst;
  }

  std::optional<Outcome> BestException() const {
    std::optional<Outcome> best;
    ForEach(RuleKind::kException, [&](const Rule&, const Conclusion&, Outcome outcome) {
      best = best ? std::min(*best, outcome) : outcome;
    });
    return best;
  }

  Outcome WithoutBars() const {
    if (const auto exception = BestException()) return *exception;
    const Outcome nothing = pack_.overlay ? Outcome::kPermit : Outcome::kDeny;
    return Worst(RuleKind::kRequirement).value_or(nothing);
  }

  RuleKind DecidingKind(Outcome outcome, std::optional<Outcome> bars) const {
    if (bars == outcome) return RuleKind::kBar;
    return BestException() == outcome ? RuleKind::kException : RuleKind::kRequirement;
  }

  void AddPath(Decision& decision, Outcome outcome, RuleKind deciding) {
    bool any = false;
    ForEach(deciding, [&](const Rule& rule, const Conclusion& conclusion, Outcome contribution) {
      if (contribution != outcome) return;
      any = true;
      decision.path.push_back({pack_.id, rule.id, contribution, rule.citations, rule.reason,
                               conclusion.truth == Truth::kUnknown});
      support_ |= conclusion.support;
      std::ranges::copy(rule.obligations, std::back_inserter(decision.obligations));
      AddFlags(rule, decision);
    });
    if (any) return;
    if (outcome == Outcome::kPermit) {
      AddStep(decision, kLeftToBaseRule, outcome, "the overlay adds nothing here: the pack under it decides");
    } else {
      AddStep(decision, kDefaultRule, outcome, "no rule of the pack permits it");
    }
  }

  void AddFlags(const Rule& rule, Decision& decision) const {
    const std::string name = pack_.id + "/" + rule.id + ": ";
    for (const std::string& flag : rule.flags) decision.flags.push_back(name + flag);
    if (rule.status == RuleStatus::kNotEnforced || !rule.enforcement.Contains(at_))
      decision.flags.push_back(name + "the text is codified but not enforced");
    AddReadings(name, rule.readings, decision);
  }

  static void AddReadings(const std::string& name, const std::vector<Reading>& readings, Decision& decision) {
    for (const Reading& reading : readings) {
      if (reading.controls)
        decision.flags.push_back(name + "the text is ambiguous; the reading that controls: " + reading.text);
    }
  }

  // A permit rests on every bar that did not hold.
  void AddBarsPassed() {
    for (std::size_t i = 0; i < judged_.size(); ++i) {
      if (pack_.rules[i].kind == RuleKind::kBar) support_.used |= judged_[i].rule.support.used;
    }
  }

  // Says which exceptions fail for nothing but a place or a fact that is known too weakly, and which licences
  // on file do not help.
  void AddWeakStatements(Decision& decision) const {
    for (std::size_t i = 0; i < judged_.size(); ++i) {
      const Rule& rule = pack_.rules[i];
      if (rule.kind != RuleKind::kException || !Applies(rule)) continue;
      if (!facts_.licences().empty()) AddWhyNotCovered(rule.when, decision);
      if (judged_[i].conditions != Truth::kTrue) continue;
      const std::string name = pack_.id + "/" + rule.id + ": ";
      if (TestBasis(rule) == Truth::kFalse) {
        decision.flags.push_back(name + "needs a place that is " +
                                 std::string(place::Name(*rule.weakest_basis)) + "; it is only " +
                                 std::string(place::Name(*PlaceBasis(facts_))));
      }
      const FactSet weak = TooWeaklyStated(rule, judged_[i].rule.support);
      if (weak.any()) {
        decision.flags.push_back(name + "needs more than a " + std::string(Name(WeakestOf(weak))) + " for " +
                                 NamesOf(weak));
      }
    }
  }

  void AddWhyNotCovered(const struct Conditions& when, Decision& decision) const {
    for (const auto* conditions : {&when.all, &when.any}) {
      for (const Condition& condition : *conditions) {
        const auto* from = std::get_if<LicenceFrom>(&condition.subject);
        if (from == nullptr) continue;
        for (std::string& sentence : reasoning_.WhyNotCovered(*from))
          decision.flags.push_back(pack_.id + ": " + std::move(sentence));
      }
    }
  }

  Source WeakestOf(const FactSet& facts) const {
    Source weakest = Source::kManifest;
    for (std::size_t i = 0; i < kFactCount; ++i) {
      if (facts.test(i)) weakest = std::min(weakest, facts_.Find(static_cast<FactId>(i))->source);
    }
    return weakest;
  }

  // A suspended rule decides nothing; the decision says what it would say if it came back.
  void AddDormantRules(Decision& decision) {
    for (const Rule& rule : pack_.rules) {
      const bool dormant = rule.status == RuleStatus::kSuspended && rule.kind != RuleKind::kException;
      if (!dormant || !rule.in_force.Contains(at_) || !rule.compliance.Contains(at_)) continue;
      if (Conditions(rule).truth != Truth::kTrue) continue;
      decision.flags.push_back(pack_.id + "/" + rule.id + ": suspended; it would say " +
                               std::string(Name(rule.outcome)) + " if it came back");
    }
  }

  void AddGrounds(Decision& decision) {
    decision.grounds.reserve(decision.grounds.size() + support_.findings.count());
    for (std::size_t i = 0; i < pack_.findings.size(); ++i) {
      if (!support_.findings.test(i)) continue;
      const Finding& finding = pack_.findings[i];
      const Truth truth = reasoning_.Conclude(FindingRef{i}).truth;
      if (truth == Truth::kUnknown) continue;
      decision.grounds.push_back(
          {pack_.id, finding.id, truth == Truth::kTrue, finding.title, finding.citations});
      AddReadings(pack_.id + "/" + finding.id + ": ", finding.readings, decision);
    }
    for (std::size_t i = 0; i < pack_.numbers.size(); ++i) {
      if (!support_.numbers.test(i)) continue;
      AddReadings(pack_.id + "/" + pack_.numbers[i].id + ": ", pack_.numbers[i].readings, decision);
    }
  }

  void AddStep(Decision& decision, std::string_view rule, Outcome outcome, std::string_view reason) const {
    decision.path.push_back({pack_.id, std::string(rule), outcome, {}, std::string(reason), false});
  }

  const Pack& pack_;
  const Facts& facts_;
  Timestamp at_;
  // What a decision works with is gone after it, and most packs need less than this.
  std::array<std::byte, 16 << 10> buffer_;
  std::pmr::monotonic_buffer_resource memory_{buffer_.data(), buffer_.size()};
  Reasoning reasoning_;
  std::pmr::vector<Judged> judged_{&memory_};  // each rule, in the order of the pack
  Support support_;                            // of the rules that decide
};

auto SortKey(const Pack* pack) {
  return std::tie(pack->authority, pack->id, pack->version, pack->digest);
}

// The facts that the decision rests on, and the flags about who stated them.
void AddFacts(Decision& decision, const Facts& facts, FactSet used, const FactSet& missing) {
  const bool uses_place =
      used.test(Index(FactId::kNodeCountry)) || used.test(Index(FactId::kNodeSubdivision));
  if (uses_place && facts.Find(FactId::kNodeBasis) != nullptr) used.set(Index(FactId::kNodeBasis));
  FactSet declared;
  decision.used.reserve(used.count());
  for (const FactType& type : FactCatalogue()) {
    if (missing.test(Index(type.id))) decision.missing.push_back(type.id);
    if (!used.test(Index(type.id))) continue;
    const Fact* fact = facts.Find(type.id);
    decision.used.push_back({type.id, ToText(fact->value), fact->source});
    if (fact->source == Source::kDeclaration) declared.set(Index(type.id));
    decision.weakest_source = std::min(decision.weakest_source.value_or(fact->source), fact->source);
  }
  if (uses_place) decision.place_basis = PlaceBasis(facts);
  if (decision.place_basis == place::Basis::kDeclared)
    decision.flags.emplace_back("the place is only declared");
  if (declared.any()) decision.flags.push_back("on the node's word alone: " + NamesOf(declared));
}

void KeepFirstOfEach(std::vector<std::string>& texts) {
  auto kept = texts.begin();
  for (auto text = texts.begin(); text != texts.end(); ++text) {
    if (std::find(texts.begin(), kept, *text) != kept) continue;
    if (kept != text) *kept = std::move(*text);
    ++kept;
  }
  texts.erase(kept, texts.end());
}

}  // namespace

Decision Evaluate(std::span<const Pack* const> packs, const Facts& facts, Timestamp at) {
  Decision decision;
  decision.as_of = at;
  if (packs.empty()) {
    decision.path.push_back(
        {"", std::string(kNoPackRule), Outcome::kDeny, {}, "no policy pack was asked", false});
    return decision;
  }
  std::vector<const Pack*> sorted(packs.begin(), packs.end());
  std::ranges::sort(sorted, {}, SortKey);
  decision.outcome = Outcome::kPermit;
  Outcome laxest = Outcome::kDeny;
  FactSet used;
  FactSet missing;
  for (const Pack* pack : sorted) {
    decision.packs.push_back({pack->authority, pack->id, pack->version, pack->digest});
    const Outcome outcome = PackEvaluation(*pack, facts, at).Run(decision, used, missing);
    decision.outcome = std::max(decision.outcome, outcome);
    if (!pack->overlay) laxest = std::min(laxest, outcome);
  }
  if (sorted.size() > 1 && laxest != decision.outcome)
    decision.flags.emplace_back("the packs disagree: the strictest answer decides");
  AddFacts(decision, facts, used, missing);
  if (decision.outcome != Outcome::kPermit) decision.obligations.clear();
  KeepFirstOfEach(decision.obligations);
  KeepFirstOfEach(decision.flags);
  return decision;
}

}  // namespace strongroom::policy
