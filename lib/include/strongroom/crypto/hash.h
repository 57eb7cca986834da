// Hashing, key derivation, randomness and the memory-hard password function.
#ifndef STRONGROOM_CRYPTO_HASH_H_
#define STRONGROOM_CRYPTO_HASH_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "strongroom/base/bytes.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom::crypto {

Digest Sha256(ByteView bytes);
Digest Sha256(std::span<const ByteView> pieces);  // of their concatenation

// Sha256Stream hashes what is not in memory all at once.
class Sha256Stream {
 public:
  Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;
  ~Sha256Stream();
  void Append(ByteView bytes);
  Digest Finish();  // of what was appended; then it begins anew

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// RFC 6962 section 2.1.
Digest MerkleLeafHash(ByteView entry);                          // SHA-256(0x00 || entry)
Digest MerkleNodeHash(const Digest& left, const Digest& right);  // SHA-256(0x01 || left || right)

// HKDF-Expand with SHA-384 (RFC 5869 section 2.3); `length` at most 255 * 48 (the process ends otherwise).
SecretBytes HkdfExpandSha384(ByteView key, ByteView info, std::size_t length);
// HKDF (extract and expand) with SHA-256 or SHA-384.
SecretBytes HkdfSha256(ByteView key, ByteView salt, ByteView info, std::size_t length);
SecretBytes HkdfSha384(ByteView key, ByteView salt, ByteView info, std::size_t length);

void RandomFill(MutableBytes out);
Bytes RandomBytes(std::size_t count);

// Argon2id version 1.3 (RFC 9106), 32 bytes out, one lane.
struct Argon2Cost {
  std::uint32_t passes = 3;
  std::uint64_t memory_bytes = 256ULL << 20;
};
inline constexpr std::size_t kArgon2SaltSize = 16;
// Fails with kUnavailable if the memory cannot be had, kMalformed for a cost outside 1..16 passes or 8 KiB..1 GiB.
Expected<SecretBytes> Argon2id(const SecretBytes& password, ByteView salt, Argon2Cost cost);

// One-shot AES-256-GCM for small secrets (keyslots, journals): out = nonce(12, random) || ciphertext || tag(16).
// The key must be used for few messages (random nonces).
Expected<Bytes> SealSmall(const SecretBytes& key, ByteView plaintext, ByteView aad);
// kAltered if the tag does not verify.
Expected<SecretBytes> OpenSmall(const SecretBytes& key, ByteView sealed, ByteView aad);

}  // namespace strongroom::crypto

#endif  // STRONGROOM_CRYPTO_HASH_H_
