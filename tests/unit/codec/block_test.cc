#include "strongroom/codec/block.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <cmath>
#include <cstring>
#include <optional>
#include <random>

namespace strongroom::codec {
namespace {

constexpr std::uint8_t kModeRaw = 0, kModeZeros = 1, kModeFrame = 2, kModePlanes = 3;

const std::vector<Element> kElements = {Element::kBytes, Element::kFp8,   Element::kBf16,     Element::kFp16,
                                        Element::kF32,   Element::kF64,   Element::kInt8,     Element::kInt16,
                                        Element::kInt32, Element::kInt64, Element::kQuantised};

Bytes Joined(const CodedBlock& block) {
  Bytes joined;
  for (ByteView piece : block.pieces()) joined.insert(joined.end(), piece.begin(), piece.end());
  return joined;
}

Bytes Code(Element element, ByteView plaintext) {
  BlockCoder coder;
  CodedBlock block;
  EXPECT_TRUE(coder.Code(element, plaintext, block).has_value());
  EXPECT_EQ(Joined(block).size(), block.size());
  return Joined(block);
}

// The code of the error, or nothing for success.
std::optional<ErrorCode> DecodeError(Element element, ByteView coded, std::size_t size) {
  BlockDecoder decoder;
  Bytes plaintext(size);
  const Status status = decoder.Decode(element, coded, plaintext);
  return status ? std::nullopt : std::optional(status.error().code);
}

void ExpectRoundTrip(Element element, ByteView plaintext) {
  const Bytes coded = Code(element, plaintext);
  EXPECT_LE(coded.size(), plaintext.size() + kMaxOverhead);
  BlockDecoder decoder;
  Bytes decoded(plaintext.size(), 0xa5);
  const Status status = decoder.Decode(element, coded, decoded);
  ASSERT_TRUE(status.has_value()) << status.error().message;
  EXPECT_TRUE(std::ranges::equal(decoded, plaintext));
}

Bytes RandomBytes(std::size_t size, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

// Weights as training leaves them: Gaussian, each row of 1024 at its own scale. `kept` is how many of the top
// bytes of each float to keep.
Bytes GaussianWeights(std::size_t count, std::size_t kept) {
  std::mt19937_64 random(7);
  std::normal_distribution<float> normal;
  Bytes bytes;
  float scale = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 1024 == 0) scale = 0.02F * std::exp(0.4F * normal(random));
    const float weight = scale * normal(random);
    std::uint8_t raw[4];
    std::memcpy(raw, &weight, 4);
    bytes.insert(bytes.end(), raw + 4 - kept, raw + 4);
  }
  return bytes;
}

Bytes Text(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i)
    text += "\"token_" + std::to_string(i * 7919 % 50000) + "\": " + std::to_string(i) + ",\n";
  text.resize(size);
  return ToBytes(AsBytes(text));
}

Bytes ZstdFrame(ByteView plain) {
  Bytes frame(ZSTD_compressBound(plain.size()));
  frame.resize(ZSTD_compress(frame.data(), frame.size(), plain.data(), plain.size(), 1));
  return frame;
}

TEST(BlockCoder, EverySizeOfEveryElementComesBack) {
  const Bytes random = RandomBytes(70000);
  const Bytes weights = GaussianWeights(20000, 4);
  const Bytes text = Text(70000);
  const Bytes zeros(70000);
  for (const Element element : kElements) {
    for (const std::size_t size : {0,  1,  2,   3,   4,   7,   8,    9,    15,   16,    17,   63,
                                   64, 65, 127, 128, 255, 257, 1001, 4096, 8191, 65536, 69999}) {
      SCOPED_TRACE(testing::Message() << "element " << int(element) << " size " << size);
      for (const Bytes& source : {random, weights, text, zeros})
        ExpectRoundTrip(element, ByteView(source).first(size));
    }
  }
}

TEST(BlockCoder, TheLargestBlockOfEachElementComesBack) {
  for (const Element element : kElements) {
    ExpectRoundTrip(element, GaussianWeights(kMaxBlock / 4, 4));
    ExpectRoundTrip(element, RandomBytes(kMaxBlock));
  }
}

TEST(BlockCoder, ABlockLongerThanTheLimitIsTheCallersMistake) {
  BlockCoder coder;
  CodedBlock block;
  const Status status = coder.Code(Element::kBytes, Bytes(kMaxBlock + 1), block);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(DecodeError(Element::kBytes, Bytes{kModeZeros}, kMaxBlock + 1), ErrorCode::kInvalidArgument);
}

TEST(BlockCoder, ZerosAreOneByte) {
  EXPECT_EQ(Code(Element::kBf16, Bytes(1000)), Bytes{kModeZeros});
  EXPECT_EQ(Code(Element::kQuantised, Bytes(1000)), Bytes{kModeZeros});
}

TEST(BlockCoder, RandomBytesStayRawAndAreNotCopied) {
  const Bytes random = RandomBytes(kMaxBlock);
  for (const Element element : kElements) {
    BlockCoder coder;
    CodedBlock block;
    ASSERT_TRUE(coder.Code(element, random, block).has_value());
    ASSERT_EQ(block.pieces().size(), 2U);
    EXPECT_EQ(block.pieces()[0][0], kModeRaw);
    EXPECT_EQ(block.pieces()[1].data(), random.data());
  }
}

TEST(BlockCoder, QuantisedWeightsAreNeverSearched) {
  EXPECT_EQ(Code(Element::kQuantised, Text(kMaxBlock))[0], kModeRaw);
}

TEST(BlockCoder, TrainedWeightsShrinkToTheirEntropy) {
  const Bytes bf16 = GaussianWeights(kMaxBlock / 2, 2);
  const Bytes coded = Code(Element::kBf16, bf16);
  EXPECT_EQ(coded[0], kModePlanes);
  EXPECT_GT(double(bf16.size()) / double(coded.size()), 1.48);
  const Bytes f32 = GaussianWeights(kMaxBlock / 4, 4);
  EXPECT_GT(double(f32.size()) / double(Code(Element::kF32, f32).size()), 1.18);
}

TEST(BlockCoder, FloatsWidenedFromBf16LoseTheirEmptyPlanes) {
  const Bytes narrow = GaussianWeights(kMaxBlock / 4, 2);
  Bytes wide;
  for (std::size_t i = 0; i < narrow.size(); i += 2)
    wide.insert(wide.end(), {0, 0, narrow[i], narrow[i + 1]});
  EXPECT_GT(double(wide.size()) / double(Code(Element::kF32, wide).size()), 2.9);
  ExpectRoundTrip(Element::kF32, wide);
}

TEST(BlockCoder, TextAndTablesUseMatches) {
  const Bytes text = Text(kMaxBlock);
  EXPECT_GT(double(text.size()) / double(Code(Element::kBytes, text).size()), 2.5);
  Bytes table;
  for (std::uint64_t i = 0; i < kMaxBlock / 8; ++i) {
    for (int shift = 0; shift < 64; shift += 8) table.push_back(static_cast<std::uint8_t>(i >> shift));
  }
  EXPECT_GT(double(table.size()) / double(Code(Element::kInt64, table).size()), 5.0);
}

TEST(BlockCoder, OneOddByteInAConstantPlaneIsKept) {
  Bytes wide = GaussianWeights(kMaxBlock / 4, 4);
  for (std::size_t i = 0; i < wide.size(); i += 4) wide[i] = 0;
  wide[4 * 77777] = 9;
  ExpectRoundTrip(Element::kF32, wide);
}

TEST(BlockCoder, ABlockIsReusedWithoutTracesOfTheLast) {
  BlockCoder coder;
  CodedBlock block;
  const Bytes weights = GaussianWeights(5000, 2);
  ASSERT_TRUE(coder.Code(Element::kBf16, weights, block).has_value());
  const Bytes first = Joined(block);
  ASSERT_TRUE(coder.Code(Element::kBytes, Text(9000), block).has_value());
  ASSERT_TRUE(coder.Code(Element::kBf16, weights, block).has_value());
  EXPECT_EQ(Joined(block), first);
}

// The worked example of the format: 1.0, -1.0 and 1.5 as BF16 are 3f80, bf80, 3fc0; rotated left 7f00, 7f01,
// 7f80.
TEST(BlockDecoder, PlanesWrittenByHandGiveTheElements) {
  BlockDecoder decoder;
  Bytes plaintext(7);
  const Bytes coded = {kModePlanes, 2, 0x7f, 0, 0x00, 0x01, 0x80, 0xee};
  ASSERT_TRUE(decoder.Decode(Element::kBf16, coded, plaintext).has_value());
  EXPECT_EQ(Hex(plaintext), "803f80bfc03fee");
}

TEST(BlockDecoder, AFrameMadeByAnyCompressorIsRead) {
  const Bytes text = Text(5000);
  Bytes coded = {kModeFrame};
  const Bytes frame = ZstdFrame(text);
  coded.insert(coded.end(), frame.begin(), frame.end());
  BlockDecoder decoder;
  Bytes plaintext(text.size());
  ASSERT_TRUE(decoder.Decode(Element::kBytes, coded, plaintext).has_value());
  EXPECT_EQ(plaintext, text);
}

TEST(BlockDecoder, AnotherDeclaredSizeIsRefused) {
  const Bytes weights = GaussianWeights(5000, 2);
  for (const Bytes& source : {weights, Bytes(10000), RandomBytes(10000), Text(10000)}) {
    for (const Element element : {Element::kBytes, Element::kBf16}) {
      const Bytes coded = Code(element, source);
      if (coded[0] == kModeZeros) continue;  // zeros fit every size
      EXPECT_EQ(DecodeError(element, coded, source.size() - 2), ErrorCode::kAltered);
      EXPECT_EQ(DecodeError(element, coded, source.size() + 2), ErrorCode::kAltered);
      EXPECT_EQ(DecodeError(element, coded, 0), ErrorCode::kAltered);
    }
  }
}

TEST(BlockDecoder, EveryTruncationAndExtensionIsRefused) {
  for (const Bytes& source : {GaussianWeights(400, 2), Text(800), RandomBytes(64)}) {
    for (const Element element : {Element::kBytes, Element::kBf16, Element::kF32}) {
      Bytes coded = Code(element, source);
      for (std::size_t size = 0; size < coded.size(); ++size) {
        EXPECT_EQ(DecodeError(element, ByteView(coded).first(size), source.size()), ErrorCode::kAltered)
            << size;
      }
      coded.push_back(0);
      EXPECT_EQ(DecodeError(element, coded, source.size()), ErrorCode::kAltered);
    }
  }
}

TEST(BlockDecoder, UnknownModesAreRefused) {
  EXPECT_EQ(DecodeError(Element::kBytes, Bytes{4, 0}, 1), ErrorCode::kAltered);
  EXPECT_EQ(DecodeError(Element::kBf16, Bytes{kModePlanes, 3, 0, 1, 2}, 2), ErrorCode::kAltered);
}

TEST(BlockDecoder, ZerosFollowedByBytesOrOfNoBytesAreRefused) {
  EXPECT_EQ(DecodeError(Element::kBytes, Bytes{kModeZeros, 0}, 1), ErrorCode::kAltered);
  EXPECT_EQ(DecodeError(Element::kBytes, Bytes{kModeZeros}, 0), ErrorCode::kAltered);
}

TEST(BlockDecoder, PlanesOfSingleByteElementsAreRefused) {
  EXPECT_EQ(DecodeError(Element::kBytes, Bytes{kModePlanes, 2, 7}, 1), ErrorCode::kAltered);
  EXPECT_EQ(DecodeError(Element::kBf16, Bytes{kModePlanes, 2, 7, 2, 7, 9}, 1), ErrorCode::kAltered);
}

TEST(BlockDecoder, TwoFramesWhereOneBelongsAreRefused) {
  const Bytes text = Text(6000);
  Bytes coded = {kModeFrame};
  for (const ByteView half : {ByteView(text).first(3000), ByteView(text).subspan(3000)}) {
    const Bytes frame = ZstdFrame(half);
    coded.insert(coded.end(), frame.begin(), frame.end());
  }
  EXPECT_EQ(DecodeError(Element::kBytes, coded, text.size()), ErrorCode::kAltered);
}

TEST(BlockDecoder, ASkippableFrameIsRefused) {
  const Bytes text = Text(3000);
  Bytes coded = {kModeFrame, 0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0};
  EXPECT_EQ(DecodeError(Element::kBytes, coded, 0), ErrorCode::kAltered);
  const Bytes frame = ZstdFrame(text);
  coded.insert(coded.end(), frame.begin(), frame.end());
  EXPECT_EQ(DecodeError(Element::kBytes, coded, text.size()), ErrorCode::kAltered);
}

TEST(BlockDecoder, AFrameNoShorterThanItsContentIsRefused) {
  const Bytes random = RandomBytes(100);
  Bytes coded = {kModeFrame};
  const Bytes frame = ZstdFrame(random);
  coded.insert(coded.end(), frame.begin(), frame.end());
  EXPECT_EQ(DecodeError(Element::kBytes, coded, random.size()), ErrorCode::kAltered);
}

TEST(BlockDecoder, AFrameThatGivesATerabyteIsRefusedByItsSize) {
  // Frame header with an 8-byte content size of 2^40, then one RLE block.
  const Bytes coded = {kModeFrame, 0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0,    0,    0,
                       0,          0,    1,    0,    0,    0x03, 0x00, 0x10, 0x41};
  EXPECT_EQ(DecodeError(Element::kBytes, coded, 1000), ErrorCode::kAltered);
}

}  // namespace
}  // namespace strongroom::codec
