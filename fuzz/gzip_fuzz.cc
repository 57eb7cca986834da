#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "http/gzip.h"
#include "strongroom/base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  constexpr std::size_t kMax = 4096;
  const auto decoded = http::DecodeGzip(AsText({data, size}), kMax);
  if (decoded && decoded->size() > kMax) std::abort();
  return 0;
}
