// The file of a TPM anchor: what parses is written back to the same bytes.
#include <cstdlib>

#include "anchor/anchor_state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const strongroom::ByteView bytes(data, size);
  const auto state = strongroom::anchor::ParseAnchorState(bytes);
  if (state && strongroom::anchor::SerializeAnchorState(*state) != strongroom::AsText(bytes)) std::abort();
  return 0;
}
