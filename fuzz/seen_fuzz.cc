// The versions that a home has seen: what parses is written back to the same bytes.
#include <cstdlib>

#include "home/seen.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const strongroom::ByteView bytes(data, size);
  const auto seen = strongroom::home::Seen::Parse(bytes);
  if (seen && seen->Serialize() != strongroom::AsText(bytes)) std::abort();
  return 0;
}
