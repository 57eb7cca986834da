#include "strongroom/crypto/floe.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>

#include "providers.h"

namespace strongroom::crypto {
namespace {

constexpr FloeParameters kSmall{.segment_length = 64, .rotation_bits = 2};
constexpr std::string_view kAad = "This is AAD";

Bytes EncryptAll(const std::shared_ptr<const BulkCrypto>& bulk, BulkWorker& worker, const SecretBytes& key,
                 ByteView plaintext, FloeParameters parameters) {
  const auto encryptor = FloeEncryptor::Create(bulk, key, AsBytes(kAad), parameters);
  Bytes file = ToBytes(encryptor.header());
  const std::uint64_t segments = parameters.Segments(plaintext.size());
  for (std::uint64_t position = 0; position < segments; ++position) {
    const ByteView piece =
        plaintext.first(std::min<std::size_t>(plaintext.size(), parameters.segment_capacity()));
    plaintext = plaintext.subspan(piece.size());
    Bytes segment(piece.size() + kFloeSegmentOverhead);
    const MutableBytes out(segment);
    encryptor.EncryptSegment(worker, position, position + 1 == segments, {&piece, 1}, {&out, 1});
    file.insert(file.end(), segment.begin(), segment.end());
  }
  return file;
}

FloeHeader HeaderOf(ByteView file) {
  FloeHeader header{};
  std::copy_n(file.begin(), header.size(), header.begin());
  return header;
}

// Decrypts a whole file, whatever its length, the last run of bytes taken for its final segment.
Expected<Bytes> DecryptAll(const std::shared_ptr<const BulkCrypto>& bulk, BulkWorker& worker,
                           const SecretBytes& key, ByteView file, FloeParameters parameters,
                           std::string_view aad = kAad) {
  if (file.size() < kFloeHeaderSize) return Fail(ErrorCode::kTruncated, "no header");
  SR_ASSIGN_OR_RETURN(const auto decryptor,
                      FloeDecryptor::Create(bulk, key, AsBytes(aad), HeaderOf(file), parameters));
  Bytes plaintext;
  ByteView rest = file.subspan(kFloeHeaderSize);
  if (rest.empty()) return Fail(ErrorCode::kTruncated, "no segment");
  for (std::uint64_t position = 0; !rest.empty(); ++position) {
    const ByteView segment = rest.first(std::min<std::size_t>(rest.size(), parameters.segment_length));
    rest = rest.subspan(segment.size());
    Bytes piece(segment.size() - std::min(segment.size(), kFloeSegmentOverhead));
    const MutableBytes out(piece);
    SR_RETURN_IF_ERROR(decryptor.DecryptSegment(worker, position, rest.empty(), {&segment, 1}, {&out, 1}));
    plaintext.insert(plaintext.end(), piece.begin(), piece.end());
  }
  return plaintext;
}

Bytes ReadHexFile(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return FromHex(text).value();
}

Bytes Numbered(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  return bytes;
}

class Floe : public EveryProvider {
 protected:
  Bytes Encrypt(ByteView plaintext) { return EncryptAll(bulk_, *worker_, key_, plaintext, kSmall); }
  Expected<Bytes> Decrypt(ByteView file) { return DecryptAll(bulk_, *worker_, key_, file, kSmall); }

  // The known answers in a folder: NAME_ct.txt decrypts to NAME_pt.txt.
  void CheckKnownAnswers(const std::filesystem::path& folder) {
    int checked = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      std::string name = entry.path().filename();
      if (!name.ends_with("_ct.txt")) continue;
      SCOPED_TRACE(name);
      const Bytes file = ReadHexFile(entry.path());
      name.replace(name.size() - 6, 2, "pt");
      ByteReader reader(file);
      ASSERT_TRUE(reader.Skip(2));
      const FloeParameters parameters{.segment_length = *reader.U32Be(),
                                      .rotation_bits = name.find("rotation") == std::string::npos ? 20U : 2U};
      const Expected<Bytes> plaintext = DecryptAll(bulk_, *worker_, SecretBytes(32), file, parameters);
      ASSERT_TRUE(plaintext) << plaintext.error().message;
      EXPECT_EQ(Hex(*plaintext), Hex(ReadHexFile(folder / name)));
      ++checked;
    }
    EXPECT_GE(checked, 4);
  }

  SecretBytes key_ = SecretBytes::Random(32);
};

STRONGROOM_FOR_EVERY_PROVIDER(Floe);

TEST_P(Floe, PublishedKnownAnswersDecrypt) {
  CheckKnownAnswers(std::filesystem::path(STRONGROOM_VECTORS) / "floe");
}

TEST_P(Floe, KnownAnswersOfTheCorpusDecrypt) {
  const char* corpus = std::getenv("STRONGROOM_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "STRONGROOM_CORPUS is not set";
  CheckKnownAnswers(std::filesystem::path(corpus) / "floe");
}

TEST_P(Floe, EverySizeRoundTrips) {
  for (std::size_t size = 0; size <= 200; ++size) {
    const Bytes file = Encrypt(Numbered(size));
    EXPECT_EQ(file.size(), kSmall.EncryptedSize(size));
    EXPECT_EQ(kSmall.PlaintextSize(file.size()).value(), size);
    EXPECT_EQ(Decrypt(file).value(), Numbered(size));
  }
}

TEST_P(Floe, FullSizeSegmentsRoundTrip) {
  const Bytes plaintext = Numbered(3 * 65504 + 17);
  const Bytes file = EncryptAll(bulk_, *worker_, key_, plaintext, {});
  EXPECT_TRUE(DecryptAll(bulk_, *worker_, key_, file, {}) == plaintext);
}

TEST_P(Floe, EveryFlippedBitIsRefused) {
  const Bytes file = Encrypt(Numbered(100));
  for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
    Bytes altered = file;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const Expected<Bytes> result = Decrypt(altered);
    ASSERT_FALSE(result) << "bit " << bit;
    const bool in_algorithms = bit < 16 || (bit >= 48 && bit < 80);
    const bool in_segment_length = bit >= 16 && bit < 48;
    const ErrorCode expected = in_algorithms       ? ErrorCode::kUnsupported
                               : in_segment_length ? ErrorCode::kMalformed
                                                   : ErrorCode::kAltered;
    EXPECT_EQ(result.error().code, expected) << "bit " << bit;
  }
}

TEST_P(Floe, EveryTruncationIsRefused) {
  const Bytes file = Encrypt(Numbered(100));
  for (std::size_t size = kFloeHeaderSize + 1; size < file.size(); ++size) {
    const Expected<Bytes> result = Decrypt(ByteView(file).first(size));
    ASSERT_FALSE(result) << size;
    EXPECT_EQ(result.error().code, ErrorCode::kAltered);
  }
}

TEST_P(Floe, AppendedBytesAreRefused) {
  Bytes file = Encrypt(Numbered(100));
  file.push_back(0);
  EXPECT_EQ(Decrypt(file).error().code, ErrorCode::kAltered);
}

TEST_P(Floe, ExchangedSegmentsAreRefused) {
  Bytes file = Encrypt(Numbered(100));
  const auto first = file.begin() + kFloeHeaderSize;
  std::swap_ranges(first, first + kSmall.segment_length, first + kSmall.segment_length);
  EXPECT_EQ(Decrypt(file).error().code, ErrorCode::kAltered);
}

TEST_P(Floe, AnotherKeyIsRefusedAtTheHeader) {
  const Bytes file = Encrypt(Numbered(10));
  const auto decryptor =
      FloeDecryptor::Create(bulk_, SecretBytes::Random(32), AsBytes(kAad), HeaderOf(file), kSmall);
  EXPECT_EQ(decryptor.error().code, ErrorCode::kAltered);
}

TEST_P(Floe, AnotherAadIsRefusedAtTheHeader) {
  const Bytes file = Encrypt(Numbered(10));
  const auto decryptor = FloeDecryptor::Create(bulk_, key_, AsBytes("This is AAE"), HeaderOf(file), kSmall);
  EXPECT_EQ(decryptor.error().code, ErrorCode::kAltered);
}

TEST_P(Floe, HeaderOfAnotherFileIsRefusedAtTheSegment) {
  const Bytes one = Encrypt(Numbered(10));
  const Bytes two = Encrypt(Numbered(10));
  Bytes mixed(one.begin(), one.begin() + kFloeHeaderSize);
  mixed.insert(mixed.end(), two.begin() + kFloeHeaderSize, two.end());
  EXPECT_EQ(Decrypt(mixed).error().code, ErrorCode::kAltered);
}

// One segment at a time, its position and finality given by the caller.
class FloeSegment : public Floe {
 protected:
  Status DecryptAt(std::uint64_t position, bool final, MutableBytes out) {
    const auto decryptor = FloeDecryptor::Create(bulk_, key_, AsBytes(kAad), encryptor_->header(), kSmall);
    const ByteView segment(segment_);
    return decryptor->DecryptSegment(*worker_, position, final, {&segment, 1}, {&out, 1});
  }
  void EncryptAt(std::uint64_t position, bool final, ByteView plaintext) {
    encryptor_.emplace(FloeEncryptor::Create(bulk_, key_, AsBytes(kAad), kSmall));
    segment_.resize(plaintext.size() + kFloeSegmentOverhead);
    const MutableBytes out(segment_);
    encryptor_->EncryptSegment(*worker_, position, final, {&plaintext, 1}, {&out, 1});
  }

  std::optional<FloeEncryptor> encryptor_;
  Bytes segment_;
};

STRONGROOM_FOR_EVERY_PROVIDER(FloeSegment);

TEST_P(FloeSegment, MovedToAnotherPositionIsRefused) {
  EncryptAt(5, false, Numbered(32));
  Bytes out(32);
  for (const std::uint64_t position : {0, 4, 6, 5 + (1 << 20)}) {
    EXPECT_EQ(DecryptAt(position, false, out).error().code, ErrorCode::kAltered);
  }
  EXPECT_TRUE(DecryptAt(5, false, out));
  EXPECT_EQ(out, Numbered(32));
}

TEST_P(FloeSegment, FullFinalSegmentTakenForAnInnerOneIsRefused) {
  EncryptAt(1, true, Numbered(32));
  Bytes out(32);
  EXPECT_EQ(DecryptAt(1, false, out).error().code, ErrorCode::kAltered);
  std::fill_n(segment_.begin(), 4,
              std::uint8_t{0xff});  // the length word is not authenticated, the finality is
  EXPECT_EQ(DecryptAt(1, false, out).error().code, ErrorCode::kAltered);
}

TEST_P(FloeSegment, InnerSegmentTakenForTheFinalOneIsRefused) {
  EncryptAt(1, false, Numbered(32));
  Bytes out(32);
  EXPECT_EQ(DecryptAt(1, true, out).error().code, ErrorCode::kAltered);
  segment_[0] = segment_[1] = segment_[2] = 0;
  segment_[3] = 64;
  EXPECT_EQ(DecryptAt(1, true, out).error().code, ErrorCode::kAltered);
}

TEST_P(FloeSegment, RefusedSegmentLeavesNoPlaintext) {
  EncryptAt(0, true, Numbered(32));
  segment_.back() ^= 1;
  Bytes out(32, 0xee);
  EXPECT_EQ(DecryptAt(0, true, out).error().code, ErrorCode::kAltered);
  EXPECT_EQ(out, Bytes(32, 0));
}

TEST_P(FloeSegment, ImpossibleSizesAreRefused) {
  EncryptAt(0, true, Numbered(32));
  Bytes out(32);
  segment_.resize(65);
  EXPECT_EQ(DecryptAt(0, true, out).error().code, ErrorCode::kAltered);
  segment_.resize(31);
  EXPECT_EQ(DecryptAt(0, true, {}).error().code, ErrorCode::kAltered);
  segment_.clear();
  EXPECT_EQ(DecryptAt(0, true, {}).error().code, ErrorCode::kAltered);
}

TEST_P(FloeSegment, BufferOfAnotherSizeIsTheCallersMistake) {
  EncryptAt(0, true, Numbered(20));
  Bytes out(21);
  EXPECT_EQ(DecryptAt(0, true, out).error().code, ErrorCode::kInvalidArgument);
}

TEST_P(FloeSegment, PositionBeyondTheFormatsLimitIsRefused) {
  EncryptAt(0, true, Numbered(20));
  Bytes out(20);
  EXPECT_EQ(DecryptAt(std::uint64_t{1} << 40, true, out).error().code, ErrorCode::kAltered);
}

TEST_P(FloeSegment, MismatchedPlaintextEndsTheProcess) {
  const Bytes too_long(33);
  EXPECT_DEATH(EncryptAt(0, true, too_long), "");
  const Bytes short_inner(31);
  EXPECT_DEATH(EncryptAt(0, false, short_inner), "");
}

TEST_P(Floe, ResumedFileDecryptsAsOne) {
  const Bytes plaintext = Numbered(50);
  Bytes file = Encrypt(plaintext);
  const auto resumed = FloeEncryptor::Resume(bulk_, key_, AsBytes(kAad), HeaderOf(file), kSmall);
  ASSERT_TRUE(resumed);
  const ByteView last = ByteView(plaintext).subspan(32);
  const MutableBytes out = MutableBytes(file).last(last.size() + kFloeSegmentOverhead);
  resumed->EncryptSegment(*worker_, 1, true, {&last, 1}, {&out, 1});
  EXPECT_EQ(Decrypt(file).value(), plaintext);
}

TEST_P(Floe, ResumeUnderAnotherKeyIsRefused) {
  const Bytes file = Encrypt(Numbered(50));
  const auto resumed =
      FloeEncryptor::Resume(bulk_, SecretBytes::Random(32), AsBytes(kAad), HeaderOf(file), kSmall);
  EXPECT_EQ(resumed.error().code, ErrorCode::kAltered);
}

TEST_P(Floe, ManyThreadsEncryptOneFile) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kSegments = 400;
  const Bytes plaintext = Numbered(kSegments * 32);
  const auto encryptor = FloeEncryptor::Create(bulk_, key_, AsBytes(kAad), kSmall);
  Bytes file(kSmall.EncryptedSize(plaintext.size()));
  std::ranges::copy(encryptor.header(), file.begin());
  const auto encrypt_every = [&](std::size_t first) {
    const std::unique_ptr<BulkWorker> worker = bulk_->NewWorker();
    for (std::size_t i = first; i < kSegments; i += kThreads) {
      const ByteView in = ByteView(plaintext).subspan(i * 32, 32);
      const MutableBytes out = MutableBytes(file).subspan(kFloeHeaderSize + i * 64, 64);
      encryptor.EncryptSegment(*worker, i, i + 1 == kSegments, {&in, 1}, {&out, 1});
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) threads.emplace_back(encrypt_every, i);
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(Decrypt(file) == plaintext);
}

TEST_P(Floe, EqualFilesEncryptDifferently) {
  const Bytes one = Encrypt(Numbered(32));
  const Bytes two = Encrypt(Numbered(32));
  EXPECT_FALSE(std::equal(one.begin() + 10, one.begin() + 42, two.begin() + 10));
  EXPECT_FALSE(std::equal(one.begin() + 78, one.begin() + 90, two.begin() + 78));
}

TEST_P(Floe, PiecesCutAnywhereGiveTheSameMessage) {
  const Bytes plaintext = Numbered(32);
  const auto encryptor = FloeEncryptor::Create(bulk_, key_, AsBytes(kAad), kSmall);
  for (std::size_t cut = 0; cut <= 64; ++cut) {
    Bytes segment(64);
    const MutableBytes out(segment);
    const std::array<ByteView, 2> in = {ByteView(plaintext).first(cut / 2),
                                        ByteView(plaintext).subspan(cut / 2)};
    encryptor.EncryptSegment(*worker_, cut, false, in, std::array{out.first(cut), out.subspan(cut)});
    const auto decryptor = FloeDecryptor::Create(bulk_, key_, AsBytes(kAad), encryptor.header(), kSmall);
    Bytes back(32);
    const std::array<ByteView, 2> pieces = {ByteView(segment).first(64 - cut),
                                            ByteView(segment).subspan(64 - cut)};
    const MutableBytes target(back);
    EXPECT_TRUE(decryptor->DecryptSegment(*worker_, cut, false, pieces, {&target, 1}));
    EXPECT_EQ(back, plaintext);
  }
}

TEST(FloeParameters, SizesOfTheDefaultSegment) {
  const FloeParameters parameters;
  EXPECT_EQ(parameters.segment_capacity(), 65504U);
  EXPECT_EQ(parameters.Segments(0), 1U);
  EXPECT_EQ(parameters.Segments(65504), 1U);
  EXPECT_EQ(parameters.Segments(65505), 2U);
  EXPECT_EQ(parameters.EncryptedSize(0), 106U);
  EXPECT_EQ(parameters.EncryptedSize(65504), 74U + 65536);
}

TEST(FloeParameters, SizesThatNoPlaintextGivesAreRefused) {
  const FloeParameters parameters;
  for (const std::uint64_t size :
       {std::uint64_t{0}, std::uint64_t{74}, std::uint64_t{105}, std::uint64_t{74 + 65536 + 1},
        std::uint64_t{74 + 65536 + 31}, std::uint64_t{74 + 65536 + 32}, UINT64_MAX}) {
    EXPECT_EQ(parameters.PlaintextSize(size).error().code, ErrorCode::kMalformed) << size;
  }
  EXPECT_EQ(parameters.PlaintextSize(74 + 65536 + 33).value(), 65505U);
}

}  // namespace
}  // namespace strongroom::crypto
