#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

#include "strongroom/weights/layout.h"
#include "testing/memory_file.h"

namespace strongroom::weights {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::uint32_t kU8 = 0, kU32 = 4, kI32 = 5, kString = 8, kArray = 9, kU64 = 10;
constexpr std::uint32_t kF32 = 0, kQ4K = 12, kI8 = 24, kI64 = 27, kBf16 = 30;
constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();

// Writes a GGUF file piece by piece, as wrong as the test wants it.
class Writer {
 public:
  Writer(std::uint64_t tensors, std::uint64_t pairs, std::uint32_t version = 3) {
    bytes_.Append("GGUF").U32Le(version).U64Le(tensors).U64Le(pairs);
  }
  Writer& Text(std::string_view text) {
    bytes_.U64Le(text.size()).Append(text);
    return *this;
  }
  Writer& Key(std::string_view key, std::uint32_t type) {
    Text(key);
    return U32(type);
  }
  Writer& U32(std::uint32_t value) {
    bytes_.U32Le(value);
    return *this;
  }
  Writer& U64(std::uint64_t value) {
    bytes_.U64Le(value);
    return *this;
  }
  Writer& Zeros(std::size_t count) {
    bytes_.Zeros(count);
    return *this;
  }
  Writer& Info(std::string_view name, const std::vector<std::uint64_t>& shape, std::uint32_t type,
               std::uint64_t offset) {
    Text(name);
    U32(static_cast<std::uint32_t>(shape.size()));
    for (const std::uint64_t dimension : shape) U64(dimension);
    return U32(type).U64(offset);
  }
  Writer& PadTo(std::size_t alignment) { return Zeros((alignment - size() % alignment) % alignment); }
  [[nodiscard]] std::size_t size() const { return bytes_.bytes().size(); }
  [[nodiscard]] const Bytes& bytes() const { return bytes_.bytes(); }

 private:
  ByteWriter bytes_;
};

std::string RefusalOf(ByteView bytes) {
  const auto layout = ReadGguf(testing::MemoryFile(bytes), bytes.size());
  if (layout) return "";
  EXPECT_EQ(layout.error().code, ErrorCode::kMalformed);
  EXPECT_THAT(layout.error().message, StartsWith("GGUF header, offset "));
  return layout.error().message;
}

std::string Refusal(const Writer& file) {
  return RefusalOf(file.bytes());
}

// A file of one tensor whose data is there.
Writer OneTensor(const std::vector<std::uint64_t>& shape, std::uint32_t type, std::size_t data_size,
                 std::uint64_t offset = 0) {
  Writer file(1, 0);
  file.Info("t", shape, type, offset).PadTo(32).Zeros(data_size);
  return file;
}

TEST(ReadGguf, TensorsLieAfterTheHeaderAndRegionsCoverTheFile) {
  Writer file(3, 2);
  file.Key("general.architecture", kString)
      .Text("llama")
      .Key("tokens", kArray)
      .U32(kString)
      .U64(2)
      .Text("a")
      .Text("bc");
  file.Info("a", {3}, kF32, 0).Info("b", {256, 2}, kQ4K, 32).Info("c", {}, kBf16, 32 + 288);
  file.PadTo(32);
  const std::uint64_t data = file.size();
  file.Zeros(32 + 288 + 32 + 5);
  const auto layout = ReadGguf(testing::MemoryFile(file.bytes()), file.size());
  ASSERT_TRUE(layout.has_value()) << layout.error().message;
  EXPECT_EQ(layout->format, Format::kGguf);
  EXPECT_EQ(layout->regions, (std::vector<Region>{{0, data, ElementKind::kBytes},
                                                  {data, 32, ElementKind::kF32},
                                                  {data + 32, 288, ElementKind::kQuantised},
                                                  {data + 320, 32, ElementKind::kBf16},
                                                  {data + 352, 5, ElementKind::kBytes}}));
  EXPECT_EQ(layout->tensors[1].name, "b");
  EXPECT_EQ(layout->tensors[1].dtype, "Q4_K");
  EXPECT_EQ(layout->tensors[1].shape, (std::vector<std::uint64_t>{256, 2}));
  EXPECT_EQ(layout->tensors[1].offset, data + 32);
  EXPECT_EQ(layout->tensors[0].size, 12U);
  EXPECT_EQ(layout->tensors[2].size, 2U);
}

TEST(ReadGguf, AHeaderAloneIsAcceptedInVersions2And3) {
  EXPECT_EQ(Refusal(Writer(0, 0, 2)), "");
  EXPECT_EQ(Refusal(Writer(0, 0, 3)), "");
}

TEST(ReadGguf, OtherMagicVersionAndByteOrderAreRefused) {
  EXPECT_THAT(RefusalOf(AsBytes("FUGG----------------------------")), HasSubstr("does not begin"));
  for (const std::uint32_t version : {0U, 1U, 4U, 0xffffffffU})
    EXPECT_THAT(Refusal(Writer(0, 0, version)), HasSubstr("offset 4: version")) << version;
  EXPECT_THAT(Refusal(Writer(0, 0, 0x03000000)), HasSubstr("big-endian"));
}

TEST(ReadGguf, CountsThatCannotFitAreRefused) {
  EXPECT_THAT(Refusal(Writer(kHuge, 0)), HasSubstr("offset 8: 18446744073709551615 tensors cannot fit"));
  EXPECT_THAT(Refusal(Writer(1ULL << 63, 0)), HasSubstr("cannot fit"));
  EXPECT_THAT(Refusal(Writer(0, kHuge)),
              HasSubstr("offset 16: 18446744073709551615 key-value pairs cannot fit"));
  EXPECT_THAT(Refusal(Writer(0, 1)), HasSubstr("cannot fit"));
}

TEST(ReadGguf, EveryTruncationOfAFileIsRefused) {
  Writer file(1, 2);
  file.Key("k", kU64)
      .U64(7)
      .Key("s", kArray)
      .U32(kString)
      .U64(1)
      .Text("abc")
      .Info("t", {4}, kF32, 0)
      .PadTo(32)
      .Zeros(32);
  ASSERT_EQ(Refusal(file), "");
  for (std::size_t size = 4; size < file.size(); ++size)
    EXPECT_NE(RefusalOf(ByteView(file.bytes()).first(size)), "") << size;
}

TEST(ReadGguf, KeysEmptyTooLongOrRepeatedAreRefused) {
  EXPECT_THAT(Refusal(Writer(0, 1).Key("", kU32).U32(0)), HasSubstr("a key of 0 bytes"));
  EXPECT_THAT(Refusal(Writer(0, 1).U64(kHuge).Zeros(64)), HasSubstr("a key of 18446744073709551615 bytes"));
  EXPECT_THAT(Refusal(Writer(0, 2).Key("k", kU32).U32(0).Key("k", kU32).U32(0)),
              HasSubstr("\"k\": the name stands twice"));
}

TEST(ReadGguf, ValuesOfUnknownTypeAndNestedArraysAreRefused) {
  EXPECT_THAT(Refusal(Writer(0, 1).Key("k", 13).Zeros(64)), HasSubstr("invalid type 13"));
  EXPECT_THAT(Refusal(Writer(0, 1).Key("k", 0xffffffff).Zeros(64)), HasSubstr("invalid type"));
  EXPECT_THAT(Refusal(Writer(0, 1).Key("k", kArray).U32(13).U64(1).Zeros(64)),
              HasSubstr("array of invalid type 13"));
  EXPECT_THAT(Refusal(Writer(0, 1).Key("k", kArray).U32(kArray).U64(0).Zeros(64)),
              HasSubstr("array of invalid type 9"));
}

TEST(ReadGguf, StringsAndArraysThatCannotFitAreRefused) {
  EXPECT_THAT(Refusal(Writer(0, 1).Key("k", kString).U64(kHuge).Zeros(64)), HasSubstr("a string of"));
  EXPECT_THAT(Refusal(Writer(0, 1).Key("k", kString).U64(65).Zeros(64)), HasSubstr("a string of 65 bytes"));
  EXPECT_THAT(Refusal(Writer(0, 1).Key("k", kArray).U32(kU64).U64(9).Zeros(64)),
              HasSubstr("array of 9 elements"));
  EXPECT_THAT(Refusal(Writer(0, 1).Key("k", kArray).U32(kU64).U64((1ULL << 61) + 1).Zeros(64)),
              HasSubstr("cannot fit"));
  EXPECT_THAT(Refusal(Writer(0, 1).Key("k", kArray).U32(kString).U64(9).Zeros(64)),
              HasSubstr("array of 9 elements"));
}

TEST(ReadGguf, MoreThanABillionElementsAreRefusedEvenWhereTheyFit) {
  Writer file(0, 1);
  file.Key("k", kArray).U32(kU8).U64((1ULL << 30) + 1);
  const testing::MemoryFile sparse(file.bytes(), 1ULL << 40);
  EXPECT_FALSE(ReadGguf(sparse, 1ULL << 40).has_value());
}

TEST(ReadGguf, AlignmentMustBeAPowerOfTwoOfType32BitUnsigned) {
  EXPECT_EQ(Refusal(Writer(0, 1).Key("general.alignment", kU32).U32(1)), "");
  EXPECT_THAT(Refusal(Writer(0, 1).Key("general.alignment", kU32).U32(13)), HasSubstr("not a power of two"));
  EXPECT_THAT(Refusal(Writer(0, 1).Key("general.alignment", kU32).U32(0)), HasSubstr("not a power of two"));
  EXPECT_THAT(Refusal(Writer(0, 1).Key("general.alignment", kI32).U32(32)),
              HasSubstr("not a 32-bit unsigned integer"));
  EXPECT_THAT(Refusal(Writer(0, 1).Key("general.alignment", kArray).U32(kU32).U64(1).U32(32)),
              HasSubstr("not a 32-bit unsigned integer"));
}

TEST(ReadGguf, TheAlignmentOfTheFileIsUsed) {
  Writer file(2, 1);
  file.Key("general.alignment", kU32).U32(1).Info("a", {3}, kI8, 0).Info("b", {2}, kI8, 3).Zeros(5);
  EXPECT_EQ(Refusal(file), "");
  Writer other(2, 0);  // laid out for 1, while 32 holds
  other.Info("a", {3}, kI8, 0).Info("b", {2}, kI8, 3).Zeros(128);
  EXPECT_THAT(Refusal(other), HasSubstr("must begin at 32"));
}

TEST(ReadGguf, TensorNamesTooLongOrRepeatedAreRefused) {
  EXPECT_EQ(Refusal(Writer(1, 0).Info(std::string(63, 'x'), {0}, kI8, 0).PadTo(32)), "");
  EXPECT_THAT(Refusal(Writer(1, 0).Info(std::string(64, 'x'), {0}, kI8, 0).PadTo(32)),
              HasSubstr("a tensor name of 64 bytes"));
  EXPECT_THAT(Refusal(Writer(2, 0).Info("t", {0}, kI8, 0).Info("t", {0}, kI8, 0).PadTo(32)),
              HasSubstr("\"t\": the name stands twice"));
}

TEST(ReadGguf, ShapesThatNoTensorHasAreRefused) {
  EXPECT_THAT(Refusal(OneTensor({1, 1, 1, 1, 1}, kI8, 32)), HasSubstr("5 dimensions"));
  EXPECT_THAT(Refusal(OneTensor({kHuge}, kI8, 32)), HasSubstr("negative dimension"));
  EXPECT_THAT(Refusal(OneTensor({4ULL * 0x7fffffff, 4ULL * 0x7fffffff}, kI8, 32)),
              HasSubstr("too many elements"));
  EXPECT_THAT(Refusal(OneTensor({0x7fffffffffffffff}, kI8, 32)), HasSubstr("too many elements"));
  EXPECT_THAT(Refusal(OneTensor({1ULL << 31, 1ULL << 31}, kI64, 32)), HasSubstr("overflows 64 bits"));
}

TEST(ReadGguf, AZeroDimensionIsAnEmptyTensor) {
  EXPECT_EQ(Refusal(OneTensor({4, 0}, kF32, 0)), "");
  EXPECT_EQ(Refusal(OneTensor({1ULL << 62, 1ULL << 62, 0}, kF32, 0)), "");
}

TEST(ReadGguf, UnknownAndRetiredTensorTypesAreRefused) {
  for (const std::uint32_t type : {4U, 5U, 31U, 32U, 33U, 36U, 37U, 38U, 43U, 0xffffffffU}) {
    EXPECT_THAT(Refusal(OneTensor({32}, type, 64)), HasSubstr("unknown type")) << type;
  }
}

TEST(ReadGguf, ARowThatIsNotWholeBlocksIsRefused) {
  EXPECT_THAT(Refusal(OneTensor({128, 2}, kQ4K, 160)), HasSubstr("not a multiple of the 256 elements"));
  EXPECT_THAT(Refusal(OneTensor({}, kQ4K, 160)), HasSubstr("not a multiple"));
}

TEST(ReadGguf, OffsetsOtherThanTheRunningSumAreRefused) {
  EXPECT_THAT(Refusal(OneTensor({4}, kF32, 64, 32)), HasSubstr("has offset 32, but must begin at 0"));
  EXPECT_THAT(Refusal(OneTensor({4}, kF32, 64, kHuge)), HasSubstr("must begin at 0"));
}

TEST(ReadGguf, DataThatIsNotAllThereIsRefused) {
  EXPECT_EQ(Refusal(OneTensor({4}, kF32, 32)), "");
  EXPECT_THAT(Refusal(OneTensor({4}, kF32, 31)), HasSubstr("reaches beyond the end of the file"));
  EXPECT_THAT(Refusal(Writer(1, 0).Info("a", {0}, kI8, 0)),
              HasSubstr("the file ends before its data begins"));
  Writer overflow(2, 0);
  overflow.Info("a", {0x7fffffffffffffc0}, kI8, 0)
      .Info("b", {0x7fffffffffffffc0}, kI8, 0x7fffffffffffffc0)
      .PadTo(32)
      .Zeros(32);
  EXPECT_THAT(Refusal(overflow), HasSubstr("reaches beyond the end of the file"));
}

TEST(ReadGguf, ALongTokenizerIsPassedOverInSmallReads) {
  Writer file(0, 1);
  file.Key("tokens", kArray).U32(kU8).U64(1ULL << 29);
  const testing::MemoryFile sparse(file.bytes(), 1ULL << 30);
  const auto layout = ReadGguf(sparse, 1ULL << 30);
  ASSERT_TRUE(layout.has_value());
  EXPECT_LT(sparse.bytes_read(), 200'000U);
}

TEST(ReadGguf, AFileOfTheReferenceProjectIsAccepted) {
  const char* corpus = std::getenv("STRONGROOM_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "STRONGROOM_CORPUS is not set";
  const auto files = MakeRealFileSystem();
  auto file = files->Open(std::string(corpus) + "/gguf/ggerganov_llama.cpp/ggml-vocab-bert-bge.gguf",
                          OpenMode::kRead);
  ASSERT_TRUE(file.has_value());
  const auto identity = (*file)->Identity();
  ASSERT_TRUE(identity.has_value());
  const auto layout = ReadGguf(**file, identity->size);
  ASSERT_TRUE(layout.has_value()) << layout.error().message;
  EXPECT_TRUE(layout->tensors.empty());
}

}  // namespace
}  // namespace strongroom::weights
