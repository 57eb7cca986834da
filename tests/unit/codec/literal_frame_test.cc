#include "codec/literal_frame.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <cmath>
#include <random>

namespace strongroom::codec {
namespace {

// Bytes around 120 as the exponents of trained weights lie, with now and then a rare one.
Bytes Exponents(std::size_t size, double spread, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) {
    const double exponent = 120 + std::log2(std::fabs(normal(random)) + 1e-9) * spread;
    byte = static_cast<std::uint8_t>(std::clamp(exponent, 0.0, 128.0));
    if (random() % 5000 == 0) byte = static_cast<std::uint8_t>(random() % 129);
  }
  return bytes;
}

Bytes Frame(ByteView plain) {
  Bytes frame(plain.size());
  frame.resize(LiteralFrameWriter().Write(plain, frame));
  return frame;
}

TEST(LiteralFrame, EverySizeIsReadByUsAndByLibzstd) {
  for (std::size_t size :
       {4096, 4097, 4098, 4099, 4100, 5003, 65536, 131071, 131072, 131073, 262144, 262145, 400001, 524288}) {
    const Bytes plain = Exponents(size, 1.0, size);
    const Bytes frame = Frame(plain);
    ASSERT_GT(frame.size(), 0U) << size;
    Bytes ours(size), theirs(size);
    EXPECT_TRUE(LiteralFrameReader().Read(frame, ours)) << size;
    EXPECT_EQ(ZSTD_decompress(theirs.data(), size, frame.data(), frame.size()), size);
    EXPECT_EQ(ours, plain) << size;
    EXPECT_EQ(theirs, plain) << size;
  }
}

TEST(LiteralFrame, NarrowAndWideDistributionsComeBack) {
  for (const double spread : {0.01, 0.3, 1.0, 3.0, 8.0}) {
    const Bytes plain = Exponents(300000, spread);
    const Bytes frame = Frame(plain);
    ASSERT_GT(frame.size(), 0U) << spread;
    Bytes ours(plain.size()), theirs(plain.size());
    const bool read = LiteralFrameReader().Read(frame, ours);
    EXPECT_TRUE(read || spread > 1) << spread;  // words may be too long for our reader, never for libzstd
    EXPECT_TRUE(!read || ours == plain) << spread;
    EXPECT_EQ(ZSTD_decompress(theirs.data(), theirs.size(), frame.data(), frame.size()), theirs.size());
    EXPECT_EQ(theirs, plain) << spread;
  }
}

TEST(LiteralFrame, ASymbolSeenOnceOutsideTheSampleIsKept) {
  Bytes plain = Exponents(524288, 1.0);
  for (std::uint8_t& byte : plain) byte = std::max<std::uint8_t>(byte, 100);
  plain[300] = 3;
  plain[524287] = 1;
  Bytes ours(plain.size());
  EXPECT_TRUE(LiteralFrameReader().Read(Frame(plain), ours));
  EXPECT_EQ(ours, plain);
}

TEST(LiteralFrame, TheCodeIsNearTheEntropy) {
  const Bytes plain = Exponents(524288, 1.0);
  std::array<double, 256> counts{};
  for (const std::uint8_t byte : plain) ++counts[byte];
  double bits = 0;
  for (const double count : counts)
    bits += count > 0 ? count * std::log2(static_cast<double>(plain.size()) / count) : 0;
  EXPECT_LT(static_cast<double>(Frame(plain).size()), bits / 8 * 1.05);
}

TEST(LiteralFrame, ContentThatDoesNotSuitIsDeclined) {
  EXPECT_TRUE(Frame(Exponents(4095, 1.0)).empty());
  EXPECT_TRUE(Frame(Bytes(10000, 7)).empty());
  Bytes great = Exponents(10000, 1.0);
  great[5000] = 129;
  EXPECT_TRUE(Frame(great).empty());
  Bytes tight(1000);
  EXPECT_EQ(LiteralFrameWriter().Write(Exponents(100000, 1.0), tight), 0U);
}

TEST(LiteralFrame, OfAlteredFramesOnlyWhatLibzstdReadsTooIsRead) {
  const Bytes plain = Exponents(5000, 1.0);
  const Bytes frame = Frame(plain);
  LiteralFrameReader reader;
  Bytes ours(plain.size()), theirs(plain.size());
  for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
    Bytes altered = frame;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    if (!reader.Read(altered, ours)) continue;
    ASSERT_EQ(ZSTD_decompress(theirs.data(), theirs.size(), altered.data(), altered.size()), theirs.size())
        << bit;
    ASSERT_EQ(ours, theirs) << bit;
  }
  for (std::size_t size = 0; size < frame.size(); ++size)
    EXPECT_FALSE(reader.Read(ByteView(frame).first(size), ours));
}

TEST(HuffmanCode, LengthsAreLimitedAndTheCodeIsComplete) {
  SymbolCounts counts{};
  std::uint32_t a = 1, b = 1;
  for (std::size_t symbol = 10; symbol < 50; ++symbol) {  // Fibonacci counts ask for the longest words
    counts[symbol] = a;
    b += a;
    std::swap(a, b);
  }
  const auto code = MakeHuffmanCode(counts);
  ASSERT_TRUE(code.has_value());
  EXPECT_EQ(code->longest, kMaxCodeBits);
  std::uint32_t space = 0;
  for (const std::uint8_t length : code->lengths) space += length > 0 ? 1U << (kMaxCodeBits - length) : 0;
  EXPECT_EQ(space, 1U << kMaxCodeBits);
}

TEST(HuffmanCode, WeightsThatMakeNoCompleteCodeAreRefused) {
  using Weights = std::vector<std::uint8_t>;
  EXPECT_TRUE(CodeOfWeights(Weights{1}).has_value());
  EXPECT_FALSE(CodeOfWeights(Weights{}).has_value());
  EXPECT_FALSE(CodeOfWeights(Weights{0, 0}).has_value());
  EXPECT_FALSE(CodeOfWeights(Weights{12}).has_value());
  EXPECT_FALSE(CodeOfWeights(Weights{11, 11}).has_value());  // twelve bits
  EXPECT_FALSE(CodeOfWeights(Weights{3, 1}).has_value());    // three units left are no power of two
  EXPECT_FALSE(CodeOfWeights(Weights{2}).has_value());       // no word of the longest length
}

}  // namespace
}  // namespace strongroom::codec
