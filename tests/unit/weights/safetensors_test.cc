#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "strongroom/weights/layout.h"
#include "testing/memory_file.h"

namespace strongroom::weights {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Bytes WithHeader(std::string_view header, std::size_t data_size) {
  ByteWriter writer;
  writer.U64Le(header.size()).Append(header).Zeros(data_size);
  return std::move(writer).Take();
}

Expected<Layout> Parse(std::string_view header, std::size_t data_size) {
  const Bytes bytes = WithHeader(header, data_size);
  return ReadSafetensors(testing::MemoryFile(bytes), bytes.size());
}

// The message of the refusal; "" if the file is accepted.
std::string Refusal(std::string_view header, std::size_t data_size) {
  const auto layout = Parse(header, data_size);
  if (layout) return "";
  EXPECT_EQ(layout.error().code, ErrorCode::kMalformed);
  EXPECT_THAT(layout.error().message, StartsWith("safetensors header, offset "));
  return layout.error().message;
}

std::string Tensor(std::string_view dtype, std::string_view shape, std::uint64_t begin, std::uint64_t end) {
  return "{\"dtype\":\"" + std::string(dtype) + "\",\"shape\":" + std::string(shape) + ",\"data_offsets\":[" +
         std::to_string(begin) + "," + std::to_string(end) + "]}";
}

TEST(ReadSafetensors, TensorsAreFoundWhereTheHeaderPutsThem) {
  const std::string header =
      "{\"__metadata__\":{\"format\":\"pt\"},\"b\":" + Tensor("BF16", "[2,3]", 16, 28) +
      ",\"a\":" + Tensor("F32", "[4]", 0, 16) + "}";
  const auto layout = Parse(header, 28);
  ASSERT_TRUE(layout.has_value()) << layout.error().message;
  const std::uint64_t data = 8 + header.size();
  EXPECT_EQ(layout->format, Format::kSafetensors);
  EXPECT_EQ(layout->regions, (std::vector<Region>{{0, data, ElementKind::kBytes},
                                                  {data, 16, ElementKind::kF32},
                                                  {data + 16, 12, ElementKind::kBf16}}));
  ASSERT_EQ(layout->tensors.size(), 2U);
  EXPECT_EQ(layout->tensors[1].name, "b");
  EXPECT_EQ(layout->tensors[1].dtype, "BF16");
  EXPECT_EQ(layout->tensors[1].shape, (std::vector<std::uint64_t>{2, 3}));
  EXPECT_EQ(layout->tensors[1].offset, data + 16);
  EXPECT_EQ(layout->tensors[1].size, 12U);
}

struct DtypeCase {
  const char* name;
  std::uint64_t bits;
  ElementKind kind;
};

TEST(ReadSafetensors, EveryDtypeHasItsSizeAndKind) {
  using enum ElementKind;
  const std::vector<DtypeCase> cases = {
      {"BOOL", 8, kBytes},  {"F4", 4, kQuantised},    {"F6_E2M3", 6, kQuantised}, {"F6_E3M2", 6, kQuantised},
      {"U8", 8, kInt8},     {"I8", 8, kInt8},         {"F8_E5M2", 8, kFp8},       {"F8_E4M3", 8, kFp8},
      {"F8_E8M0", 8, kFp8}, {"F8_E4M3FNUZ", 8, kFp8}, {"F8_E5M2FNUZ", 8, kFp8},   {"I16", 16, kInt16},
      {"U16", 16, kInt16},  {"F16", 16, kFp16},       {"BF16", 16, kBf16},        {"I32", 32, kInt32},
      {"U32", 32, kInt32},  {"F32", 32, kF32},        {"C64", 64, kF32},          {"F64", 64, kF64},
      {"I64", 64, kInt64},  {"U64", 64, kInt64}};
  for (const DtypeCase& c : cases) {
    const std::uint64_t size = c.bits * 4 / 8;
    const auto layout = Parse("{\"t\":" + Tensor(c.name, "[2,2]", 0, size) + "}", size);
    ASSERT_TRUE(layout.has_value()) << c.name << ": " << layout.error().message;
    EXPECT_EQ(layout->tensors[0].dtype, c.name);
    EXPECT_EQ(layout->regions[1].kind, c.kind) << c.name;
  }
}

TEST(ReadSafetensors, HeadersThatTheReferenceReaderTakesAreAccepted) {
  EXPECT_EQ(Refusal("{}", 0), "");
  EXPECT_EQ(Refusal("{}\r \t\n", 0), "");
  EXPECT_EQ(Refusal("\t\n{}\r ", 0), "");
  EXPECT_EQ(Refusal("{\"__metadata__\":null}", 0), "");
  EXPECT_EQ(Refusal("{\"t\":" + Tensor("I32", "[]", 0, 4) + "}", 4), "");
  EXPECT_EQ(Refusal("{\"t\":" + Tensor("I32", "[2,0]", 0, 0) + "}", 0), "");
  EXPECT_EQ(
      Refusal("{\"t\":" + Tensor("I32", "[0,18446744073709551615,18446744073709551615]", 0, 0) + "}", 0), "");
  EXPECT_EQ(Refusal("{\"t\":{\"dtype\":\"U8\",\"note\":[{}],\"shape\":[1],\"data_offsets\":[0,1]}}", 1), "");
  EXPECT_EQ(
      Refusal("{\"empty\":" + Tensor("U8", "[0]", 3, 3) + ",\"t\":" + Tensor("U8", "[3]", 0, 3) + "}", 3),
      "");
}

TEST(ReadSafetensors, AnEmptyTensorHasNoRegion) {
  const auto layout = Parse("{\"t\":" + Tensor("I32", "[2,0]", 0, 0) + "}", 0);
  ASSERT_TRUE(layout.has_value());
  EXPECT_EQ(layout->tensors.size(), 1U);
  EXPECT_EQ(layout->regions.size(), 1U);
}

TEST(ReadSafetensors, AFileTooSmallForALengthIsRefused) {
  for (std::size_t size = 0; size < 8; ++size) {
    const Bytes bytes(size);
    EXPECT_FALSE(ReadSafetensors(testing::MemoryFile(bytes), size).has_value());
  }
}

TEST(ReadSafetensors, AHeaderLongerThanTheFormatAllowsIsRefusedUnread) {
  const Bytes bytes = {0x01, 0xe1, 0xf5, 0x05, 0, 0, 0, 0};  // 100,000,001
  const testing::MemoryFile file(bytes, 1ULL << 40);
  const auto layout = ReadSafetensors(file, 1ULL << 40);
  ASSERT_FALSE(layout.has_value());
  EXPECT_THAT(layout.error().message, HasSubstr("longer than the format allows"));
  EXPECT_LE(file.bytes_read(), 64U * 1024);
}

TEST(ReadSafetensors, AHeaderBeyondTheEndOfTheFileIsRefused) {
  for (const std::uint64_t length :
       {std::uint64_t{60}, std::uint64_t{99'999'999}, std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
    ByteWriter writer;
    writer.U64Le(length).Append("{}");
    const auto layout = ReadSafetensors(testing::MemoryFile(writer.bytes()), writer.bytes().size());
    ASSERT_FALSE(layout.has_value());
    EXPECT_EQ(layout.error().code, ErrorCode::kMalformed);
  }
}

TEST(ReadSafetensors, HeadersThatAreNotJsonAreRefused) {
  for (const char* header : {"", "{", "\xff", "[]", "{}{}", "{\"a\":1}", "{\"\xff\":1}", "null", "{}\x01"})
    EXPECT_NE(Refusal(header, 0), "") << header;
}

TEST(ReadSafetensors, DuplicateNamesAreRefused) {
  const std::string tensor = Tensor("U8", "[1]", 0, 1);
  EXPECT_THAT(Refusal("{\"t\":" + tensor + ",\"t\":" + tensor + "}", 1),
              HasSubstr("\"t\": the name stands twice"));
  EXPECT_THAT(Refusal("{\"__metadata__\":{\"a\":\"1\",\"a\":\"1\"}}", 0), HasSubstr("stands twice"));
  EXPECT_THAT(Refusal("{\"__metadata__\":{},\"__metadata__\":{}}", 0), HasSubstr("stands twice"));
  EXPECT_THAT(Refusal("{\"t\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1),
              HasSubstr("stands twice"));
}

TEST(ReadSafetensors, MetadataOtherThanStringsIsRefused) {
  for (const char* value : {"[]", "1", "\"a\"", "{\"a\":1}", "{\"a\":null}", "{\"a\":{\"b\":\"c\"}}"}) {
    EXPECT_NE(Refusal("{\"__metadata__\":" + std::string(value) + "}", 0), "") << value;
  }
}

TEST(ReadSafetensors, IncompleteOrMistypedTensorsAreRefused) {
  for (const char* entry :
       {"{}", "{\"dtype\":\"U8\",\"shape\":[1]}", "{\"shape\":[1],\"data_offsets\":[0,1]}",
        "{\"dtype\":\"U8\",\"data_offsets\":[0,1]}", "{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]}",
        "{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1,1]}",
        "{\"dtype\":\"U8\",\"shape\":[1.0],\"data_offsets\":[0,1]}",
        "{\"dtype\":\"U8\",\"shape\":[-1],\"data_offsets\":[0,1]}",
        "{\"dtype\":\"U8\",\"shape\":1,\"data_offsets\":[0,1]}",
        "{\"dtype\":1,\"shape\":[1],\"data_offsets\":[0,1]}",
        "{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,18446744073709551616]}"}) {
    EXPECT_NE(Refusal("{\"t\":" + std::string(entry) + "}", 1), "") << entry;
  }
}

TEST(ReadSafetensors, AnUnknownDtypeIsRefused) {
  EXPECT_THAT(Refusal("{\"t\":" + Tensor("F5", "[8]", 0, 5) + "}", 5), HasSubstr("unknown dtype \"F5\""));
  EXPECT_NE(Refusal("{\"t\":" + Tensor("f32", "[1]", 0, 4) + "}", 4), "");
}

TEST(ReadSafetensors, HolesOverlapsAndReversedOffsetsAreRefused) {
  EXPECT_THAT(Refusal("{\"t\":" + Tensor("U8", "[2]", 1, 3) + "}", 3), HasSubstr("must begin at 0"));
  EXPECT_THAT(Refusal("{\"a\":" + Tensor("U8", "[2]", 0, 2) + ",\"b\":" + Tensor("U8", "[2]", 3, 5) + "}", 5),
              HasSubstr("must begin at 2"));
  EXPECT_THAT(Refusal("{\"a\":" + Tensor("U8", "[2]", 0, 2) + ",\"b\":" + Tensor("U8", "[2]", 1, 3) + "}", 3),
              HasSubstr("must begin at 2"));
  EXPECT_NE(Refusal("{\"a\":" + Tensor("U8", "[2]", 2, 0) + "}", 2), "");
  std::string attack = "{";
  for (int i = 0; i < 10; ++i)
    attack += (i ? ",\"w" : "\"w") + std::to_string(i) + "\":" + Tensor("F32", "[2,2]", 0, 16);
  EXPECT_NE(Refusal(attack + "}", 16), "");
}

TEST(ReadSafetensors, ASizeOtherThanShapeAndDtypeCallForIsRefused) {
  EXPECT_THAT(Refusal("{\"t\":" + Tensor("I32", "[2,2]", 0, 4) + "}", 4), HasSubstr("call for 16"));
}

TEST(ReadSafetensors, SizesThatOverflowAreRefused) {
  for (const char* shape :
       {"[2,18446744073709551614]", "[2,9223372036854775807]",
        "[18446744073709551615,18446744073709551615,0]", "[576460752303423488]", "[4294967296,4294967296]"}) {
    EXPECT_THAT(Refusal("{\"t\":" + Tensor("I32", shape, 0, 16) + "}", 16), HasSubstr("overflows")) << shape;
  }
}

TEST(ReadSafetensors, TypesOfLessThanAByteMustEndAtAByte) {
  EXPECT_THAT(Refusal("{\"t\":" + Tensor("F4", "[3]", 0, 2) + "}", 2), HasSubstr("does not end at a byte"));
  EXPECT_THAT(Refusal("{\"t\":" + Tensor("F6_E2M3", "[2]", 0, 2) + "}", 2),
              HasSubstr("does not end at a byte"));
}

TEST(ReadSafetensors, BytesAfterTheLastTensorOrTooFewAreRefused) {
  const std::string header = "{\"t\":" + Tensor("I32", "[2,2]", 0, 16) + "}";
  EXPECT_EQ(Refusal(header, 16), "");
  EXPECT_THAT(Refusal(header, 50), HasSubstr("the tensors take 16 bytes, but 50 follow the header"));
  EXPECT_NE(Refusal(header, 14), "");
}

TEST(ReadSafetensors, ATensorOfTooManyDimensionsIsRefused) {
  std::string shape = "[1";
  for (int i = 0; i < 64; ++i) shape += ",1";
  EXPECT_THAT(Refusal("{\"t\":" + Tensor("U8", shape + "]", 0, 1) + "}", 1), HasSubstr("more than 64"));
}

TEST(ReadSafetensors, FilesOfTheReferenceProjectAreJudgedAsTheyAreNamed) {
  const char* corpus = std::getenv("STRONGROOM_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "STRONGROOM_CORPUS is not set";
  const auto files = MakeRealFileSystem();
  int judged = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::filesystem::path(corpus) / "safetensors")) {
    if (!entry.is_regular_file()) continue;
    auto file = files->Open(entry.path(), OpenMode::kRead);
    ASSERT_TRUE(file.has_value());
    const auto layout = ReadSafetensors(**file, entry.file_size());
    const bool bad = entry.path().string().find(".bad.") != std::string::npos;
    EXPECT_EQ(layout.has_value(), !bad) << entry.path() << (layout ? "" : layout.error().message);
    ++judged;
  }
  EXPECT_GE(judged, 10);
}

}  // namespace
}  // namespace strongroom::weights
