// Signatures: Ed25519 (RFC 8032) for everything that people and programs check, ECDSA P-256 with SHA-256 for what a TPM must check.
#ifndef STRONGROOM_CRYPTO_SIGNATURE_H_
#define STRONGROOM_CRYPTO_SIGNATURE_H_

#include <array>
#include <cstdint>

#include "strongroom/base/bytes.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom::crypto {

using Ed25519PublicKey = std::array<std::uint8_t, 32>;
using Ed25519Signature = std::array<std::uint8_t, 64>;

class Ed25519PrivateKey {
 public:
  static Ed25519PrivateKey Generate();
  static Expected<Ed25519PrivateKey> FromSeed(SecretBytes seed);  // 32 bytes, else kMalformed
  [[nodiscard]] const Ed25519PublicKey& public_key() const { return public_key_; }
  [[nodiscard]] const SecretBytes& seed() const { return seed_; }
  [[nodiscard]] Ed25519Signature Sign(ByteView message) const;

 private:
  Ed25519PrivateKey() = default;
  SecretBytes seed_;
  SecretBytes expanded_;
  Ed25519PublicKey public_key_{};
};

// Verify refuses what RFC 8032 refuses, and small-order and non-canonical keys and points besides (libsodium's rule).
[[nodiscard]] bool Verify(const Ed25519PublicKey& key, ByteView message, const Ed25519Signature& signature);

// A point's affine coordinates, each 32 bytes big-endian.
struct P256PublicKey {
  std::array<std::uint8_t, 32> x{}, y{};
  friend bool operator==(const P256PublicKey&, const P256PublicKey&) = default;
};
// r and s, each 32 bytes big-endian: what TPMS_SIGNATURE_ECDSA holds.
struct P256Signature {
  std::array<std::uint8_t, 32> r{}, s{};
};

class P256PrivateKey {
 public:
  static P256PrivateKey Generate();
  static Expected<P256PrivateKey> FromScalar(SecretBytes scalar);  // 32 bytes big-endian in [1, n), else kMalformed
  [[nodiscard]] const P256PublicKey& public_key() const { return public_key_; }
  [[nodiscard]] const SecretBytes& scalar() const { return scalar_; }
  [[nodiscard]] P256Signature Sign(ByteView message) const;  // over SHA-256 of the message

 private:
  P256PrivateKey() = default;
  SecretBytes scalar_;
  P256PublicKey public_key_;
};

// False also for a point that is not on the curve.
[[nodiscard]] bool Verify(const P256PublicKey& key, ByteView message, const P256Signature& signature);
// The DER form of ECDSA-Sig-Value, strict; false on any other encoding.
[[nodiscard]] bool VerifyDer(const P256PublicKey& key, ByteView message, ByteView der_signature);

}  // namespace strongroom::crypto

#endif  // STRONGROOM_CRYPTO_SIGNATURE_H_
