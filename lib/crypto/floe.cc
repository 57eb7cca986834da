#include "strongroom/crypto/floe.h"

#include <algorithm>
#include <mutex>

#include "crypto/pieces.h"
#include "crypto/require.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::crypto {
namespace {

constexpr std::size_t kParameterSize = 10;
constexpr std::size_t kIvSize = 32;
constexpr std::size_t kHeaderTagSize = 32;
constexpr std::size_t kMessageKeySize = 48;
constexpr std::size_t kSegmentKeySize = 32;
constexpr std::size_t kLengthWordSize = 4;
constexpr std::size_t kNonceSize = 12;
using SegmentPrefix = std::array<std::uint8_t, kLengthWordSize + kNonceSize>;
using SegmentTag = std::array<std::uint8_t, 16>;
constexpr std::uint32_t kNotFinal = 0xffffffff;
constexpr std::uint64_t kMostSegments = std::uint64_t{1} << 40;
static_assert(kParameterSize + kIvSize + kHeaderTagSize == kFloeHeaderSize);
static_assert(sizeof(SegmentPrefix) + sizeof(SegmentTag) == kFloeSegmentOverhead);

Bytes EncodeParameters(const FloeParameters& parameters) {
  ByteWriter writer;
  writer.U8(0).U8(0).U32Be(parameters.segment_length).U32Be(kIvSize);  // AES-256-GCM, HKDF-Expand-SHA-384
  return std::move(writer).Take();
}

Status CheckParameters(const FloeHeader& header, const FloeParameters& expected) {
  ByteReader reader(header, "floe header");
  SR_ASSIGN_OR_RETURN(const std::uint8_t aead, reader.U8());
  SR_ASSIGN_OR_RETURN(const std::uint8_t kdf, reader.U8());
  SR_ASSIGN_OR_RETURN(const std::uint32_t segment_length, reader.U32Be());
  SR_ASSIGN_OR_RETURN(const std::uint32_t iv_size, reader.U32Be());
  if (aead != 0 || kdf != 0 || iv_size != kIvSize) {
    return Fail(ErrorCode::kUnsupported, "floe header: an algorithm that this version does not know",
                "use a newer version");
  }
  if (segment_length == expected.segment_length) return {};
  return Fail(ErrorCode::kMalformed, "floe header: segments of " + std::to_string(segment_length) +
                                         " bytes, not " + std::to_string(expected.segment_length));
}

void StoreBigEndian(std::uint64_t value, MutableBytes out) {
  for (std::size_t i = out.size(); i-- > 0; value >>= 8) out[i] = static_cast<std::uint8_t>(value);
}

std::array<std::uint8_t, 9> SegmentAad(std::uint64_t position, bool final) {
  std::array<std::uint8_t, 9> aad;
  StoreBigEndian(position, MutableBytes(aad).first<8>());
  aad[8] = final ? 1 : 0;
  return aad;
}

std::uint32_t LengthWord(bool final, std::size_t size) {
  return final ? static_cast<std::uint32_t>(size) : kNotFinal;
}

// FileKeys is what both directions know of one file: the header and the keys that derive from it.
// Thread-safe.
class FileKeys {
 public:
  FileKeys(std::shared_ptr<const BulkCrypto> bulk, const SecretBytes& key, ByteView aad,
           const FloeHeader& header, FloeParameters parameters)
      : bulk_(std::move(bulk)), parameters_(parameters), header_(header), aad_(ToBytes(aad)) {
    message_key_ = Derive(key, "MESSAGE_KEY:", {}, kMessageKeySize);
    header_tag_ = Derive(key, "HEADER_TAG:", {}, kHeaderTagSize);
    first_key_ = MakeSegmentKey(0);
  }

  [[nodiscard]] const FloeHeader& header() const { return header_; }
  [[nodiscard]] ByteView header_tag() const { return header_tag_.Expose(); }  // the one the header must hold
  void SetHeaderTag() { std::ranges::copy(header_tag(), header_.end() - kHeaderTagSize); }
  [[nodiscard]] bool HeaderTagVerifies() const {
    return ConstantTimeEqual(header_tag(), ByteView(header_).last(kHeaderTagSize));
  }

  // Whether there may be a segment of this size at this position and finality.
  [[nodiscard]] bool SizeAllowed(std::uint64_t position, bool final, std::size_t size) const {
    if (position >= kMostSegments) return false;
    if (!final) return size == parameters_.segment_length;
    return size >= kFloeSegmentOverhead && size <= parameters_.segment_length;
  }

  // The AES key of a segment. The first 2^rotation_bits segments take no lock: with the specification's
  // parameters and 64 KiB segments those are the first 64 GiB of the file.
  [[nodiscard]] std::shared_ptr<const AeadKey> SegmentKey(std::uint64_t position) const {
    const std::uint64_t group = position >> parameters_.rotation_bits;
    if (group == 0) return first_key_;
    const std::scoped_lock lock(mutex_);
    if (group != later_group_) {
      later_key_ = MakeSegmentKey(group);
      later_group_ = group;
    }
    return later_key_;
  }

 private:
  // FLOE_KDF of the specification.
  [[nodiscard]] SecretBytes Derive(const SecretBytes& key, std::string_view purpose, ByteView purpose_tail,
                                   std::size_t length) const {
    ByteWriter info;
    info.Append(ByteView(header_).first(kParameterSize + kIvSize))
        .Append(purpose)
        .Append(purpose_tail)
        .Append(aad_);
    return HkdfExpandSha384(key.Expose(), info.bytes(), length);
  }

  [[nodiscard]] std::shared_ptr<const AeadKey> MakeSegmentKey(std::uint64_t group) const {
    ByteWriter position;
    position.U64Be(group << parameters_.rotation_bits);
    return bulk_->Prepare(Derive(message_key_, "DEK:", position.bytes(), kSegmentKeySize));
  }

  std::shared_ptr<const BulkCrypto> bulk_;
  FloeParameters parameters_;
  FloeHeader header_;
  Bytes aad_;
  SecretBytes message_key_;
  SecretBytes header_tag_;
  std::shared_ptr<const AeadKey> first_key_;
  mutable std::mutex mutex_;
  mutable std::uint64_t later_group_ = 0;  // which later_key_ belongs to; 0 for none
  mutable std::shared_ptr<const AeadKey> later_key_;
};

FloeHeader NewHeader(const FloeParameters& parameters) {
  FloeHeader header{};
  std::ranges::copy(EncodeParameters(parameters), header.begin());
  RandomFill(MutableBytes(header).subspan(kParameterSize, kIvSize));
  return header;
}

// The keys of a file whose header is there already, if the header belongs to this key and aad.
template <typename State>
Expected<std::unique_ptr<State>> OpenHeader(std::shared_ptr<const BulkCrypto> bulk, const SecretBytes& key,
                                            ByteView aad, const FloeHeader& header,
                                            FloeParameters parameters) {
  SR_RETURN_IF_ERROR(CheckParameters(header, parameters));
  auto state = std::make_unique<State>(std::move(bulk), key, aad, header, parameters);
  if (state->HeaderTagVerifies()) return state;
  return Fail(ErrorCode::kAltered, "floe header: does not verify under this key and identity");
}

std::unexpected<Error> SegmentAltered(std::uint64_t position, std::string_view why) {
  return Fail(ErrorCode::kAltered, "floe segment " + std::to_string(position) + ": " + std::string(why));
}

}  // namespace

std::uint64_t FloeParameters::Segments(std::uint64_t plaintext_size) const {
  const std::uint64_t full = plaintext_size / segment_capacity();
  return std::max<std::uint64_t>(1, full + (plaintext_size % segment_capacity() != 0));
}

std::uint64_t FloeParameters::EncryptedSize(std::uint64_t plaintext_size) const {
  return kFloeHeaderSize + Segments(plaintext_size) * kFloeSegmentOverhead + plaintext_size;
}

Expected<std::uint64_t> FloeParameters::PlaintextSize(std::uint64_t encrypted_size) const {
  const auto refuse = [&] {
    return Fail(ErrorCode::kMalformed,
                "floe: no plaintext makes a file of " + std::to_string(encrypted_size) + " bytes");
  };
  if (encrypted_size < kFloeHeaderSize + kFloeSegmentOverhead) return refuse();
  const std::uint64_t body = encrypted_size - kFloeHeaderSize;
  const std::uint64_t segments = body / segment_length + (body % segment_length != 0);
  if (segments > kMostSegments || segments * kFloeSegmentOverhead > body) return refuse();
  const std::uint64_t plaintext = body - segments * kFloeSegmentOverhead;
  if (Segments(plaintext) != segments) return refuse();
  return plaintext;
}

struct FloeEncryptor::State : FileKeys {
  using FileKeys::FileKeys;
};

FloeEncryptor::FloeEncryptor(std::unique_ptr<State> state) : state_(std::move(state)) {}
FloeEncryptor::FloeEncryptor(FloeEncryptor&&) noexcept = default;
FloeEncryptor& FloeEncryptor::operator=(FloeEncryptor&&) noexcept = default;
FloeEncryptor::~FloeEncryptor() = default;

FloeEncryptor FloeEncryptor::Create(std::shared_ptr<const BulkCrypto> bulk, const SecretBytes& key,
                                    ByteView aad, FloeParameters parameters) {
  auto state = std::make_unique<State>(std::move(bulk), key, aad, NewHeader(parameters), parameters);
  state->SetHeaderTag();
  return FloeEncryptor(std::move(state));
}

Expected<FloeEncryptor> FloeEncryptor::Resume(std::shared_ptr<const BulkCrypto> bulk, const SecretBytes& key,
                                              ByteView aad, const FloeHeader& header,
                                              FloeParameters parameters) {
  SR_ASSIGN_OR_RETURN(auto state, OpenHeader<State>(std::move(bulk), key, aad, header, parameters));
  return FloeEncryptor(std::move(state));
}

const FloeHeader& FloeEncryptor::header() const {
  return state_->header();
}

void FloeEncryptor::EncryptSegment(BulkWorker& worker, std::uint64_t position, bool final,
                                   std::span<const ByteView> plaintext,
                                   std::span<const MutableBytes> out) const {
  const std::size_t size = TotalSize(out);
  Require(state_->SizeAllowed(position, final, size) && TotalSize(plaintext) + kFloeSegmentOverhead == size);
  SegmentPrefix prefix;
  const auto nonce = worker.RandomNonce();
  StoreBigEndian(LengthWord(final, size), MutableBytes(prefix).first<kLengthWordSize>());
  std::ranges::copy(nonce, prefix.begin() + kLengthWordSize);
  SegmentTag tag;
  worker.Encrypt(*state_->SegmentKey(position), nonce, SegmentAad(position, final), plaintext,
                 Slice(out, prefix.size(), size - tag.size()), tag);
  const std::array<ByteView, 2> ends = {prefix, tag};
  CopyPieces(std::span(ends).first<1>(), Slice(out, 0, prefix.size()));
  CopyPieces(std::span(ends).last<1>(), Slice(out, size - tag.size(), size));
}

struct FloeDecryptor::State : FileKeys {
  using FileKeys::FileKeys;
};

FloeDecryptor::FloeDecryptor(std::unique_ptr<State> state) : state_(std::move(state)) {}
FloeDecryptor::FloeDecryptor(FloeDecryptor&&) noexcept = default;
FloeDecryptor& FloeDecryptor::operator=(FloeDecryptor&&) noexcept = default;
FloeDecryptor::~FloeDecryptor() = default;

Expected<FloeDecryptor> FloeDecryptor::Create(std::shared_ptr<const BulkCrypto> bulk, const SecretBytes& key,
                                              ByteView aad, const FloeHeader& header,
                                              FloeParameters parameters) {
  SR_ASSIGN_OR_RETURN(auto state, OpenHeader<State>(std::move(bulk), key, aad, header, parameters));
  return FloeDecryptor(std::move(state));
}

Status FloeDecryptor::DecryptSegment(BulkWorker& worker, std::uint64_t position, bool final,
                                     std::span<const ByteView> segment,
                                     std::span<const MutableBytes> plaintext) const {
  const std::size_t size = TotalSize(segment);
  if (!state_->SizeAllowed(position, final, size)) {
    return SegmentAltered(position, "cannot be here with " + std::to_string(size) + " bytes");
  }
  if (TotalSize(plaintext) + kFloeSegmentOverhead != size) {
    return Fail(ErrorCode::kInvalidArgument, "floe: the buffer does not fit the segment");
  }
  SegmentPrefix prefix;
  SegmentTag tag;
  const std::array<MutableBytes, 2> ends = {prefix, tag};
  CopyPieces(Slice(segment, 0, prefix.size()), std::span(ends).first<1>());
  CopyPieces(Slice(segment, size - tag.size(), size), std::span(ends).last<1>());
  std::array<std::uint8_t, kLengthWordSize> length_word;
  StoreBigEndian(LengthWord(final, size), length_word);
  if (!std::ranges::equal(length_word, std::span(prefix).first<kLengthWordSize>())) {
    return SegmentAltered(position, "its length word is wrong");
  }
  const bool verified = worker.Decrypt(*state_->SegmentKey(position), std::span(prefix).last<kNonceSize>(),
                                       SegmentAad(position, final),
                                       Slice(segment, prefix.size(), size - tag.size()), plaintext, tag);
  if (!verified) return SegmentAltered(position, "does not verify");
  return {};
}

}  // namespace strongroom::crypto
