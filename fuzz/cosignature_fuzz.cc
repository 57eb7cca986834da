// Cosigners' keys and cosignatures: a key that parses is written back to the same bytes, and no cosignature
// verifies under a key that signed nothing.
#include <array>
#include <cstdlib>

#include "strongroom/log/cosignature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const std::string_view text = AsText({data, size});
  if (const auto key = log::ParseCosignerKey(text); key && key->ToText() != text) std::abort();
  const auto note = envelope::ParseNote(text);
  if (!note) return 0;
  // Whatever stands in the note is taken to be by the key, so that every blob is looked into.
  std::vector<log::CosignerKey> keys;
  envelope::Note claimed = *note;
  for (envelope::NoteSignature& signature : claimed.signatures) {
    keys.push_back({signature.name, {}});
    signature.key_id = keys.back().id();
  }
  if (const auto verified = log::VerifyCosignatures(claimed, keys); verified && !verified->empty())
    std::abort();
  return 0;
}
