// safetensors files: no input crashes the parser, and what it accepts is covered by regions without holes.
// The same bytes are read as an index too.
#include <cstdint>
#include <cstdlib>

#include "../tests/testing/memory_file.h"
#include "strongroom/weights/layout.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const testing::MemoryFile file(ByteView(data, size));
  const auto layout = weights::ReadSafetensors(file, size);
  if (layout) {
    std::uint64_t covered = 0;
    for (const weights::Region& region : layout->regions) {
      if (region.offset != covered || region.size == 0) std::abort();
      covered += region.size;
    }
    if (covered != size) std::abort();
  } else if (layout.error().code != ErrorCode::kMalformed) {
    std::abort();
  }
  const Status index = weights::CheckIndex(file, size, {});
  if (!index && index.error().code != ErrorCode::kMalformed) std::abort();
  return 0;
}
