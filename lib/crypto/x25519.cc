#include "strongroom/crypto/x25519.h"

#include <sodium.h>

#include "crypto/require.h"

namespace strongroom::crypto {

X25519PrivateKey X25519PrivateKey::Generate() {
  Expected<X25519PrivateKey> key = FromSeed(SecretBytes::Random(crypto_scalarmult_SCALARBYTES));
  return *std::move(key);
}

Expected<X25519PrivateKey> X25519PrivateKey::FromSeed(SecretBytes seed) {
  if (seed.size() != crypto_scalarmult_SCALARBYTES) {
    return Fail(ErrorCode::kMalformed,
                "an X25519 private key must have 32 bytes, not " + std::to_string(seed.size()));
  }
  X25519PrivateKey key;
  Require(crypto_scalarmult_base(key.public_key_.data(), seed.Expose().data()) == 0);
  key.seed_ = std::move(seed);
  return key;
}

Expected<SecretBytes> X25519PrivateKey::SharedSecret(const X25519PublicKey& peer) const {
  SecretBytes secret(crypto_scalarmult_BYTES);
  if (crypto_scalarmult(secret.ExposeForWriting().data(), seed_.Expose().data(), peer.data()) != 0) {
    return Fail(ErrorCode::kMalformed, "an X25519 public key is of small order: nobody's, or an attack");
  }
  return secret;
}

}  // namespace strongroom::crypto
