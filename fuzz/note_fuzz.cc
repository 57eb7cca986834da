// Notes, the keys that sign them and the list of trusted keys: what parses is written back to the same bytes.
#include <cstdlib>

#include "strongroom/envelope/note.h"
#include "strongroom/envelope/trust.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom::envelope;
  const std::string_view text = strongroom::AsText({data, size});
  if (const auto note = ParseNote(text); note && SerializeNote(*note) != text) std::abort();
  if (const auto key = ParseNoteKey(text); key && key->ToText() != text) std::abort();
  const auto store = TrustStore::Parse(text);
  if (!store) return 0;
  const auto again = TrustStore::Parse(store->Serialize());
  if (!again || again->keys() != store->keys()) std::abort();
  return 0;
}
