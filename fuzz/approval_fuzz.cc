// What ParseApproval accepts is the one encoding of what it parsed.
#include <algorithm>
#include <cstdlib>

#include "strongroom/keyslot/approval.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const ByteView input(data, size);
  const auto approval = keyslot::ParseApproval(input);
  if (!approval) return 0;
  if (!std::ranges::equal(keyslot::SerializeApproval(*approval), input)) std::abort();
  return 0;
}
