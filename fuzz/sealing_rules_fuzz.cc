// The file that says what is sealed to whom: what parses seals something to somebody, and its keys have one
// text form.
#include <cstdlib>

#include "strongroom/base/bytes.h"
#include "strongroom/log/auditor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const auto rules = log::SealingRules::Parse(AsText(ByteView(data, size)));
  if (!rules) return 0;
  if (rules->auditors.empty() || rules->parts.empty()) std::abort();
  for (const log::AuditorKey& auditor : rules->auditors) {
    const auto parsed = log::ParseAuditorKey(auditor.ToText());
    if (!parsed || *parsed != auditor) std::abort();
  }
  return 0;
}
