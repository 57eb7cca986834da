#include "strongroom/base/bytes.h"

#include <gtest/gtest.h>

namespace strongroom {
namespace {

TEST(Hex, RoundTrips) {
  const Bytes bytes = {0x00, 0x0f, 0xa5, 0xff};
  EXPECT_EQ(Hex(bytes), "000fa5ff");
  EXPECT_EQ(FromHex("000fa5ff").value(), bytes);
  EXPECT_EQ(FromHex("000FA5FF").value(), bytes);
  EXPECT_EQ(FromHex("").value(), Bytes{});
}

TEST(FromHex, AnythingElseIsMalformed) {
  for (const std::string_view text : {"0", "0g", "g0", " 0", "0x", "00 "}) {
    EXPECT_EQ(FromHex(text).error().code, ErrorCode::kMalformed) << text;
  }
}

// RFC 4648 section 10.
TEST(Base64, Rfc4648Vectors) {
  const std::vector<std::pair<std::string_view, std::string_view>> vectors = {{"", ""},
                                                                              {"f", "Zg=="},
                                                                              {"fo", "Zm8="},
                                                                              {"foo", "Zm9v"},
                                                                              {"foob", "Zm9vYg=="},
                                                                              {"fooba", "Zm9vYmE="},
                                                                              {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(Base64(AsBytes(plain)), encoded);
    EXPECT_EQ(AsText(FromBase64(encoded).value()), plain);
  }
}

TEST(Base64, EveryByteValueRoundTrips) {
  Bytes bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<std::uint8_t>(i));
  EXPECT_EQ(FromBase64(Base64(bytes)).value(), bytes);
}

TEST(FromBase64, OnlyTheCanonicalFormIsRead) {
  for (const std::string_view text :
       {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm 9", "Zm9v\n", "Zm-_", "=Zg="}) {
    EXPECT_EQ(FromBase64(text).error().code, ErrorCode::kMalformed) << text;
  }
}

TEST(IsUtf8, WellFormedTextPasses) {
  for (const std::string_view text :
       {"", "plain", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"}) {
    EXPECT_TRUE(IsUtf8(text)) << Hex(AsBytes(text));
  }
}

TEST(IsUtf8, OverlongSurrogateAndBrokenFormsFail) {
  for (const std::string_view text :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3\x28"}) {
    EXPECT_FALSE(IsUtf8(text)) << Hex(AsBytes(text));
  }
}

TEST(ByteReader, IntegersOfBothOrders) {
  const Bytes bytes = {1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(ByteReader(bytes).U8().value(), 0x01);
  EXPECT_EQ(ByteReader(bytes).U16Le().value(), 0x0201);
  EXPECT_EQ(ByteReader(bytes).U16Be().value(), 0x0102);
  EXPECT_EQ(ByteReader(bytes).U32Le().value(), 0x04030201U);
  EXPECT_EQ(ByteReader(bytes).U32Be().value(), 0x01020304U);
  EXPECT_EQ(ByteReader(bytes).U64Le().value(), 0x0807060504030201U);
  EXPECT_EQ(ByteReader(bytes).U64Be().value(), 0x0102030405060708U);
}

TEST(ByteReader, ReadsInOrderAndFinishes) {
  const Bytes bytes = {1, 2, 3, 0, 0, 4};
  ByteReader reader(bytes);
  Bytes copied(2);
  EXPECT_TRUE(reader.Copy(copied));
  EXPECT_EQ(copied, (Bytes{1, 2}));
  EXPECT_EQ(reader.Take(1).value()[0], 3);
  EXPECT_TRUE(reader.Zeros(2));
  EXPECT_EQ(reader.offset(), 5U);
  EXPECT_TRUE(reader.Skip(1));
  EXPECT_EQ(reader.remaining(), 0U);
  EXPECT_TRUE(reader.Finish());
}

TEST(ByteReader, ReadingPastTheEndIsMalformedAndMovesNothing) {
  const Bytes bytes = {1, 2, 3};
  ByteReader reader(bytes, "sample");
  EXPECT_EQ(reader.U32Le().error().message, "sample: needs 4 bytes, has 3 at offset 0");
  EXPECT_EQ(reader.Take(SIZE_MAX).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(reader.Skip(4).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(reader.offset(), 0U);
}

TEST(ByteReader, BytesLeftOverAreMalformed) {
  const Bytes bytes = {1, 2, 3};
  ByteReader reader(bytes, "sample");
  EXPECT_TRUE(reader.Skip(1));
  EXPECT_EQ(reader.Finish().error().code, ErrorCode::kMalformed);
  EXPECT_EQ(reader.Finish().error().message, "sample: 2 bytes left over at offset 1");
}

TEST(ByteReader, ReservedBytesThatAreNotZeroAreMalformed) {
  const Bytes bytes = {0, 1};
  EXPECT_EQ(ByteReader(bytes).Zeros(2).error().code, ErrorCode::kMalformed);
}

TEST(ByteWriter, WritesWhatTheReaderReads) {
  ByteWriter writer;
  writer.U8(1).U16Le(2).U16Be(3).U32Le(4).U32Be(5).U64Le(6).U64Be(7).Append("ab").Append(Bytes{9}).Zeros(2);
  EXPECT_EQ(Hex(writer.bytes()),
            "010200000304000000000000050600000000000000000000000000000761620900"
            "00");
  ByteReader reader(writer.bytes());
  EXPECT_EQ(reader.U8().value(), 1);
  EXPECT_EQ(reader.U16Le().value(), 2);
  EXPECT_EQ(reader.U16Be().value(), 3);
  EXPECT_EQ(reader.U32Le().value(), 4U);
  EXPECT_EQ(reader.U32Be().value(), 5U);
  EXPECT_EQ(reader.U64Le().value(), 6U);
  EXPECT_EQ(reader.U64Be().value(), 7U);
  EXPECT_EQ(AsText(reader.Take(2).value()), "ab");
}

TEST(CheckedArithmetic, OverflowIsFalseAndLeavesTheResultAlone) {
  std::uint64_t out = 42;
  EXPECT_FALSE(CheckedAdd(UINT64_MAX, 1, out));
  EXPECT_FALSE(CheckedMul(UINT64_MAX / 2 + 1, 2, out));
  EXPECT_EQ(out, 42U);
  EXPECT_TRUE(CheckedAdd(UINT64_MAX - 1, 1, out));
  EXPECT_EQ(out, UINT64_MAX);
  EXPECT_TRUE(CheckedMul(0, UINT64_MAX, out));
  EXPECT_EQ(out, 0U);
}

}  // namespace
}  // namespace strongroom
