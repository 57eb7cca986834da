// The entries of a screening list, searchable by name and by address.
#ifndef STRONGROOM_POLICY_SCREENING_INDEX_H_
#define STRONGROOM_POLICY_SCREENING_INDEX_H_

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "policy/phrase_index.h"
#include "strongroom/policy/screening.h"
#include "strongroom/policy/screening_list.h"

namespace strongroom::policy {

class ScreeningIndex {
 public:
  // A text of an entry that resembles what was asked.
  struct Resemblance {
    std::uint32_t entry = 0;
    ScreenedBy by = ScreenedBy::kName;
    std::uint32_t item = 0;  // which alias, or which address
    int score = 0;
  };
  using Visit = std::function<void(const Resemblance&)>;

  // False, leaving the index as it was, if the entry's name has no letter or digit. Such an alias or address
  // is passed over.
  bool Add(ScreeningEntry entry);

  // Both visit in no particular order, and may visit a text twice.
  void ForEachName(const Phrase& name, const Visit& visit) const;
  void ForEachAddress(const Phrase& address, const Visit& visit) const;

  [[nodiscard]] const std::vector<ScreeningEntry>& entries() const { return entries_; }
  [[nodiscard]] std::string TextOf(const Resemblance& resemblance) const;

 private:
  struct Owner {
    std::uint32_t entry = 0;
    ScreenedBy by = ScreenedBy::kName;
    std::uint32_t item = 0;
  };
  void AddName(const Phrase& name, Owner owner);
  void AddAddress(const Phrase& address, Owner owner);

  std::vector<ScreeningEntry> entries_;
  PhraseIndex names_, addresses_;
  std::vector<Owner> name_owners_, address_owners_;                                // by phrase
  std::unordered_map<std::u32string, std::vector<PhraseIndex::Id>> same_letters_;  // names, joined
};

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_SCREENING_INDEX_H_
