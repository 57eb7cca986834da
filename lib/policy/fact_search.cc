#include "policy/fact_search.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "policy/harmless_facts.h"
#include "policy/values_apart.h"

namespace strongroom::policy {
namespace {

constexpr std::size_t kMostSteps = 3000;  // of one search
constexpr std::size_t kFewTexts = 5;
constexpr std::size_t kMostTexts = 12;  // of which two are tried together
constexpr std::int64_t kDay = 86400;
constexpr std::string_view kOperator = "the operator";
constexpr std::string_view kLabel = "the model";

// The sets of several texts, beside none and each alone: all there are of a few texts, of more any two, and
// all together.
void AddCombinations(const std::vector<ValueApart>& apart, std::vector<Value>& values) {
  std::vector<std::string> all;
  for (std::size_t i = 1; i < apart.size(); ++i)
    all.push_back(std::get<std::vector<std::string>>(apart[i].value).front());
  const bool few = all.size() <= kFewTexts;
  for (std::size_t mask = 1; mask < (std::size_t{1} << std::min(all.size(), kMostTexts)); ++mask) {
    const int size = std::popcount(mask);
    if (size < 2 || (!few && size > 2)) continue;
    std::vector<std::string> set;
    for (std::size_t i = 0; i < std::min(all.size(), kMostTexts); ++i) {
      if ((mask >> i & 1U) != 0) set.push_back(all[i]);
    }
    values.emplace_back(std::move(set));
  }
  if (!few) values.emplace_back(all);
}

// Whether a comparison depends on more than one figure of the facts, so that trying the bounds of each does
// not try all.
bool IsAboutSeveralQuantities(const Condition& condition) {
  const auto is_literal = [](const Operand& operand) { return std::holds_alternative<Value>(operand); };
  return std::holds_alternative<NumberRef>(condition.subject) ||
         !std::ranges::all_of(condition.operands, is_literal);
}

// Facts with a licence of each issuer that covers the act in one country.
Facts WithLicences(const std::vector<std::string>& issuers, const Value& country, Timestamp at) {
  Facts facts;
  (void)facts.Set(FactId::kNodeCountry, country, Source::kQuestion);
  (void)facts.Set(FactId::kNodeOperator, std::string(kOperator), Source::kQuestion);
  (void)facts.Set(FactId::kModelLabel, std::string(kLabel), Source::kQuestion);
  for (const std::string& issuer : issuers) {
    (void)facts.AddLicence({.id = "supposed",
                            .issuer = issuer,
                            .parties = {std::string(kOperator)},
                            .items = {std::string(kLabel)},
                            .countries = {std::get<place::Country>(country)},
                            .copies = std::nullopt,
                            .valid_from = {at.seconds - kDay},
                            .valid_until = {at.seconds + kDay},
                            .source = Source::kQuestion});
  }
  return facts;
}

}  // namespace

FactSearch::FactSearch(const Pack& pack, Timestamp at, StepBudget& budget)
    : pack_(pack), at_(at), budget_(budget), harmless_(HarmlessFacts(at)) {}

std::optional<Facts> FactSearch::Find(const std::vector<Goal>& goals) {
  steps_ = 0;
  complete_ = true;
  facts_ = Facts();
  if (auto found = FindFrom(goals)) return found;
  // A licence is on file or not from the start: what it covers depends on the country.
  const Pack* packs[] = {&pack_};
  const std::vector<std::string> issuers = IssuersAsked(packs);
  if (issuers.empty()) return std::nullopt;
  std::vector<Value> countries = ValuesOf(FactId::kNodeCountry);
  if (countries.empty()) countries.emplace_back(place::AllCountries().front());
  for (const Value& country : countries) {
    facts_ = WithLicences(issuers, country, at_);
    if (auto found = FindFrom(goals)) return found;
  }
  return std::nullopt;
}

std::optional<Facts> FactSearch::FindFrom(const std::vector<Goal>& goals) {
  Parts parts;
  for (const Goal& goal : goals) parts.push_back(Whole(goal.conditions, goal.wanted));
  if (!Solve(std::move(parts))) return std::nullopt;
  return facts_;
}

FactSearch::Part FactSearch::Whole(const Conditions& conditions, bool wanted) {
  return {Part::What::kConditions, &conditions, nullptr, wanted};
}

FactSearch::Part FactSearch::Single(const Condition& condition, bool wanted) {
  return {Part::What::kCondition, nullptr, &condition, wanted};
}

// Whether one of several ways must be chosen to bring it about.
bool FactSearch::IsBranch(const Part& part) {
  return part.what == (part.wanted ? Part::What::kOneOf : Part::What::kConditions);
}

// What must be so together for a part that is no branch, or each of the ways for one that is.
FactSearch::Parts FactSearch::Split(const Part& part) {
  Parts parts;
  const bool any_alone = part.what == Part::What::kOneOf;
  if (!any_alone) {
    for (const Condition& condition : part.conditions->all) parts.push_back(Single(condition, part.wanted));
  }
  if (!any_alone && !part.conditions->any.empty())
    parts.push_back({Part::What::kOneOf, part.conditions, nullptr, part.wanted});
  if (any_alone) {
    for (const Condition& condition : part.conditions->any) parts.push_back(Single(condition, part.wanted));
  }
  return parts;
}

Conclusion FactSearch::Test(const Part& part) const {
  Reasoning reasoning(pack_, facts_, at_);
  switch (part.what) {
    case Part::What::kConditions:
      return reasoning.Test(*part.conditions);
    case Part::What::kOneOf:
      return reasoning.Test(Conditions{.all = {}, .any = part.conditions->any});
    case Part::What::kCondition:
      break;
  }
  return reasoning.Test(Conditions{.all = {*part.condition}, .any = {}});
}

// The conditions of the finding that a condition is about; `wanted` becomes what they are to come to.
const Conditions& FactSearch::Meaning(const Condition& condition, bool& wanted) const {
  wanted = wanted == std::get<bool>(std::get<Value>(condition.operands[0]));
  return pack_.findings[std::get<FindingRef>(condition.subject).index].when;
}

// Drops what is so already, and takes apart what is no branch, down to facts. False if something cannot
// become so any more.
bool FactSearch::Simplify(Parts& parts) {
  Parts open;
  while (!parts.empty()) {
    Part part = parts.back();
    parts.pop_back();
    const Truth truth = Test(part).truth;
    if (truth == (part.wanted ? Truth::kTrue : Truth::kFalse)) continue;
    if (truth != Truth::kUnknown) return false;
    if (part.what == Part::What::kCondition && std::holds_alternative<FindingRef>(part.condition->subject)) {
      const Conditions& meaning = Meaning(*part.condition, part.wanted);
      parts.push_back(Whole(meaning, part.wanted));
    } else if (part.what != Part::What::kCondition && !IsBranch(part)) {
      std::ranges::move(Split(part), std::back_inserter(parts));
    } else {
      open.push_back(part);
    }
  }
  parts.assign(open.rbegin(), open.rend());
  return true;
}

bool FactSearch::Solve(Parts parts) {
  if (steps_ == kMostSteps || budget_.left == 0) {
    complete_ = false;
    return false;
  }
  ++steps_;
  --budget_.left;
  if (!Simplify(parts)) return false;
  if (parts.empty()) return true;
  // Facts first: a value decides several parts at once.
  const auto single = std::ranges::find(parts, Part::What::kCondition, &Part::what);
  if (single != parts.end()) {
    if (IsAboutSeveralQuantities(*single->condition)) complete_ = false;
    const FactSet missing = Test(*single).support.missing;
    for (std::size_t i = 0; i < kFactCount; ++i) {
      if (missing.test(i)) return TryValues(static_cast<FactId>(i), parts);
    }
    return false;
  }
  const Part branch = parts.front();
  parts.erase(parts.begin());
  return TryEach(branch, parts);
}

bool FactSearch::TryEach(const Part& part, const Parts& rest) {
  for (const Part& way : Split(part)) {
    Parts parts = rest;
    parts.push_back(way);
    if (Solve(std::move(parts))) return true;
  }
  return false;
}

bool FactSearch::TryValues(FactId fact, const Parts& parts) {
  const Facts before = facts_;
  const std::vector<Value>& values = ValuesOf(fact);
  if (sampled_.contains(fact)) complete_ = false;
  for (const Value& value : values) {
    (void)facts_.Set(fact, value, Source::kQuestion);
    if (Solve(parts)) return true;
    facts_ = before;
  }
  return false;
}

const std::vector<Value>& FactSearch::ValuesOf(FactId fact) {
  const auto known = values_.find(fact);
  if (known != values_.end()) return known->second;
  const Pack* packs[] = {&pack_};
  const std::vector<ValueApart> apart = ValuesApart(packs, fact, at_);
  std::vector<Value> values;
  for (const ValueApart& one : apart) values.push_back(one.value);
  if (Describe(fact).type == ValueType::kTexts) AddCombinations(apart, values);
  // The first set is the empty one.
  if (Describe(fact).type == ValueType::kTexts && apart.size() > kFewTexts + 1) sampled_.insert(fact);
  // What means no harm comes first: it keeps the bars away.
  if (const Fact* harmless = harmless_.Find(fact)) {
    const auto found = std::ranges::find(values, harmless->value);
    if (found != values.end()) std::rotate(values.begin(), found, found + 1);
  }
  return values_[fact] = std::move(values);
}

}  // namespace strongroom::policy
