#include "strongroom/policy/what_would_change.h"

#include <algorithm>
#include <map>
#include <set>

#include "policy/supposition.h"
#include "policy/turning_points.h"
#include "policy/unmet_condition.h"

namespace strongroom::policy {
namespace {

constexpr std::size_t kMostArranged = 6;  // things at once

// The times that a pack wants to be recent, as the date of a screening.
std::set<FactId> RecentTimes(std::span<const Pack* const> packs) {
  std::set<FactId> recent;
  for (const Pack* pack : packs) {
    for (const Condition* condition : AllConditions(*pack)) {
      const auto* fact = std::get_if<FactId>(&condition->subject);
      if (fact != nullptr && condition->op == Operator::kWithinDays) recent.insert(*fact);
    }
  }
  return recent;
}

// The moments at which the answer to one question can change: those of the packs, and those of the facts.
std::set<Timestamp> MomentsOf(std::span<const Pack* const> packs, const Facts& facts) {
  std::set<Timestamp> moments = TurningPoints(packs);
  for (const Licence& licence : facts.licences()) moments.insert({licence.valid_from, licence.valid_until});
  for (const FactType& type : FactCatalogue()) {
    const Fact* fact = facts.Find(type.id);
    const auto* time = fact == nullptr ? nullptr : std::get_if<Timestamp>(&fact->value);
    if (time != nullptr) moments.insert(*time);
  }
  return moments;
}

// The first moment at which a time that must be recent no longer is; nothing if none will be.
std::optional<Timestamp> Staleness(std::span<const Pack* const> packs, const Facts& facts, Timestamp at) {
  std::optional<Timestamp> first;
  for (const Pack* pack : packs) {
    for (const Condition* condition : AllConditions(*pack)) {
      const auto* id = std::get_if<FactId>(&condition->subject);
      const Fact* fact = id == nullptr ? nullptr : facts.Find(*id);
      if (fact == nullptr || condition->op != Operator::kWithinDays) continue;
      const Timestamp stale = {std::get<Timestamp>(fact->value).seconds + condition->seconds + 1};
      if (stale > at) first = std::min(first.value_or(stale), stale);
    }
  }
  return first;
}

class Search {
 public:
  Search(std::span<const Pack* const> packs, const Facts& facts, Timestamp at)
      : packs_(packs),
        facts_(facts),
        at_(at),
        recent_(RecentTimes(packs)),
        alternatives_(AllAlternatives(packs, facts, at)) {}

  Changes Run() {
    const std::optional<Decision> now = Ask(facts_, at_);
    now_ = now->outcome;
    for (std::size_t i = 0; i < alternatives_.size(); ++i) TrySingly(i);
    const bool permits =
        now_ == Outcome::kPermit || std::ranges::any_of(found_.changes, [](const Change& one) {
          return one.outcome == Outcome::kPermit;
        });
    TryMoments();
    if (now_ != Outcome::kPermit) TryExceptions();
    if (!permits) TryPairs();
    return std::move(found_);
  }

 private:
  std::optional<Decision> Ask(const Facts& facts, Timestamp at) {
    if (found_.questions == kMostQuestions) {
      found_.complete = false;
      return std::nullopt;
    }
    ++found_.questions;
    return Evaluate(packs_, facts, at);
  }

  Facts Supposing(const Supposition& supposition, Facts facts) const {
    Suppose(supposition, at_, facts);
    return facts;
  }

  // The alternatives about one thing by the answer that each would give.
  std::map<Outcome, std::vector<std::size_t>> ByOutcome(const Alternatives& alternatives,
                                                        const Facts& facts) {
    std::map<Outcome, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < alternatives.size(); ++i) {
      if (const auto decision = Ask(Supposing(alternatives[i], facts), at_))
        groups[decision->outcome].push_back(i);
    }
    return groups;
  }

  void TrySingly(std::size_t subject) {
    const Alternatives& alternatives = alternatives_[subject];
    for (const auto& [outcome, chosen] : ByOutcome(alternatives, facts_)) {
      if (outcome == now_ || outcome == Outcome::kUnknown) continue;
      Add({Phrase(alternatives, chosen, packs_, facts_, at_)}, DecisionOfAll(alternatives, chosen));
    }
  }

  // The decision on the first of some alternatives of one outcome; its path has the steps of the others too,
  // for another clause may bring the same answer.
  std::optional<Decision> DecisionOfAll(const Alternatives& alternatives,
                                        const std::vector<std::size_t>& chosen) {
    std::optional<Decision> first;
    for (const std::size_t i : chosen) {
      auto one = Ask(Supposing(alternatives[i], facts_), at_);
      if (!one) return first;
      if (!first) {
        first = std::move(one);
        continue;
      }
      for (Step& step : one->path) {
        if (std::ranges::find(first->path, step) == first->path.end()) first->path.push_back(std::move(step));
      }
    }
    return first;
  }

  void Add(std::vector<std::string> suppose, const std::optional<Decision>& then) {
    if (!then) return;
    // One thing may be brought about in several ways that read alike.
    Change change{std::move(suppose), then->outcome, {}};
    for (const Step& step : then->path) {
      if (step.outcome == then->outcome) change.rules.push_back(step.pack + "/" + step.rule);
    }
    std::vector<Change>& changes = found_.changes;
    if (std::ranges::find(changes, change) != changes.end()) return;
    const auto after = std::ranges::upper_bound(changes, change.outcome, {}, &Change::outcome);
    changes.insert(after, std::move(change));
  }

  void TryMoments() {
    const std::set<Timestamp> moments = MomentsOf(packs_, facts_);
    if (const auto stale = Staleness(packs_, facts_, at_))
      AddMoment("from " + PhraseOfMoment(*stale) + " on, without a newer screening", facts_, *stale);
    for (auto moment = moments.upper_bound(at_); moment != moments.end(); ++moment) {
      if (AddMoment("from " + PhraseOfMoment(*moment) + " on", AsRecentAt(*moment), *moment)) break;
    }
    for (auto moment = moments.upper_bound(at_); moment != moments.begin();) {
      const Timestamp before = {(--moment)->seconds - 1};
      if (AddMoment("before " + PhraseOfMoment(*moment), AsRecentAt(before), before)) break;
    }
  }

  // The facts with what must be recent as recent as it is now: a screening is repeated as time goes by.
  Facts AsRecentAt(Timestamp moment) const {
    Facts facts = facts_;
    for (const FactId id : recent_) {
      const Fact* fact = facts_.Find(id);
      if (fact == nullptr) continue;
      const std::int64_t age = at_.seconds - std::get<Timestamp>(fact->value).seconds;
      (void)facts.Set(id, Timestamp{moment.seconds - age}, fact->source);
    }
    return facts;
  }

  bool AddMoment(std::string phrase, const Facts& facts, Timestamp moment) {
    const auto then = Ask(facts, moment);
    if (!then || then->outcome == now_) return false;
    Add({std::move(phrase)}, then);
    return true;
  }

  // What an exception lacks, where all of it can be arranged: claims, the facility, the act.
  void TryExceptions() {
    for (const Pack* pack : packs_) {
      for (const Rule& rule : pack->rules) {
        const bool stands = rule.status == RuleStatus::kInForce || rule.status == RuleStatus::kNotEnforced;
        if (rule.kind == RuleKind::kException && stands && rule.in_force.Contains(at_) &&
            rule.compliance.Contains(at_))
          TryException(*pack, rule);
      }
    }
  }

  void TryException(const Pack& pack, const Rule& rule) {
    Facts facts = facts_;
    std::vector<std::string> suppose;
    for (;;) {
      const auto unmet = FirstUnmet(pack, rule.when, true, facts, at_);
      if (!unmet) break;
      const std::size_t lacking = suppose.size();
      if (lacking < kMostArranged) Arrange(pack, *unmet, facts, suppose);
      if (suppose.size() == lacking) return;
    }
    if (suppose.size() < 2) return;
    const auto then = Ask(facts, at_);
    if (then && then->outcome == Outcome::kPermit) Add(std::move(suppose), then);
  }

  // Supposes the first thing that meets a condition, and says so.
  void Arrange(const Pack& pack, const Unmet& unmet, Facts& facts, std::vector<std::string>& suppose) const {
    const auto* fact = std::get_if<FactId>(&unmet.condition->subject);
    if (fact == nullptr || !IsArrangeable(*fact)) return;
    const Conditions alone{.all = {*unmet.condition}, .any = {}};
    const Alternatives alternatives = AlternativesOf(packs_, facts, *fact, at_);
    for (std::size_t i = 0; i < alternatives.size(); ++i) {
      Facts supposed = Supposing(alternatives[i], facts);
      if (FirstUnmet(pack, alone, unmet.wanted, supposed, at_)) continue;
      suppose.push_back(Phrase(alternatives, {i}, packs_, facts, at_));
      facts = std::move(supposed);
      return;
    }
  }

  void TryPairs() {
    for (std::size_t second = 1; second < alternatives_.size(); ++second) {
      for (std::size_t first = 0; first < second && found_.complete; ++first) TryPair(first, second);
    }
  }

  // Two things at once, as broadly as both can be put: any of the one with any of the other.
  void TryPair(std::size_t first, std::size_t second) {
    for (const Supposition& one : alternatives_[first]) {
      const Facts supposed = Supposing(one, facts_);
      const auto groups = ByOutcome(alternatives_[second], supposed);
      const auto permits = groups.find(Outcome::kPermit);
      if (permits == groups.end()) continue;
      const Facts other = Supposing(alternatives_[second][permits->second.front()], facts_);
      const auto firsts = ByOutcome(alternatives_[first], other);
      const auto also = firsts.find(Outcome::kPermit);
      if (also == firsts.end()) continue;
      AddPair(first, also->second, second, permits->second);
      return;
    }
  }

  void AddPair(std::size_t first, std::vector<std::size_t> firsts, std::size_t second,
               const std::vector<std::size_t>& seconds) {
    // Where not every one of the first goes with every one of the second, only those are named that do.
    std::erase_if(firsts, [&](std::size_t i) {
      return !std::ranges::all_of(seconds, [&](std::size_t j) { return Permits(first, i, second, j); });
    });
    if (firsts.empty()) return;
    const Alternatives& one = alternatives_[first];
    const Alternatives& other = alternatives_[second];
    Add({Phrase(one, firsts, packs_, facts_, at_), Phrase(other, seconds, packs_, facts_, at_)},
        Ask(Supposing(other[seconds.front()], Supposing(one[firsts.front()], facts_)), at_));
  }

  bool Permits(std::size_t first, std::size_t i, std::size_t second, std::size_t j) {
    const auto decision =
        Ask(Supposing(alternatives_[second][j], Supposing(alternatives_[first][i], facts_)), at_);
    return decision && decision->outcome == Outcome::kPermit;
  }

  std::span<const Pack* const> packs_;
  const Facts& facts_;
  Timestamp at_;
  std::set<FactId> recent_;
  std::vector<Alternatives> alternatives_;
  Outcome now_ = Outcome::kDeny;
  Changes found_;
};

}  // namespace

Changes WhatWouldChange(std::span<const Pack* const> packs, const Facts& facts, Timestamp at) {
  return Search(packs, facts, at).Run();
}

}  // namespace strongroom::policy
