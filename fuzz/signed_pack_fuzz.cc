// Signed packs. A statement that parses is written back to the same bytes, may be signed, and verifies by the
// key that signed it and by nobody else; what it holds is loaded, which may fail but not break.
#include <cstdint>
#include <cstdlib>

#include "strongroom/policy/signed_pack.h"

namespace {

using namespace strongroom;
using namespace strongroom::policy;

void Require(bool condition) {
  if (!condition) std::abort();
}

void SignAndVerify(const PackStatement& statement) {
  static const auto key = *crypto::Ed25519PrivateKey::FromSeed(SecretBytes::CopyOf(Bytes(32, 1)));
  const auto file = SignPack(statement, key);
  if (!file) return;  // too large
  envelope::TrustStore trust;
  Require(!VerifySignedPack(*file, trust));
  Require(
      trust.Add({envelope::KeyPurpose::kPackAuthority, {statement.authority, key.public_key()}}).has_value());
  const auto verified = VerifySignedPack(*file, trust);
  Require(verified && verified->statement == statement);
  Require(!LoadVerifiedPack(*verified, {}, statement.expires));
  (void)LoadVerifiedPack(*verified, {}, statement.issued);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  if (const auto statement = ParsePackStatement(bytes)) {
    Require(SerializePackStatement(*statement) == ToBytes(bytes));
    SignAndVerify(*statement);
  }
  // The whole file too, which no trusted key has signed.
  Require(!VerifySignedPack(bytes, envelope::TrustStore()));
  return 0;
}
