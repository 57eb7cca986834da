#include <sodium.h>

#include "strongroom/crypto/hash.h"

namespace strongroom::crypto {

Expected<SecretBytes> Argon2id(const SecretBytes& password, ByteView salt, Argon2Cost cost) {
  static_assert(kArgon2SaltSize == crypto_pwhash_argon2id_SALTBYTES);
  constexpr std::uint64_t kLeastMemory = 8 << 10;
  constexpr std::uint64_t kMostMemory = 1 << 30;
  if (salt.size() != kArgon2SaltSize)
    return Fail(ErrorCode::kMalformed, "argon2id: the salt must have 16 bytes");
  if (cost.passes < 1 || cost.passes > 16) {
    return Fail(ErrorCode::kMalformed, "argon2id: " + std::to_string(cost.passes) + " passes, not 1 to 16");
  }
  if (cost.memory_bytes < kLeastMemory || cost.memory_bytes > kMostMemory) {
    return Fail(ErrorCode::kMalformed,
                "argon2id: " + std::to_string(cost.memory_bytes) + " bytes of memory, not 8 KiB to 1 GiB");
  }
  SecretBytes key(32);
  const auto text = AsText(password.Expose());
  const int result =
      crypto_pwhash_argon2id(key.ExposeForWriting().data(), key.size(), text.data(), text.size(), salt.data(),
                             cost.passes, cost.memory_bytes, crypto_pwhash_argon2id_ALG_ARGON2ID13);
  if (result == 0) return key;
  return Fail(ErrorCode::kUnavailable,
              "argon2id: cannot have " + std::to_string(cost.memory_bytes >> 20) + " MiB of memory",
              "free some memory and run again");
}

}  // namespace strongroom::crypto
