#include "policy/supposition.h"

#include <algorithm>
#include <set>

namespace strongroom::policy {
namespace {

constexpr std::int64_t kDay = 86400;
constexpr std::size_t kMostNamed = 4;   // countries that a phrase names in full
constexpr std::size_t kMostCodes = 30;  // or by code

// How hard a fact is to bring about: what was only left unsaid, what can be arranged, who and where one is,
// and what the model is.
int Effort(FactId fact) {
  const std::string_view name = Describe(fact).name;
  if (name.starts_with("storage.") || fact == FactId::kNodeLicences || fact == FactId::kNodeBasis) return 1;
  if (name.starts_with("act.")) return 2;
  return name.starts_with("node.") ? 3 : 4;
}

std::vector<std::string> TextsStated(const Facts& facts, FactId fact) {
  const Fact* stated = facts.Find(fact);
  const auto* texts = stated == nullptr ? nullptr : std::get_if<std::vector<std::string>>(&stated->value);
  return texts == nullptr ? std::vector<std::string>() : *texts;
}

Alternatives OfSources(const Facts& facts, const std::vector<FactId>& raised) {
  Alternatives alternatives;
  for (const Source source : {Source::kRequest, Source::kLicence, Source::kEvidence, Source::kManifest}) {
    std::vector<FactId> weaker;
    std::ranges::copy_if(raised, std::back_inserter(weaker), [&](FactId fact) {
      const Fact* stated = facts.Find(fact);
      return stated != nullptr && stated->source != Source::kQuestion && stated->source < source;
    });
    if (!weaker.empty()) alternatives.emplace_back(StatedBy{std::move(weaker), source});
  }
  return alternatives;
}

void AddSources(const Facts& facts, std::vector<Alternatives>& all) {
  std::vector<FactId> every;
  for (const FactType& type : FactCatalogue()) {
    every.push_back(type.id);
    all.push_back(OfSources(facts, {type.id}));
  }
  all.push_back(OfSources(facts, every));
}

// A licence that names what the facts say; what they leave out it names too, and the facts then say so.
void PutOnFile(const std::string& issuer, Timestamp at, Facts& facts) {
  const auto text_of = [&](FactId fact, std::string_view otherwise) {
    if (facts.Find(fact) == nullptr) (void)facts.Set(fact, std::string(otherwise), Source::kQuestion);
    return ToText(facts.Find(fact)->value);
  };
  Licence licence;
  licence.id = "supposed";
  licence.issuer = issuer;
  licence.parties = {text_of(FactId::kNodeOperator, "the operator")};
  licence.items = {text_of(FactId::kModelLabel, "the model")};
  if (const Fact* country = facts.Find(FactId::kNodeCountry))
    licence.countries = {std::get<place::Country>(country->value)};
  licence.valid_from = {at.seconds - kDay};
  licence.valid_until = {at.seconds + kDay};
  (void)facts.AddLicence(std::move(licence));
}

void Put(const Value& value, FactId fact, Facts& facts) {
  const Fact* stated = facts.Find(fact);
  (void)facts.Set(fact, value, stated == nullptr ? Source::kQuestion : stated->source);
}

std::string Joined(const std::vector<std::string>& words) {
  std::string joined;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view before = i == 0 ? "" : i + 1 == words.size() ? " or " : ", ";
    joined += std::string(before) + words[i];
  }
  return joined;
}

std::string Named(place::Country country) {
  return std::string(country.code()) + " (" + std::string(country.name()) + ")";
}

// What the lists of the packs call a set of countries: its members, or all that are not.
std::string NameOfSet(const std::set<place::Country>& countries, std::span<const Pack* const> packs,
                      Timestamp at) {
  const std::size_t others = place::AllCountries().size() - countries.size();
  for (const Pack* pack : packs) {
    for (const RegionList& list : pack->lists) {
      const RegionList::Version* version = list.At(at);
      if (version == nullptr || list.of_subdivisions || version->countries.empty()) continue;
      const auto inside = static_cast<std::size_t>(std::ranges::count_if(
          version->countries, [&](place::Country country) { return countries.contains(country); }));
      if (inside == countries.size() && inside == version->countries.size()) return "on the list " + list.id;
      if (inside == 0 && others == version->countries.size()) return "not on the list " + list.id;
    }
  }
  return "";
}

std::string PhraseOfCountries(const std::set<place::Country>& countries, std::span<const Pack* const> packs,
                              Timestamp at) {
  const std::string such_as = ", such as " + Named(*countries.begin());
  const std::string list = NameOfSet(countries, packs, at);
  const std::string count = std::to_string(countries.size());
  if (!list.empty() && countries.size() > 1) return "one of the " + count + " countries " + list + such_as;
  if (countries.size() > kMostCodes) return "one of " + count + " countries" + such_as;
  std::vector<std::string> names;
  for (const place::Country country : countries)
    names.push_back(countries.size() > kMostNamed ? std::string(country.code()) : Named(country));
  return Joined(names);
}

std::string Moment(const Value& value) {
  return PhraseOfMoment(std::get<Timestamp>(value));
}

// A run of neighbouring values, between the one before it and the one after it, where there are such.
std::string PhraseOfRun(const ValueApart& first, const ValueApart& last, bool open_below, bool open_above) {
  const bool time = !first.bound;
  if (open_below && open_above) return "any";
  if (time) {
    if (open_below) return Moment(last.value) + " or earlier";
    if (open_above) return Moment(first.value) + " or later";
    return first.value == last.value ? Moment(first.value)
                                     : "from " + Moment(first.value) + " to " + Moment(last.value);
  }
  const std::string low = (first.side == 0 ? "at least " : "above ") + first.bound->ToText();
  const std::string high = (last.side == 0 ? "at most " : "below ") + last.bound->ToText();
  if (open_below) return high;
  if (open_above) return low;
  return first.value == last.value ? ToText(first.value) : low + " and " + high;
}

std::string PhraseOfRuns(const Alternatives& alternatives, const std::vector<std::size_t>& chosen) {
  const auto apart = [&](std::size_t i) -> const ValueApart& {
    return std::get<FactOtherwise>(alternatives[i]).apart;
  };
  std::vector<std::string> runs;
  for (std::size_t i = 0; i < chosen.size();) {
    std::size_t end = i;
    while (end + 1 < chosen.size() && chosen[end + 1] == chosen[end] + 1) ++end;
    runs.push_back(PhraseOfRun(apart(chosen[i]), apart(chosen[end]), chosen[i] == 0,
                               chosen[end] + 1 == alternatives.size()));
    i = end + 1;
  }
  return Joined(runs);
}

// What is put into a set of texts or taken out of it.
std::string PhraseOfTexts(const std::vector<std::string>& stated, const std::vector<std::string>& changed) {
  for (const std::string& text : changed) {
    if (std::ranges::find(stated, text) == stated.end()) return "with " + text;
  }
  for (const std::string& text : stated) {
    if (std::ranges::find(changed, text) == changed.end()) return "without " + text;
  }
  return stated.empty() ? "none at all" : "as they are";
}

std::string PhraseOfValues(FactId fact, const Alternatives& alternatives,
                           const std::vector<std::size_t>& chosen, const Facts& facts) {
  std::vector<std::string> phrases;
  for (const std::size_t i : chosen) {
    const Value& value = std::get<FactOtherwise>(alternatives[i]).apart.value;
    const auto* texts = std::get_if<std::vector<std::string>>(&value);
    phrases.push_back(texts == nullptr ? ToText(value) : PhraseOfTexts(TextsStated(facts, fact), *texts));
  }
  return Joined(phrases);
}

std::string PhraseOfFact(FactId fact, const Alternatives& alternatives,
                         const std::vector<std::size_t>& chosen, std::span<const Pack* const> packs,
                         const Facts& facts, Timestamp at) {
  const std::string name = std::string(Describe(fact).name) + ": ";
  switch (Describe(fact).type) {
    case ValueType::kCountry: {
      std::set<place::Country> countries;
      for (const std::size_t i : chosen) {
        const auto& one = std::get<FactOtherwise>(alternatives[i]).apart.countries;
        countries.insert(one.begin(), one.end());
      }
      return name + PhraseOfCountries(countries, packs, at);
    }
    case ValueType::kDecimal:
    case ValueType::kShare:
    case ValueType::kTime:
      return name + PhraseOfRuns(alternatives, chosen);
    default:
      return name + PhraseOfValues(fact, alternatives, chosen, facts);
  }
}

std::string PhraseOfStatement(const StatedBy& stated) {
  const std::string what = stated.facts.size() == 1 ? std::string(Describe(stated.facts.front()).name)
                                                    : "every fact that rests on less";
  return what + ": stated by the " + std::string(Name(stated.source));
}

}  // namespace

Alternatives AlternativesOf(std::span<const Pack* const> packs, const Facts& facts, FactId fact,
                            Timestamp at) {
  Alternatives alternatives;
  for (ValueApart& apart : ValuesApart(packs, fact, at, TextsStated(facts, fact)))
    alternatives.emplace_back(FactOtherwise{fact, std::move(apart)});
  return alternatives;
}

bool IsArrangeable(FactId fact) {
  return Effort(fact) <= 2;
}

std::vector<Alternatives> AllAlternatives(std::span<const Pack* const> packs, const Facts& facts,
                                          Timestamp at) {
  std::vector<Alternatives> all;
  AddSources(facts, all);
  // A licence must name the country, so that without one there is nothing to cover.
  for (const std::string& issuer : IssuersAsked(packs)) {
    if (facts.Find(FactId::kNodeCountry) != nullptr) all.push_back({LicenceOnFile{issuer}});
  }
  for (const bool missing : {true, false}) {
    for (int effort = 1; effort <= 4; ++effort) {
      for (const FactType& type : FactCatalogue()) {
        if ((facts.Find(type.id) == nullptr) == missing && Effort(type.id) == effort)
          all.push_back(AlternativesOf(packs, facts, type.id, at));
      }
    }
  }
  std::erase_if(all, [](const Alternatives& alternatives) { return alternatives.empty(); });
  return all;
}

void Suppose(const Supposition& supposition, Timestamp at, Facts& facts) {
  if (const auto* otherwise = std::get_if<FactOtherwise>(&supposition))
    Put(otherwise->apart.value, otherwise->fact, facts);
  if (const auto* licence = std::get_if<LicenceOnFile>(&supposition)) PutOnFile(licence->issuer, at, facts);
  const auto* stated = std::get_if<StatedBy>(&supposition);
  if (stated == nullptr) return;
  for (const FactId fact : stated->facts) {
    if (const Fact* weaker = facts.Find(fact)) (void)facts.Set(fact, Value(weaker->value), stated->source);
  }
}

std::string PhraseOfMoment(Timestamp time) {
  const std::string text = ToRfc3339(time);
  return text.ends_with("T00:00:00Z") ? text.substr(0, 10) : text;
}

std::string Phrase(const Alternatives& alternatives, const std::vector<std::size_t>& chosen,
                   std::span<const Pack* const> packs, const Facts& facts, Timestamp at) {
  const Supposition& first = alternatives[chosen.front()];
  if (const auto* licence = std::get_if<LicenceOnFile>(&first))
    return "a licence of " + licence->issuer + " that covers it";
  if (const auto* stated = std::get_if<StatedBy>(&first)) return PhraseOfStatement(*stated);
  return PhraseOfFact(std::get<FactOtherwise>(first).fact, alternatives, chosen, packs, facts, at);
}

}  // namespace strongroom::policy
