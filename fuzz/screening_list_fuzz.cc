// Screening lists and their snapshots: what parses as a list screens its own entries, and finds each by its
// name.
#include <algorithm>
#include <cstdlib>

#include "strongroom/policy/screening.h"

namespace {

using strongroom::policy::ScreeningEntry;
using strongroom::policy::ScreeningList;

constexpr std::size_t kEntriesScreened = 4;
constexpr std::size_t kMaxName = 256;  // pairing words takes time that grows with the square of their number

void ScreenOwnEntry(const ScreeningList& list, const ScreeningEntry& entry) {
  if (entry.name.size() > kMaxName) return;
  const auto matches = strongroom::policy::Screen(list, {.name = entry.name, .addresses = {entry.name}});
  if (!matches) std::abort();
  const auto is_own = [&](const auto& match) { return match.entry == &entry && match.score == 100; };
  if (std::ranges::none_of(*matches, is_own)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const strongroom::ByteView bytes(data, size);
  (void)ScreeningList::ParseSnapshot(bytes);
  const auto list = ScreeningList::Parse(bytes, {.seconds = 0});
  if (!list) return 0;
  for (std::size_t i = 0; i < std::min(list->entries().size(), kEntriesScreened); ++i)
    ScreenOwnEntry(*list, list->entries()[i]);
  const auto stored = ScreeningList::ParseSnapshot(ScreeningList::Snapshot(bytes, {.seconds = 0}));
  if (!stored || stored->digest() != list->digest()) std::abort();
  return 0;
}
