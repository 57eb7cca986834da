#include "strongroom/crypto/bulk.h"

#include <algorithm>
#include <array>

#include "crypto/bulk_providers.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::crypto {
namespace {

struct Sample {
  Bytes ciphertext;
  std::array<std::uint8_t, 16> tag{};
  std::vector<Digest> leaves;
  friend bool operator==(const Sample&, const Sample&) = default;
};

// What a provider makes of fixed inputs: a message in pieces that end between cipher blocks, and leaves
// enough for a multi-buffer hash.
Sample TakeSample(const BulkCrypto& bulk) {
  constexpr std::size_t kMessage = 1000;
  constexpr std::size_t kCut = 333;
  constexpr std::size_t kLeaves = 17;
  SecretBytes key(32);
  std::ranges::fill(key.ExposeForWriting(), std::uint8_t{0x5a});
  const std::array<std::uint8_t, 12> nonce = {1, 2, 3};
  const Bytes plaintext(kMessage, 0xa5);
  const std::array<ByteView, 2> in = {ByteView(plaintext).first(kCut), ByteView(plaintext).subspan(kCut)};
  Sample sample{Bytes(kMessage), {}, std::vector<Digest>(kLeaves)};
  const MutableBytes out(sample.ciphertext);
  const std::unique_ptr<BulkWorker> worker = bulk.NewWorker();
  worker->Encrypt(*bulk.Prepare(key), nonce, AsBytes("sample"), in, {&out, 1}, sample.tag);
  LeafBuffer buffer(kLeaves);
  for (std::size_t i = 0; i < kLeaves; ++i) std::ranges::fill(buffer.Window(i), static_cast<std::uint8_t>(i));
  worker->HashLeaves(buffer, 0, 77, sample.leaves);
  return sample;
}

Expected<std::shared_ptr<const BulkCrypto>> MakeTestedIpsecMb() {
  SR_ASSIGN_OR_RETURN(std::shared_ptr<const BulkCrypto> bulk, MakeIpsecMbBulk());
  if (TakeSample(*bulk) == TakeSample(*MakeOpenSslBulk())) return bulk;
  return Fail(ErrorCode::kUnsupported, "ipsec-mb: self-test failed: its output differs from openssl's",
              "use --crypto openssl");
}

}  // namespace

std::array<std::uint8_t, 12> BulkWorker::RandomNonce() {
  if (nonces_used_ == nonces_.size()) {
    RandomFill(nonces_);
    nonces_used_ = 0;
  }
  std::array<std::uint8_t, 12> nonce;
  std::copy_n(nonces_.begin() + static_cast<std::ptrdiff_t>(nonces_used_), nonce.size(), nonce.begin());
  nonces_used_ += nonce.size();
  return nonce;
}

Expected<std::shared_ptr<const BulkCrypto>> MakeBulkCrypto(BulkProvider provider) {
  if (provider == BulkProvider::kOpenSsl) return MakeOpenSslBulk();
  Expected<std::shared_ptr<const BulkCrypto>> fast = MakeTestedIpsecMb();
  if (!fast && provider == BulkProvider::kFastest) return MakeOpenSslBulk();
  return fast;
}

}  // namespace strongroom::crypto
