#include "strongroom/crypto/hpke.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include "crypto/bulk_providers.h"
#include "crypto/hkdf.h"
#include "crypto/hpke_seal.h"

namespace strongroom::crypto {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kEncSize = 32;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kKeySize = 32;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kSecretSize = 32;
constexpr std::string_view kVersion = "HPKE-v1";
constexpr std::string_view kKemSuite = "KEM\x00\x20"sv;
constexpr std::string_view kSuite = "HPKE\x00\x20\x00\x01\x00\x02"sv;
constexpr std::uint8_t kBaseMode = 0;

SecretBytes Joined(std::initializer_list<ByteView> pieces) {
  std::size_t size = 0;
  for (const ByteView piece : pieces) size += piece.size();
  SecretBytes joined(size);
  MutableBytes rest = joined.ExposeForWriting();
  for (const ByteView piece : pieces) {
    std::ranges::copy(piece, rest.begin());
    rest = rest.subspan(piece.size());
  }
  return joined;
}

// LabeledExtract and LabeledExpand of RFC 9180 section 4.
SecretBytes LabeledExtract(std::string_view suite, ByteView salt, std::string_view label, ByteView key) {
  return HkdfExtractSha256(salt, Joined({AsBytes(kVersion), AsBytes(suite), AsBytes(label), key}).Expose());
}

SecretBytes LabeledExpand(std::string_view suite, const SecretBytes& key, std::string_view label,
                          ByteView info, std::size_t length) {
  ByteWriter labeled;
  labeled.U16Be(static_cast<std::uint16_t>(length)).Append(kVersion).Append(suite).Append(label).Append(info);
  return HkdfExpandSha256(key.Expose(), labeled.bytes(), length);
}

// What Encap and Decap agree on (section 4.1).
SecretBytes KemSecret(const SecretBytes& diffie_hellman, const X25519PublicKey& enc,
                      const X25519PublicKey& recipient) {
  const SecretBytes extracted = LabeledExtract(kKemSuite, {}, "eae_prk", diffie_hellman.Expose());
  const Bytes context = std::move(ByteWriter().Append(enc).Append(recipient)).Take();
  return LabeledExpand(kKemSuite, extracted, "shared_secret", context, kSecretSize);
}

struct MessageKey {
  SecretBytes key;
  std::array<std::uint8_t, kNonceSize> nonce{};
};

// The key schedule without a pre-shared key (section 5.1), as far as the first message needs it.
MessageKey Schedule(const SecretBytes& kem_secret, ByteView info) {
  const SecretBytes no_psk = LabeledExtract(kSuite, {}, "psk_id_hash", {});
  const SecretBytes info_hash = LabeledExtract(kSuite, {}, "info_hash", info);
  const Bytes context =
      std::move(ByteWriter().U8(kBaseMode).Append(no_psk.Expose()).Append(info_hash.Expose())).Take();
  const SecretBytes secret = LabeledExtract(kSuite, kem_secret.Expose(), "secret", {});
  MessageKey message{LabeledExpand(kSuite, secret, "key", context, kKeySize)};
  const SecretBytes nonce = LabeledExpand(kSuite, secret, "base_nonce", context, kNonceSize);
  std::ranges::copy(nonce.Expose(), message.nonce.begin());
  return message;
}

}  // namespace

Expected<Bytes> HpkeSealWith(const X25519PrivateKey& ephemeral, const X25519PublicKey& recipient,
                             ByteView info, ByteView aad, ByteView plaintext) {
  SR_ASSIGN_OR_RETURN(const SecretBytes diffie_hellman, ephemeral.SharedSecret(recipient));
  const X25519PublicKey& enc = ephemeral.public_key();
  const MessageKey message = Schedule(KemSecret(diffie_hellman, enc, recipient), info);
  const std::shared_ptr<const BulkCrypto> crypto = MakeOpenSslBulk();
  Bytes sealed(kHpkeOverhead + plaintext.size());
  const MutableBytes all(sealed);
  std::ranges::copy(enc, all.begin());
  const MutableBytes ciphertext = all.subspan(kEncSize, plaintext.size());
  crypto->NewWorker()->Encrypt(*crypto->Prepare(message.key), message.nonce, aad, {&plaintext, 1},
                               {&ciphertext, 1}, all.last<kTagSize>());
  return sealed;
}

Expected<Bytes> HpkeSeal(const X25519PublicKey& recipient, ByteView info, ByteView aad, ByteView plaintext) {
  return HpkeSealWith(X25519PrivateKey::Generate(), recipient, info, aad, plaintext);
}

Expected<SecretBytes> HpkeOpen(const X25519PrivateKey& recipient, ByteView info, ByteView aad,
                               ByteView sealed) {
  if (sealed.size() < kHpkeOverhead) {
    return Fail(ErrorCode::kMalformed,
                "an HPKE message of " + std::to_string(sealed.size()) + " bytes is too short");
  }
  X25519PublicKey enc{};
  std::ranges::copy(sealed.first(kEncSize), enc.begin());
  SR_ASSIGN_OR_RETURN(const SecretBytes diffie_hellman, recipient.SharedSecret(enc));
  const MessageKey message = Schedule(KemSecret(diffie_hellman, enc, recipient.public_key()), info);
  const std::shared_ptr<const BulkCrypto> crypto = MakeOpenSslBulk();
  const ByteView ciphertext = sealed.subspan(kEncSize, sealed.size() - kHpkeOverhead);
  SecretBytes plaintext(ciphertext.size());
  const MutableBytes out = plaintext.ExposeForWriting();
  const bool verified = crypto->NewWorker()->Decrypt(*crypto->Prepare(message.key), message.nonce, aad,
                                                     {&ciphertext, 1}, {&out, 1}, sealed.last<kTagSize>());
  if (!verified) return Fail(ErrorCode::kAltered, "an HPKE message does not verify under this key");
  return plaintext;
}

}  // namespace strongroom::crypto
