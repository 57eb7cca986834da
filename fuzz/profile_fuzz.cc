// The profile of a home: what parses is written back to the same bytes.
#include <cstdlib>

#include "home/profile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const strongroom::ByteView bytes(data, size);
  const auto profile = strongroom::home::ParseProfile(bytes);
  if (profile && strongroom::home::SerializeProfile(*profile) != strongroom::AsText(bytes)) std::abort();
  return 0;
}
