// Access records, checkpoints and proofs: what parses is written back to the same bytes, a record is
// canonical JSON by the other parser too, and no proof verifies under a key that signed nothing.
#include <algorithm>
#include <cstdlib>

#include "strongroom/envelope/json.h"
#include "strongroom/log/checkpoint.h"
#include "strongroom/log/receipt.h"
#include "strongroom/log/record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const ByteView bytes(data, size);
  const auto record = log::ParseAccessRecord(bytes);
  if (record && !std::ranges::equal(log::SerializeAccessRecord(*record), bytes)) std::abort();
  if (record && !envelope::ParseCanonicalJson(bytes)) std::abort();
  const auto checkpoint = log::ParseCheckpointText(AsText(bytes));
  if (checkpoint && log::CheckpointText(*checkpoint) != AsText(bytes)) std::abort();
  const Bytes any_record = log::SerializeAccessRecord({});
  if (log::VerifyReceipt(any_record, AsText(bytes), {"example.com/log", {}})) std::abort();
  return 0;
}
