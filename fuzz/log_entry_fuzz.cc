// Entries of every type but access records, which have their own target: what parses is written back to the
// same bytes.
#include <algorithm>
#include <cstdlib>

#include "strongroom/log/entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const ByteView bytes(data, size);
  const auto entry = log::ParseEntry(bytes);
  if (!entry) return 0;
  const auto* key = std::get_if<log::KeyRecord>(&*entry);
  if (key != nullptr && !std::ranges::equal(log::SerializeKeyRecord(*key), bytes)) std::abort();
  const auto* index = std::get_if<log::IndexRecord>(&*entry);
  if (index != nullptr && !std::ranges::equal(log::SerializeIndexRecord(*index), bytes)) std::abort();
  return 0;
}
