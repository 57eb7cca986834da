// Resume points: what parses is written back to the same bytes, and nothing parses that another key signed.
#include <algorithm>
#include <cstdlib>

#include "log/resume_point.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  static const auto key = crypto::Ed25519PrivateKey::FromSeed(SecretBytes::CopyOf(Bytes(32, 1)));
  static const auto other = crypto::Ed25519PrivateKey::FromSeed(SecretBytes::CopyOf(Bytes(32, 2)));
  const ByteView bytes(data, size);
  if (log::ParseResumePoint(bytes, other->public_key())) std::abort();
  const auto point = log::ParseResumePoint(bytes, key->public_key());
  if (point && !std::ranges::equal(log::SerializeResumePoint(*point, *key), bytes)) std::abort();
  return 0;
}
