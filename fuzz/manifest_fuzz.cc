// A manifest's payload: what parses is written again as the same bytes, and signing takes it.
#include <cstdint>
#include <cstdlib>

#include "strongroom/bundle/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  const ByteView bytes(data, size);
  if (const auto manifest = bundle::ParseManifestPayload(bytes)) {
    if (bundle::SerializeManifestPayload(*manifest) != ToBytes(bytes)) std::abort();
  }
  // The whole file too, which no key that is drawn here has signed.
  if (bundle::VerifyManifest(bytes, envelope::TrustStore())) std::abort();
  static_cast<void>(bundle::ReadManifestUnverified(bytes));
  return 0;
}
