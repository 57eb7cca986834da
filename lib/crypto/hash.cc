#include "strongroom/crypto/hash.h"

#include <openssl/hmac.h>
#include <sodium.h>

#include <algorithm>

#include "crypto/hkdf.h"
#include "crypto/openssl_handles.h"
#include "crypto/require.h"

namespace strongroom::crypto {
namespace {

// Looked up once: OpenSSL's search by name costs more than hashing a Merkle node.
const EVP_MD* Sha256Method() {
  static const DigestMethod method(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  Require(method != nullptr);
  return method.get();
}

Digest Sha256Prefixed(std::uint8_t prefix, ByteView first, ByteView second) {
  const std::array<ByteView, 3> pieces = {ByteView(&prefix, 1), first, second};
  return Sha256(pieces);
}

// RFC 2104, written to `out`, which has the hash's size.
void Hmac(const EVP_MD* hash, ByteView key, ByteView message, MutableBytes out) {
  const std::uint8_t none = 0;  // HMAC reads a null key as "the key of the call before"
  const std::uint8_t* key_data = key.empty() ? &none : key.data();
  Require(key.size() <= INT32_MAX);
  unsigned written = 0;
  Require(HMAC(hash, key_data, static_cast<int>(key.size()), message.data(), message.size(), out.data(),
               &written));
  Require(written == out.size());
}

// RFC 5869 section 2.2.
SecretBytes HkdfExtract(const EVP_MD* hash, ByteView salt, ByteView key) {
  SecretBytes pseudorandom_key(static_cast<std::size_t>(EVP_MD_get_size(hash)));
  Hmac(hash, salt, key, pseudorandom_key.ExposeForWriting());
  return pseudorandom_key;
}

// RFC 5869 section 2.3. Written out, because OpenSSL's own HKDF limits the length of `info`.
SecretBytes HkdfExpand(const EVP_MD* hash, ByteView key, ByteView info, std::size_t length) {
  const auto hash_size = static_cast<std::size_t>(EVP_MD_get_size(hash));
  Require(length <= 255 * hash_size);
  SecretBytes output(length);
  SecretBytes block(hash_size);
  SecretBytes message(hash_size + info.size() + 1);  // T(i-1) || info || i
  std::ranges::copy(info, message.ExposeForWriting().begin() + static_cast<std::ptrdiff_t>(hash_size));
  for (std::size_t done = 0, i = 1; done < length; ++i) {
    message.ExposeForWriting().back() = static_cast<std::uint8_t>(i);
    Hmac(hash, key, message.Expose().subspan(i == 1 ? hash_size : 0), block.ExposeForWriting());
    std::ranges::copy(block.Expose(), message.ExposeForWriting().begin());
    const std::size_t count = std::min(hash_size, length - done);
    std::ranges::copy(block.Expose().first(count), output.ExposeForWriting().subspan(done).begin());
    done += count;
  }
  return output;
}

}  // namespace

struct Sha256Stream::State {
  DigestContext context{EVP_MD_CTX_new()};
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {
  Require(state_->context != nullptr &&
          EVP_DigestInit_ex2(state_->context.get(), Sha256Method(), nullptr) == 1);
}

Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;
Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::Append(ByteView bytes) {
  Require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

Digest Sha256Stream::Finish() {
  Digest digest{};
  Require(EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr) == 1 &&
          EVP_DigestInit_ex2(state_->context.get(), nullptr, nullptr) == 1);
  return digest;
}

Digest Sha256(ByteView bytes) {
  return Sha256({&bytes, 1});
}

// Each thread keeps the state that it hashes with: making one costs as much as hashing a Merkle node.
Digest Sha256(std::span<const ByteView> pieces) {
  static thread_local Sha256Stream stream;
  for (const ByteView piece : pieces) stream.Append(piece);
  return stream.Finish();
}

Digest MerkleLeafHash(ByteView entry) {
  return Sha256Prefixed(0x00, entry, {});
}

Digest MerkleNodeHash(const Digest& left, const Digest& right) {
  return Sha256Prefixed(0x01, left, right);
}

SecretBytes HkdfExpandSha384(ByteView key, ByteView info, std::size_t length) {
  return HkdfExpand(EVP_sha384(), key, info, length);
}

SecretBytes HkdfExtractSha256(ByteView salt, ByteView key) {
  return HkdfExtract(EVP_sha256(), salt, key);
}

SecretBytes HkdfExpandSha256(ByteView key, ByteView info, std::size_t length) {
  return HkdfExpand(EVP_sha256(), key, info, length);
}

SecretBytes HkdfSha256(ByteView key, ByteView salt, ByteView info, std::size_t length) {
  return HkdfExpandSha256(HkdfExtractSha256(salt, key).Expose(), info, length);
}

SecretBytes HkdfSha384(ByteView key, ByteView salt, ByteView info, std::size_t length) {
  return HkdfExpand(EVP_sha384(), HkdfExtract(EVP_sha384(), salt, key).Expose(), info, length);
}

void RandomFill(MutableBytes out) {
  static const bool ready = sodium_init() >= 0;  // its generator is thread-safe only after this
  Require(ready);
  if (!out.empty()) randombytes_buf(out.data(), out.size());
}

Bytes RandomBytes(std::size_t count) {
  Bytes bytes(count);
  RandomFill(bytes);
  return bytes;
}

}  // namespace strongroom::crypto
