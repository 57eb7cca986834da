#include "policy/screening_index.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "policy/phrase_score.h"
#include "strongroom/place/country.h"

namespace strongroom::policy {
namespace {

void Append(Phrase&& words, WordKind kind, Phrase& phrase) {
  for (Word& word : words) {
    word.kind = kind;
    phrase.push_back(std::move(word));
  }
}

// Street and city count; what comes after may be missing where the address is looked for.
Phrase WordsOf(const ListedAddress& address) {
  Phrase phrase = AddressWords(address.street + " " + address.city);
  const auto country = place::Country::Parse(address.country);
  const std::string country_name = country ? std::string(country->name()) : address.country;
  for (const std::string& text : {address.state, address.postal_code, country_name})
    Append(AddressWords(text), WordKind::kOptional, phrase);
  return phrase;
}

bool HasNumber(const Phrase& phrase) {
  return std::ranges::any_of(phrase, [](const Word& word) { return word.kind == WordKind::kNumber; });
}

std::string JoinedByCommas(std::initializer_list<std::string_view> texts) {
  std::string joined;
  for (const std::string_view text : texts) {
    if (!text.empty()) joined.append(joined.empty() ? "" : ", ").append(text);
  }
  return joined;
}

}  // namespace

void ScreeningIndex::AddName(const Phrase& name, Owner owner) {
  if (name.empty()) return;
  const PhraseIndex::Id id = names_.Add(name);
  name_owners_.push_back(owner);
  const std::u32string joined = Joined(name);
  if (joined.size() >= kMinSameLetters) same_letters_[joined].push_back(id);
}

void ScreeningIndex::AddAddress(const Phrase& address, Owner owner) {
  if (!HasNumber(address)) return;  // it could not match
  addresses_.Add(address);
  address_owners_.push_back(owner);
}

bool ScreeningIndex::Add(ScreeningEntry entry) {
  const auto id = static_cast<std::uint32_t>(entries_.size());
  const Phrase name = NameWords(entry.name);
  if (name.empty()) return false;
  AddName(name, {id, ScreenedBy::kName, 0});
  if (HasNumber(name)) AddAddress(AddressWords(entry.name), {id, ScreenedBy::kName, 0});  // it may be one
  for (std::uint32_t i = 0; i < entry.aliases.size(); ++i)
    AddName(NameWords(entry.aliases[i]), {id, ScreenedBy::kAlias, i});
  for (std::uint32_t i = 0; i < entry.addresses.size(); ++i)
    AddAddress(WordsOf(entry.addresses[i]), {id, ScreenedBy::kAddress, i});
  entries_.push_back(std::move(entry));
  return true;
}

void ScreeningIndex::ForEachName(const Phrase& name, const Visit& visit) const {
  const auto found = [&](PhraseIndex::Id id, int score) {
    const Owner& owner = name_owners_[id];
    visit({owner.entry, owner.by, owner.item, score});
  };
  names_.ForEachSimilar(name,
                        [&](PhraseIndex::Id id, const Comparison& names) { found(id, NameScore(names)); });
  const auto same = same_letters_.find(Joined(name));
  if (same == same_letters_.end()) return;
  for (const PhraseIndex::Id id : same->second) found(id, kSameLettersScore);
}

void ScreeningIndex::ForEachAddress(const Phrase& address, const Visit& visit) const {
  addresses_.ForEachSimilar(address, [&](PhraseIndex::Id id, const Comparison& addresses) {
    const Owner& owner = address_owners_[id];
    visit({owner.entry, owner.by, owner.item, AddressScore(addresses)});
  });
}

std::string ScreeningIndex::TextOf(const Resemblance& resemblance) const {
  const ScreeningEntry& entry = entries_[resemblance.entry];
  if (resemblance.by == ScreenedBy::kName) return entry.name;
  if (resemblance.by == ScreenedBy::kAlias) return entry.aliases[resemblance.item];
  const ListedAddress& address = entry.addresses[resemblance.item];
  return JoinedByCommas({address.street, address.city, address.state, address.postal_code, address.country});
}

}  // namespace strongroom::policy
