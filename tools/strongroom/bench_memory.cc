#include <openssl/evp.h>

#include <array>
#include <cstring>
#include <memory>

#include "bench.h"
#include "strongroom/bundle/in_memory.h"
#include "strongroom/crypto/floe.h"
#include "strongroom/crypto/hash.h"
#include "units.h"

namespace strongroom::cli {
namespace {

constexpr std::size_t kSize = 64 << 20;

// OpenSSL's own AES-256-GCM over 1 MiB messages: the yardstick of everything in memory.
class OpenSslCipher {
 public:
  OpenSslCipher()
      : cipher_(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)), context_(EVP_CIPHER_CTX_new()) {}

  Status Encrypt(ByteView plaintext, MutableBytes out) {
    constexpr std::size_t kMessage = 1 << 20;
    static constexpr std::array<std::uint8_t, 32> kKey{};
    static constexpr std::array<std::uint8_t, 12> kNonce{};
    bool good = true;
    for (std::size_t at = 0; at < plaintext.size(); at += kMessage) {
      const int size = static_cast<int>(std::min(kMessage, plaintext.size() - at));
      int written = 0;
      good = good &&
             EVP_EncryptInit_ex2(context_.get(), cipher_.get(), kKey.data(), kNonce.data(), nullptr) == 1 &&
             EVP_EncryptUpdate(context_.get(), out.data() + at, &written, plaintext.data() + at, size) == 1 &&
             EVP_EncryptFinal_ex(context_.get(), out.data() + at, &written) == 1;
    }
    if (good) return {};
    return Fail(ErrorCode::kInternal, "OpenSSL cannot encrypt");
  }

 private:
  struct Free {
    void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  std::unique_ptr<EVP_CIPHER, Free> cipher_;
  std::unique_ptr<EVP_CIPHER_CTX, Free> context_;
};

// What a seal cannot do without, and nothing else: encrypted segments into leaf windows in memory, and the
// windows' hashes.
class EncryptAndHash {
 public:
  EncryptAndHash(std::shared_ptr<const crypto::BulkCrypto> bulk, std::size_t capacity)
      : worker_(bulk->NewWorker()),
        encryptor_(crypto::FloeEncryptor::Create(bulk, SecretBytes::Random(32), {})),
        buffer_(2 * parameters_.Segments(capacity)) {}

  // Whole segments alone: what is left of the plaintext is less than one.
  Status Run(ByteView plaintext) {
    std::array<Digest, kBatch> leaves;
    const std::size_t capacity = parameters_.segment_capacity();
    std::size_t hashed = 0;
    for (std::size_t position = 0; (position + 1) * capacity <= plaintext.size(); ++position) {
      const std::array<ByteView, 1> in = {plaintext.subspan(position * capacity, capacity)};
      pieces_.clear();
      buffer_.Pieces(position * parameters_.segment_length, (position + 1) * parameters_.segment_length,
                     pieces_);
      encryptor_.EncryptSegment(*worker_, position, false, in, pieces_);
      const std::size_t written = 2 * (position + 1);
      if (written - hashed < kBatch) continue;
      worker_->HashLeaves(buffer_, hashed, crypto::kLeafSize, leaves);
      hashed = written;
    }
    return {};
  }

 private:
  static constexpr std::size_t kBatch = 32;  // windows hashed at once: two to a segment
  crypto::FloeParameters parameters_;
  std::unique_ptr<crypto::BulkWorker> worker_;
  crypto::FloeEncryptor encryptor_;
  crypto::LeafBuffer buffer_;
  std::vector<MutableBytes> pieces_;
};

struct Goals {
  double seal, open, open_unchecked;
};

std::string Speeds(double seconds, const std::string& other, double other_seconds) {
  return FormatRate(kSize / seconds) + "; " + other + " " + FormatRate(kSize / other_seconds);
}

Expected<std::vector<Comparison>> CompareWeights(Session& session,
                                                 const std::shared_ptr<const crypto::BulkCrypto>& bulk,
                                                 unsigned rounds, const Goals& goals) {
  SR_ASSIGN_OR_RETURN(const Bytes weights, TrainedWeights(kSize));
  Bytes out(weights.size());
  OpenSslCipher cipher;
  bundle::InMemoryShard shard(bulk, weights.size());
  SR_RETURN_IF_ERROR(shard.Seal(codec::Element::kBf16, weights));
  SR_ASSIGN_OR_RETURN(const std::vector<double> t,
                      Medians(session,
                              {{"openssl", [&] { return cipher.Encrypt(weights, out); }, {}},
                               {"seal", [&] { return shard.Seal(codec::Element::kBf16, weights); }, {}},
                               {"open", [&] { return shard.Open(true, out); }, {}},
                               {"open unchecked", [&] { return shard.Open(false, out); }, {}},
                               {"memcpy",
                                [&] {
                                  std::memcpy(out.data(), weights.data(), out.size());
                                  return Status();
                                },
                                {}}},
                              rounds, Timing::kThread));
  SR_RETURN_IF_ERROR(shard.Open(true, out));
  if (out != weights) return Fail(ErrorCode::kInternal, "what was opened differs from what was sealed");
  const std::string with = " (" + std::string(bulk->name()) + ")";
  const auto row = [&](const std::string& work, double seconds, double goal) {
    return Comparison{work + with,
                      Speeds(seconds, "AES-256-GCM", t[0]) + ", memcpy " + FormatRate(kSize / t[4]),
                      t[0] / seconds, goal, true};
  };
  const double ratio = static_cast<double>(weights.size()) / static_cast<double>(shard.size());
  return std::vector<Comparison>{
      {"BF16 size, times smaller", FormatSize(weights.size()) + " to " + FormatSize(shard.size()), ratio,
       1.48, true},
      row("seal a core, of AES-256-GCM", t[1], goals.seal),
      row("open a core, of AES-256-GCM", t[2], goals.open),
      row("open a core without leaf check", t[3], goals.open_unchecked)};
}

Expected<std::vector<Comparison>> CompareIncompressible(Session& session,
                                                        const std::shared_ptr<const crypto::BulkCrypto>& bulk,
                                                        unsigned rounds) {
  const Bytes noise = crypto::RandomBytes(kSize);
  bundle::InMemoryShard shard(bulk, noise.size());
  EncryptAndHash alone(bulk, noise.size());
  SR_RETURN_IF_ERROR(alone.Run(noise));  // touches its memory once, as the shard has done
  SR_ASSIGN_OR_RETURN(
      const std::vector<double> t,
      Medians(session,
              {{"alone", [&] { return alone.Run(noise); }, {}},
               {"bytes", [&] { return shard.Seal(codec::Element::kBytes, noise); }, {}},
               {"quantised", [&] { return shard.Seal(codec::Element::kQuantised, noise); }, {}}},
              rounds, Timing::kThread));
  const std::string with = " (" + std::string(bulk->name()) + ")";
  return std::vector<Comparison>{{"seal incompressible, of encryption and hashing" + with,
                                  Speeds(t[1], "alone", t[0]), t[1] / t[0], 1.15, false},
                                 {"seal quantised, of encryption and hashing" + with,
                                  Speeds(t[2], "alone", t[0]), t[2] / t[0], 1.15, false}};
}

}  // namespace

Expected<std::vector<Comparison>> CompareInMemory(Session& session, unsigned rounds) {
  SR_ASSIGN_OR_RETURN(const std::shared_ptr<const crypto::BulkCrypto> bulk, session.Bulk());
  const Goals goals = bulk->name() == "openssl" ? Goals{0.18, 0.26, 0.55} : Goals{0.28, 0.50, 0.78};
  session.output().Note("in memory, one core, " + FormatSize(kSize) + " at a time ...");
  SR_ASSIGN_OR_RETURN(std::vector<Comparison> rows, CompareWeights(session, bulk, rounds, goals));
  SR_ASSIGN_OR_RETURN(const std::vector<Comparison> more, CompareIncompressible(session, bulk, rounds));
  rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

}  // namespace strongroom::cli
