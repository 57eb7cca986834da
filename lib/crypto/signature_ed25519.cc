#include <sodium.h>

#include <algorithm>

#include "strongroom/crypto/signature.h"

namespace strongroom::crypto {

Ed25519PrivateKey Ed25519PrivateKey::Generate() {
  Expected<Ed25519PrivateKey> key = FromSeed(SecretBytes::Random(crypto_sign_SEEDBYTES));
  return *std::move(key);
}

Expected<Ed25519PrivateKey> Ed25519PrivateKey::FromSeed(SecretBytes seed) {
  if (seed.size() != crypto_sign_SEEDBYTES) {
    return Fail(ErrorCode::kMalformed,
                "an Ed25519 seed must have 32 bytes, not " + std::to_string(seed.size()));
  }
  Ed25519PrivateKey key;
  key.expanded_ = SecretBytes(crypto_sign_SECRETKEYBYTES);
  crypto_sign_seed_keypair(key.public_key_.data(), key.expanded_.ExposeForWriting().data(),
                           seed.Expose().data());
  key.seed_ = std::move(seed);
  return key;
}

Ed25519Signature Ed25519PrivateKey::Sign(ByteView message) const {
  Ed25519Signature signature;
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), expanded_.Expose().data());
  return signature;
}

bool Verify(const Ed25519PublicKey& key, ByteView message, const Ed25519Signature& signature) {
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data()) == 0;
}

}  // namespace strongroom::crypto
