// What ParseJson accepts has one canonical form, which parses to the same value.
#include <cstdlib>

#include "strongroom/envelope/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom::envelope;
  const auto json = ParseJson({data, size});
  if (!json) return 0;
  const std::string canonical = CanonicalJson(*json);
  const auto again = ParseCanonicalJson(strongroom::AsBytes(canonical), {.max_bytes = 8 << 20});
  if (!again || *again != *json) std::abort();
  return 0;
}
