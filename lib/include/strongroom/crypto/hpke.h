// Hybrid public key encryption (RFC 9180), base mode, single shot: DHKEM(X25519, HKDF-SHA256) 0x0020,
// HKDF-SHA256 0x0001, AES-256-GCM 0x0002. It hides the message from all but the recipient, and says nothing
// of who sent it.
#ifndef STRONGROOM_CRYPTO_HPKE_H_
#define STRONGROOM_CRYPTO_HPKE_H_

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/crypto/x25519.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom::crypto {

inline constexpr std::size_t kHpkeOverhead = 32 + 16;  // encapsulated key and tag, in bytes

// HpkeSeal gives enc (32 bytes) || ciphertext || tag (16 bytes). `info` and `aad` are not in it; the
// recipient must know both. kMalformed for a recipient's key of small order.
Expected<Bytes> HpkeSeal(const X25519PublicKey& recipient, ByteView info, ByteView aad, ByteView plaintext);

// HpkeOpen is the inverse. kMalformed if it is too short or its enc is of small order; kAltered if it was
// sealed to another key, under another `info` or `aad`, or was changed.
Expected<SecretBytes> HpkeOpen(const X25519PrivateKey& recipient, ByteView info, ByteView aad,
                               ByteView sealed);

}  // namespace strongroom::crypto

#endif  // STRONGROOM_CRYPTO_HPKE_H_
