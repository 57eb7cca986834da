// Licences. A payload that parses is written back to the same bytes and may be signed; what a person writes
// in TOML, if it is a licence, may be signed too.
#include <cstdint>
#include <cstdlib>

#include "strongroom/policy/signed_licence.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strongroom;
  static const auto key = *crypto::Ed25519PrivateKey::FromSeed(SecretBytes::CopyOf(Bytes(32, 1)));
  const ByteView bytes(data, size);
  if (const auto licence = policy::ParseLicencePayload(bytes)) {
    if (policy::SerializeLicence(*licence) != ToBytes(bytes)) std::abort();
    if (!policy::SignLicence(*licence, key)) std::abort();
  }
  if (const auto licence = policy::ParseLicence(bytes)) (void)policy::SignLicence(*licence, key);
  // The whole file too, which no trusted key has signed.
  if (policy::VerifySignedLicence(bytes, envelope::TrustStore())) std::abort();
  return 0;
}
