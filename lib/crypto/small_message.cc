// SealSmall and OpenSmall: one message, one nonce, through the provider that is always there.
#include <array>

#include "crypto/bulk_providers.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::crypto {
namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;

Status CheckKey(const SecretBytes& key) {
  if (key.size() == kKeySize) return {};
  return Fail(ErrorCode::kMalformed,
              "an AES-256-GCM key must have 32 bytes, not " + std::to_string(key.size()));
}

}  // namespace

Expected<Bytes> SealSmall(const SecretBytes& key, ByteView plaintext, ByteView aad) {
  SR_RETURN_IF_ERROR(CheckKey(key));
  const std::shared_ptr<const BulkCrypto> crypto = MakeOpenSslBulk();
  Bytes sealed(kNonceSize + plaintext.size() + kTagSize);
  const MutableBytes all(sealed);
  const auto nonce = all.first<kNonceSize>();
  RandomFill(nonce);
  const MutableBytes ciphertext = all.subspan(kNonceSize, plaintext.size());
  crypto->NewWorker()->Encrypt(*crypto->Prepare(key), nonce, aad, {&plaintext, 1}, {&ciphertext, 1},
                               all.last<kTagSize>());
  return sealed;
}

Expected<SecretBytes> OpenSmall(const SecretBytes& key, ByteView sealed, ByteView aad) {
  SR_RETURN_IF_ERROR(CheckKey(key));
  if (sealed.size() < kNonceSize + kTagSize) {
    return Fail(ErrorCode::kMalformed,
                "an encrypted secret of " + std::to_string(sealed.size()) + " bytes is too short");
  }
  const std::shared_ptr<const BulkCrypto> crypto = MakeOpenSslBulk();
  const ByteView ciphertext = sealed.subspan(kNonceSize, sealed.size() - kNonceSize - kTagSize);
  SecretBytes plaintext(ciphertext.size());
  const MutableBytes out = plaintext.ExposeForWriting();
  const bool verified = crypto->NewWorker()->Decrypt(*crypto->Prepare(key), sealed.first<kNonceSize>(), aad,
                                                     {&ciphertext, 1}, {&out, 1}, sealed.last<kTagSize>());
  if (!verified) return Fail(ErrorCode::kAltered, "an encrypted secret does not verify under this key");
  return plaintext;
}

}  // namespace strongroom::crypto
