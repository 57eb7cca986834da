// X25519 (RFC 7748): keys to which others encrypt.
#ifndef STRONGROOM_CRYPTO_X25519_H_
#define STRONGROOM_CRYPTO_X25519_H_

#include <array>
#include <cstdint>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom::crypto {

using X25519PublicKey = std::array<std::uint8_t, 32>;

class X25519PrivateKey {
 public:
  static X25519PrivateKey Generate();
  // Any 32 bytes are a key; kMalformed for another length.
  static Expected<X25519PrivateKey> FromSeed(SecretBytes seed);
  [[nodiscard]] const X25519PublicKey& public_key() const { return public_key_; }
  [[nodiscard]] const SecretBytes& seed() const { return seed_; }
  // The secret that only this key and the private half of `peer` lead to, 32 bytes; to be hashed before use.
  // kMalformed if it is all zeros, which a public key of small order brings about.
  [[nodiscard]] Expected<SecretBytes> SharedSecret(const X25519PublicKey& peer) const;

 private:
  X25519PrivateKey() = default;
  SecretBytes seed_;
  X25519PublicKey public_key_{};
};

}  // namespace strongroom::crypto

#endif  // STRONGROOM_CRYPTO_X25519_H_
