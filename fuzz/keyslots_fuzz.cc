// What ParseKeyslotsPayload accepts is the one encoding of what it parsed.
#include <algorithm>
#include <cstdlib>

#include "strongroom/keyslot/keyslots.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const ByteView input(data, size);
  const auto document = keyslot::ParseKeyslotsPayload(input);
  if (!document) return 0;
  if (!std::ranges::equal(keyslot::SerializeKeyslots(*document), input)) std::abort();
  return 0;
}
