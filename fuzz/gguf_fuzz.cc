// GGUF files: no input crashes the parser, what it accepts is covered by regions without holes, and every
// tensor lies in one of them.
#include <cstdint>
#include <cstdlib>

#include "../tests/testing/memory_file.h"
#include "strongroom/weights/layout.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const testing::MemoryFile file(ByteView(data, size));
  const auto layout = weights::ReadGguf(file, size);
  if (!layout) {
    if (layout.error().code != ErrorCode::kMalformed) std::abort();
    return 0;
  }
  std::uint64_t covered = 0;
  for (const weights::Region& region : layout->regions) {
    if (region.offset != covered || region.size == 0) std::abort();
    covered += region.size;
  }
  if (covered != size) std::abort();
  for (const weights::Tensor& tensor : layout->tensors) {
    if (tensor.offset > size || tensor.size > size - tensor.offset) std::abort();
  }
  return 0;
}
