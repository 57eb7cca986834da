// What a home remembers of packs: what parses is written back to the same bytes.
#include <cstdlib>

#include "home/pack_memory.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const strongroom::ByteView bytes(data, size);
  const auto memory = strongroom::home::PackMemory::Parse(bytes);
  if (memory && memory->Serialize() != strongroom::AsText(bytes)) std::abort();
  return 0;
}
