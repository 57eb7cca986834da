#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "strongroom/base/bytes.h"
#include "strongroom/http/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const auto url = http::ParseUrl(AsText({data, size}));
  if (!url) return 0;
  const std::string again = std::string(url->tls ? "https://" : "http://") + url->Authority() + url->target;
  // What is asked for must mean the same to whoever reads it again.
  if (again.size() <= 2048 && http::ParseUrl(again) != *url) std::abort();
  return 0;
}
