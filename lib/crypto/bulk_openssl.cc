#include <algorithm>
#include <atomic>

#include "crypto/bulk_providers.h"
#include "crypto/openssl_handles.h"
#include "crypto/pieces.h"
#include "crypto/require.h"

namespace strongroom::crypto {
namespace {

// EVP counts bytes in int.
constexpr std::size_t kLongestUpdate = 1 << 30;

class OpenSslKey final : public AeadKey {
 public:
  OpenSslKey(const SecretBytes& key, std::uint64_t serial) : key_(key.Clone()), serial_(serial) {}
  [[nodiscard]] const SecretBytes& bytes() const { return key_; }
  [[nodiscard]] std::uint64_t serial() const { return serial_; }  // from 1; never used twice by one provider

 private:
  SecretBytes key_;
  std::uint64_t serial_;
};

class OpenSslWorker final : public BulkWorker {
 public:
  OpenSslWorker(EVP_CIPHER* cipher, EVP_MD* sha256)
      : context_(EVP_CIPHER_CTX_new()), hash_(EVP_MD_CTX_new()) {
    Require(context_ != nullptr && hash_ != nullptr);
    Require(EVP_CIPHER_up_ref(cipher) == 1);
    cipher_.reset(cipher);
    Require(EVP_MD_up_ref(sha256) == 1);
    sha256_.reset(sha256);
  }

  void Encrypt(const AeadKey& key, std::span<const std::uint8_t, 12> nonce, ByteView aad,
               std::span<const ByteView> plaintext, std::span<const MutableBytes> ciphertext,
               std::span<std::uint8_t, 16> tag) override {
    Begin(key, nonce, aad, Direction::kEncrypt);
    Process(plaintext, ciphertext);
    int written = 0;
    std::uint8_t nothing = 0;
    Require(EVP_CipherFinal_ex(context_.get(), &nothing, &written) == 1);
    Require(EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, 16, tag.data()) == 1);
  }

  bool Decrypt(const AeadKey& key, std::span<const std::uint8_t, 12> nonce, ByteView aad,
               std::span<const ByteView> ciphertext, std::span<const MutableBytes> plaintext,
               std::span<const std::uint8_t, 16> tag) override {
    Begin(key, nonce, aad, Direction::kDecrypt);
    Process(ciphertext, plaintext);
    std::array<std::uint8_t, 16> expected;
    std::ranges::copy(tag, expected.begin());
    Require(EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, 16, expected.data()) == 1);
    int written = 0;
    std::uint8_t nothing = 0;
    if (EVP_CipherFinal_ex(context_.get(), &nothing, &written) == 1) return true;
    for (const MutableBytes piece : plaintext) Wipe(piece);
    return false;
  }

  void HashLeaves(const LeafBuffer& buffer, std::size_t first, std::size_t last_size,
                  std::span<Digest> out) override {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const ByteView message = buffer.Message(first + i, i + 1 < out.size() ? kLeafSize : last_size);
      Require(EVP_DigestInit_ex2(hash_.get(), sha256_.get(), nullptr) == 1);
      Require(EVP_DigestUpdate(hash_.get(), message.data(), message.size()) == 1);
      Require(EVP_DigestFinal_ex(hash_.get(), out[i].data(), nullptr) == 1);
    }
  }

 private:
  enum class Direction : int { kDecrypt = 0, kEncrypt = 1 };

  // Starts a message. The key schedule and GHASH tables of the message before are kept where the key is the
  // same.
  void Begin(const AeadKey& any_key, std::span<const std::uint8_t, 12> nonce, ByteView aad,
             Direction direction) {
    const auto& key = static_cast<const OpenSslKey&>(any_key);
    const bool same_key = key.serial() == key_serial_;
    const EVP_CIPHER* cipher = key_serial_ == 0 ? cipher_.get() : nullptr;
    const std::uint8_t* key_bytes = same_key ? nullptr : key.bytes().Expose().data();
    Require(EVP_CipherInit_ex2(context_.get(), cipher, key_bytes, nonce.data(), static_cast<int>(direction),
                               nullptr) == 1);
    key_serial_ = key.serial();
    while (!aad.empty()) {
      const ByteView part = aad.first(std::min(aad.size(), kLongestUpdate));
      Update(nullptr, part.data(), part.size());
      aad = aad.subspan(part.size());
    }
  }

  void Process(std::span<const ByteView> source, std::span<const MutableBytes> target) {
    Require(TotalSize(source) == TotalSize(target));
    ForEachRun(source, target, [this](const std::uint8_t* from, std::uint8_t* to, std::size_t size) {
      for (std::size_t done = 0; done < size; done += kLongestUpdate) {
        Update(to + done, from + done, std::min(kLongestUpdate, size - done));
      }
    });
  }

  void Update(std::uint8_t* to, const std::uint8_t* from, std::size_t size) {
    int written = 0;
    Require(EVP_CipherUpdate(context_.get(), to, &written, from, static_cast<int>(size)) == 1);
  }

  Cipher cipher_;
  DigestMethod sha256_;
  CipherContext context_;
  DigestContext hash_;
  std::uint64_t key_serial_ = 0;  // of the key that context_ holds; 0 for none
};

class OpenSslBulk final : public BulkCrypto {
 public:
  OpenSslBulk()
      : cipher_(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)),
        sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr)) {
    Require(cipher_ != nullptr && sha256_ != nullptr);
  }

  std::string_view name() const override { return "openssl"; }

  std::shared_ptr<const AeadKey> Prepare(const SecretBytes& key) const override {
    Require(key.size() == 32);
    return std::make_shared<OpenSslKey>(key, ++last_serial_);
  }

  std::unique_ptr<BulkWorker> NewWorker() const override {
    return std::make_unique<OpenSslWorker>(cipher_.get(), sha256_.get());
  }

 private:
  Cipher cipher_;
  DigestMethod sha256_;
  mutable std::atomic<std::uint64_t> last_serial_ = 0;
};

}  // namespace

std::shared_ptr<const BulkCrypto> MakeOpenSslBulk() {
  return std::make_shared<OpenSslBulk>();
}

}  // namespace strongroom::crypto
