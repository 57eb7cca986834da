#include "policy/values_apart.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string_view>

#include "policy/reasoning.h"

namespace strongroom::policy {
namespace {

constexpr std::int64_t kDay = 86400;
constexpr std::string_view kAnotherText = "another";

void Add(const Conditions& conditions, std::vector<const Condition*>& all) {
  for (const Condition& condition : conditions.all) all.push_back(&condition);
  for (const Condition& condition : conditions.any) all.push_back(&condition);
}

// The facts of which a quantity is made, and the figures beside them. What only says whether a term counts is
// not among them.
struct Ingredients {
  FactSet facts;
  std::vector<Decimal> figures;
  std::set<std::size_t> numbers;  // collected already
};

void Collect(const Pack& pack, const Operand& operand, Ingredients& into) {
  if (const auto* fact = std::get_if<FactId>(&operand)) into.facts.set(static_cast<std::size_t>(*fact));
  const auto* number = std::get_if<NumberRef>(&operand);
  if (number != nullptr && into.numbers.insert(number->index).second) {
    for (const Number::Term& term : pack.numbers[number->index].terms) Collect(pack, term.value, into);
  }
  const auto* value = std::get_if<Value>(&operand);
  if (value == nullptr) return;
  if (const auto* figure = std::get_if<Decimal>(value)) into.figures.push_back(*figure);
}

bool Reads(const Condition& condition, FactId fact) {
  const auto* subject = std::get_if<FactId>(&condition.subject);
  return (subject != nullptr && *subject == fact) || condition.otherwise == fact;
}

// The conditions that read one fact directly, each with its pack.
struct Reader {
  const Pack* pack;
  const Condition* condition;
};

std::vector<Reader> ReadersOf(std::span<const Pack* const> packs, FactId fact) {
  std::vector<Reader> readers;
  for (const Pack* pack : packs) {
    for (const Condition* condition : AllConditions(*pack)) {
      if (Reads(*condition, fact)) readers.push_back({pack, condition});
    }
  }
  return readers;
}

std::vector<ValueApart> Plain(std::vector<Value> values) {
  std::vector<ValueApart> apart;
  for (Value& value : values) apart.push_back({std::move(value), {}, {}, 0});
  return apart;
}

// What each condition says where nothing but the fact is stated, so.
std::vector<Truth> AnswersTo(const std::vector<Reader>& readers, FactId fact, const Value& value,
                             Timestamp at) {
  Facts facts;
  (void)facts.Set(fact, value, Source::kQuestion);
  std::vector<Truth> answers;
  for (const Reader& reader : readers) {
    Condition alone = *reader.condition;
    alone.subject = fact;
    alone.otherwise.reset();
    answers.push_back(
        Reasoning(*reader.pack, facts, at).Test(Conditions{.all = {std::move(alone)}, .any = {}}).truth);
  }
  return answers;
}

std::vector<ValueApart> Countries(std::span<const Pack* const> packs, FactId fact, Timestamp at) {
  const std::vector<Reader> readers = ReadersOf(packs, fact);
  if (readers.empty()) return {};
  std::map<std::vector<Truth>, std::size_t> classes;
  std::vector<ValueApart> apart;
  for (const place::Country country : place::AllCountries()) {
    const auto [entry, first] = classes.try_emplace(AnswersTo(readers, fact, country, at), apart.size());
    if (first) apart.push_back({country, {}, {}, 0});
    apart[entry->second].countries.push_back(country);
  }
  return apart;
}

// Just below a bound and just above it: the whole numbers beside a small whole number, else a hundredth off.
std::optional<Decimal> Beside(const Decimal& bound, int side) {
  constexpr std::int64_t kMostCounted = 1000;
  const std::string text = bound.ToText();
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  const bool counted =
      error == std::errc() && end == text.data() + text.size() && whole + side >= 0 && whole <= kMostCounted;
  if (bound == Decimal() && side < 0) return std::nullopt;
  if (counted && (whole > 1 || side > 0)) return *Decimal::Parse(std::to_string(whole + side));
  return Decimal::Product(bound, *Decimal::Parse(side < 0 ? "0.99" : "1.01"));
}

std::set<Decimal> BoundsOf(std::span<const Pack* const> packs, FactId fact) {
  std::set<Decimal> bounds;
  for (const Pack* pack : packs) {
    for (const Condition* condition : AllConditions(*pack)) {
      Ingredients ingredients;
      if (const auto* subject = std::get_if<FactId>(&condition->subject))
        Collect(*pack, Operand(*subject), ingredients);
      if (const auto* number = std::get_if<NumberRef>(&condition->subject))
        Collect(*pack, Operand(*number), ingredients);
      for (const Operand& operand : condition->operands) Collect(*pack, operand, ingredients);
      if (!ingredients.facts.test(static_cast<std::size_t>(fact))) continue;
      bounds.insert(ingredients.figures.begin(), ingredients.figures.end());
    }
  }
  return bounds;
}

bool IsAsked(std::span<const Pack* const> packs, FactId fact) {
  return std::ranges::any_of(packs, [&](const Pack* pack) {
    const std::vector<FactId> asked = FactsAskedBy(*pack);
    return std::ranges::find(asked, fact) != asked.end();
  });
}

// One value far above every bound, for what is only reached by a product.
void AddFarBeyond(const std::set<Decimal>& bounds, bool share, std::map<Decimal, ValueApart>& apart) {
  if (bounds.empty() || share) return;
  const Decimal& greatest = *bounds.rbegin();
  if (const auto far = Decimal::Product(greatest, *Decimal::Parse("1000")))
    apart.try_emplace(*far, ValueApart{*far, {}, greatest, 1});
}

std::vector<ValueApart> Numbers(std::span<const Pack* const> packs, FactId fact) {
  if (!IsAsked(packs, fact)) return {};
  std::map<Decimal, ValueApart> apart;
  apart.try_emplace(Decimal(), ValueApart{Decimal(), {}, Decimal(), 0});
  const bool share = Describe(fact).type == ValueType::kShare;
  const std::set<Decimal> bounds = BoundsOf(packs, fact);
  for (const int side : {0, -1, 1}) {
    for (const Decimal& bound : bounds) {
      const auto value = side == 0 ? std::optional(bound) : Beside(bound, side);
      if (!value || (share && *value > *Decimal::Parse("1"))) continue;
      apart.try_emplace(*value, ValueApart{*value, {}, bound, side});
    }
  }
  AddFarBeyond(bounds, share, apart);
  std::vector<ValueApart> rising;
  for (auto& [value, one] : apart) rising.push_back(std::move(one));
  return rising;
}

std::vector<ValueApart> Times(std::span<const Pack* const> packs, FactId fact, Timestamp at) {
  std::set<Timestamp> times;
  for (const Reader& reader : ReadersOf(packs, fact)) {
    const Condition& condition = *reader.condition;
    times.insert({at, {at.seconds - kDay}, {at.seconds + kDay}});
    if (condition.op == Operator::kWithinDays) {
      times.insert({{at.seconds - condition.seconds}, {at.seconds - condition.seconds - 1}});
    }
    for (const Operand& operand : condition.operands) {
      const auto* value = std::get_if<Value>(&operand);
      const auto* bound = value == nullptr ? nullptr : std::get_if<Timestamp>(value);
      if (bound != nullptr) times.insert({*bound, {bound->seconds - 1}});
    }
  }
  return Plain({times.begin(), times.end()});
}

// The texts with which conditions compare a fact.
std::set<std::string> TextsTested(std::span<const Pack* const> packs, FactId fact) {
  std::set<std::string> texts;
  for (const Reader& reader : ReadersOf(packs, fact)) {
    for (const Operand& operand : reader.condition->operands) {
      const auto* value = std::get_if<Value>(&operand);
      const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
      if (text != nullptr) texts.insert(*text);
    }
    if (reader.condition->op != Operator::kInList && reader.condition->op != Operator::kNotInList) continue;
    for (const RegionList::Version& version : reader.pack->lists[reader.condition->list].versions)
      texts.insert(version.subdivisions.begin(), version.subdivisions.end());
  }
  return texts;
}

bool ReadByLicences(std::span<const Pack* const> packs, FactId fact) {
  return std::ranges::find(kLicenceFacts, fact) != std::end(kLicenceFacts) && !IssuersAsked(packs).empty();
}

std::vector<ValueApart> Texts(std::span<const Pack* const> packs, FactId fact) {
  const std::set<std::string> tested = TextsTested(packs, fact);
  if (tested.empty() && !ReadByLicences(packs, fact)) return {};
  std::vector<Value> values(tested.begin(), tested.end());
  values.emplace_back(std::string(kAnotherText));
  return Plain(std::move(values));
}

std::vector<ValueApart> TextSets(std::span<const Pack* const> packs, FactId fact,
                                 const std::vector<std::string>& stated) {
  const std::set<std::string> tested = TextsTested(packs, fact);
  if (tested.empty()) return {};
  std::vector<Value> values = {Value(stated)};
  for (const std::string& text : tested) {
    std::vector<std::string> changed = stated;
    if (std::erase(changed, text) == 0) changed.push_back(text);
    values.emplace_back(std::move(changed));
  }
  return Plain(std::move(values));
}

std::vector<ValueApart> Words(std::span<const Pack* const> packs, FactId fact) {
  const bool basis = fact == FactId::kNodeBasis && std::ranges::any_of(packs, [](const Pack* pack) {
                       return std::ranges::any_of(
                           pack->rules, [](const Rule& rule) { return rule.weakest_basis.has_value(); });
                     });
  if (!basis && ReadersOf(packs, fact).empty()) return {};
  std::vector<Value> values;
  for (const std::string_view word : Describe(fact).words) values.emplace_back(std::string(word));
  return Plain(std::move(values));
}

}  // namespace

std::vector<const Condition*> AllConditions(const Pack& pack) {
  std::vector<const Condition*> all;
  for (const Number& number : pack.numbers) {
    for (const Number::Term& term : number.terms) Add(term.when, all);
  }
  for (const Finding& finding : pack.findings) Add(finding.when, all);
  for (const Rule& rule : pack.rules) Add(rule.when, all);
  return all;
}

std::vector<std::string> IssuersAsked(std::span<const Pack* const> packs) {
  std::set<std::string> issuers;
  for (const Pack* pack : packs) {
    for (const Condition* condition : AllConditions(*pack)) {
      if (const auto* from = std::get_if<LicenceFrom>(&condition->subject)) issuers.insert(from->issuer);
    }
  }
  return {issuers.begin(), issuers.end()};
}

std::vector<ValueApart> ValuesApart(std::span<const Pack* const> packs, FactId fact, Timestamp at,
                                    const std::vector<std::string>& stated) {
  switch (Describe(fact).type) {
    case ValueType::kCountry:
      return Countries(packs, fact, at);
    case ValueType::kDecimal:
    case ValueType::kShare:
      return Numbers(packs, fact);
    case ValueType::kTime:
      return Times(packs, fact, at);
    case ValueType::kTexts:
      return TextSets(packs, fact, stated);
    case ValueType::kText:
      return Texts(packs, fact);
    case ValueType::kWord:
      return Words(packs, fact);
    case ValueType::kTruth:
      return ReadersOf(packs, fact).empty() ? std::vector<ValueApart>() : Plain({Value(true), Value(false)});
  }
  return {};
}

}  // namespace strongroom::policy
