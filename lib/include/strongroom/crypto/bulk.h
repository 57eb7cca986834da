// Bulk AES-256-GCM and leaf hashing, by one of two libraries that give the same bytes: OpenSSL, everywhere, and Intel's IPsec-MB,
// which is two to three times as fast where the processor has AVX-512 and VAES.
//
// A BulkCrypto is shared by all threads. A BulkWorker belongs to one thread. Keys prepared by a BulkCrypto work with its workers alone.
#ifndef STRONGROOM_CRYPTO_BULK_H_
#define STRONGROOM_CRYPTO_BULK_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom::crypto {

inline constexpr std::size_t kLeafSize = 32 * 1024;

// LeafBuffer holds a run of a file as leaf windows of 32 KiB, each preceded by the 0x00 byte of RFC 6962's leaf hash, so that a
// multi-buffer hash reads prefix and window as one message and no byte is copied for it. Windows are 64-byte aligned.
class LeafBuffer {
 public:
  explicit LeafBuffer(std::size_t windows);
  [[nodiscard]] std::size_t windows() const { return windows_; }
  [[nodiscard]] MutableBytes Window(std::size_t index, std::size_t size = kLeafSize);
  [[nodiscard]] ByteView Window(std::size_t index, std::size_t size = kLeafSize) const;
  // What is hashed for a leaf: the 0x00 byte and the window, size + 1 bytes.
  [[nodiscard]] ByteView Message(std::size_t index, std::size_t size = kLeafSize) const;
  // The pieces of the byte range [begin, end) counted over the windows end to end, in order; appended to `out`.
  void Pieces(std::size_t begin, std::size_t end, std::vector<MutableBytes>& out);
  void Pieces(std::size_t begin, std::size_t end, std::vector<ByteView>& out) const;

 private:
  static constexpr std::size_t kStride = kLeafSize + 64;
  std::size_t windows_;
  std::unique_ptr<std::uint8_t[], void (*)(void*)> memory_;
};

// AeadKey is a key made ready for many messages (key schedule and GHASH tables). Immutable; wiped at the end.
class AeadKey {
 public:
  virtual ~AeadKey() = default;
};

// BulkWorker does the work of one thread. Not to be carried across fork(): both processes would draw the same nonces.
class BulkWorker {
 public:
  virtual ~BulkWorker() = default;

  // A fresh random nonce. Drawn from the kernel many at a time, because a system call apiece costs as much as 4 KiB of encryption.
  std::array<std::uint8_t, 12> RandomNonce();

  // Encrypt: AES-256-GCM with a 12-byte nonce and a 16-byte tag over the concatenation of the plaintext pieces, written to the
  // concatenation of the ciphertext pieces, whose total size must be the same (the process ends otherwise). Pieces may be cut anywhere.
  virtual void Encrypt(const AeadKey& key, std::span<const std::uint8_t, 12> nonce, ByteView aad, std::span<const ByteView> plaintext,
                       std::span<const MutableBytes> ciphertext, std::span<std::uint8_t, 16> tag) = 0;
  // Decrypt is the inverse. False if the tag does not verify, and then the output is wiped.
  [[nodiscard]] virtual bool Decrypt(const AeadKey& key, std::span<const std::uint8_t, 12> nonce, ByteView aad,
                                     std::span<const ByteView> ciphertext, std::span<const MutableBytes> plaintext,
                                     std::span<const std::uint8_t, 16> tag) = 0;

  // HashLeaves: RFC 6962 leaf hashes of windows [first, first + out.size()) of the buffer; the last of them has `last_size` bytes
  // (1 to kLeafSize), the others kLeafSize.
  virtual void HashLeaves(const LeafBuffer& buffer, std::size_t first, std::size_t last_size, std::span<Digest> out) = 0;

 private:
  std::array<std::uint8_t, 12 * 256> nonces_;
  std::size_t nonces_used_ = sizeof(nonces_);  // bytes of nonces_ already given out
};

enum class BulkProvider { kFastest, kOpenSsl, kIpsecMb };

class BulkCrypto {
 public:
  virtual ~BulkCrypto() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;  // "openssl" or "ipsec-mb"
  [[nodiscard]] virtual std::shared_ptr<const AeadKey> Prepare(const SecretBytes& key) const = 0;  // 32 bytes
  [[nodiscard]] virtual std::unique_ptr<BulkWorker> NewWorker() const = 0;
};

// MakeBulkCrypto: kFastest is IPsec-MB where the library was built in and the processor has AVX-512, VAES and VPCLMULQDQ, after a
// self-test against OpenSSL; OpenSSL otherwise. kIpsecMb fails with kUnsupported where it cannot run.
Expected<std::shared_ptr<const BulkCrypto>> MakeBulkCrypto(BulkProvider provider);

}  // namespace strongroom::crypto

#endif  // STRONGROOM_CRYPTO_BULK_H_
