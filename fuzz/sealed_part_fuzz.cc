// Documents of sealed parts: what parses is written back to the same bytes, and opens for no key that it was
// not sealed to.
#include <algorithm>
#include <cstdlib>

#include "strongroom/log/sealed_part.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const ByteView bytes(data, size);
  const auto document = log::ParseSealedDocument(bytes);
  if (!document) return 0;
  if (!std::ranges::equal(log::SerializeSealedDocument(*document), bytes)) std::abort();
  const auto key = crypto::X25519PrivateKey::FromSeed(SecretBytes(32));
  const log::SealedPart named{log::SealablePart::kParty, document->commitment};
  if (log::OpenPart(*document, named, "example.com/access-log", *key)) std::abort();
  return 0;
}
