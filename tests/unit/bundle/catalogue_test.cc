#include "strongroom/bundle/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

namespace strongroom::bundle {
namespace {

using ::testing::ElementsAre;

class MemoryCatalogue final : public CatalogueBytes {
 public:
  explicit MemoryCatalogue(Bytes bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  Status Read(std::uint64_t offset, MutableBytes out) override {
    if (offset + out.size() > bytes_.size()) return Fail(ErrorCode::kInternal, "read past the end");
    std::ranges::copy(ByteView(bytes_).subspan(offset, out.size()), out.begin());
    return {};
  }

 private:
  Bytes bytes_;
};

constexpr std::size_t kBlocksAt = 64, kFilesAt = kBlocksAt + 3 * 32, kTensorsAt = kFilesAt + 4 * 48,
                      kHeapAt = kTensorsAt + 3 * 48;

const std::vector<BlockRecord>& Blocks() {
  static const std::vector<BlockRecord> blocks = {
      {.stream_offset = 0,
       .file_offset = 0,
       .coded_size = 10,
       .size = 20,
       .file = 1,
       .element = codec::Element::kBf16},
      {.stream_offset = 10,
       .file_offset = 20,
       .coded_size = 5,
       .size = 5,
       .file = 1,
       .element = codec::Element::kBytes},
      {.stream_offset = 15,
       .file_offset = 0,
       .coded_size = 7,
       .size = 6,
       .file = 3,
       .element = codec::Element::kBytes},
  };
  return blocks;
}

// "a" is a folder, "a/b" has two blocks, "c" is empty, "d" is a link with one block.
Bytes Example() {
  CatalogueWriter writer;
  writer.AddFile({.path = "a", .kind = FileKind::kDirectory, .mode = 0755});
  writer.AddFile({.path = "a/b", .mode = 0644, .size = 25, .first_block = 0, .blocks = 2});
  writer.AddFile({.path = "c", .mode = 0600, .first_block = 2});
  writer.AddFile(
      {.path = "d", .kind = FileKind::kSymlink, .mode = 0777, .size = 6, .first_block = 2, .blocks = 1});
  writer.AddTensor({.name = "w", .dtype = "BF16", .shape = "[2,5]", .file = 1, .offset = 0, .size = 20});
  writer.AddTensor({.name = "bias", .dtype = "U8", .shape = "[5]", .file = 1, .offset = 20, .size = 5});
  writer.AddTensor({.name = "none", .dtype = "U8", .shape = "[0]", .file = 2, .offset = 0, .size = 0});
  Bytes bytes;
  std::size_t next = 0;
  const Status written = writer.Write(
      22, Blocks().size(), [&] { return Blocks()[next++]; },
      [&](ByteView part) -> Status {
        bytes.insert(bytes.end(), part.begin(), part.end());
        return {};
      });
  EXPECT_TRUE(written);
  return bytes;
}

CatalogueReader Open(Bytes bytes) {
  auto reader = CatalogueReader::Open(std::make_shared<MemoryCatalogue>(std::move(bytes)));
  EXPECT_TRUE(reader) << reader.error().message;
  return *std::move(reader);
}

TEST(Catalogue, EveryRecordIsReadAsItWasWritten) {
  const CatalogueReader reader = Open(Example());
  EXPECT_TRUE(reader.CheckAll());
  EXPECT_EQ(reader.header().plaintext_size, 25u);
  EXPECT_EQ(reader.File(1)->path, "a/b");
  EXPECT_EQ(reader.File(3)->kind, FileKind::kSymlink);
  for (std::size_t i = 0; i < Blocks().size(); ++i) EXPECT_EQ(*reader.Block(i), Blocks()[i]);
  EXPECT_EQ(*reader.FindTensors("w"),
            std::vector({TensorRecord{
                .name = "w", .dtype = "BF16", .shape = "[2,5]", .file = 1, .offset = 0, .size = 20}}));
}

TEST(Catalogue, NamesAreFoundAndOthersAreNot) {
  const CatalogueReader reader = Open(Example());
  EXPECT_EQ(*reader.FindFile("d"), 3u);
  EXPECT_EQ(*reader.FindFile("a/b"), 1u);
  EXPECT_EQ(*reader.FindFile("b"), std::nullopt);
  EXPECT_TRUE(reader.FindTensors("x")->empty());
  EXPECT_EQ(reader.FindTensors("none")->size(), 1u);
}

TEST(Catalogue, BlockOfAnOffsetIsFound) {
  const CatalogueReader reader = Open(Example());
  const FileRecord file = *reader.File(1);
  EXPECT_EQ(*reader.FindBlock(file, 0), 0u);
  EXPECT_EQ(*reader.FindBlock(file, 19), 0u);
  EXPECT_EQ(*reader.FindBlock(file, 20), 1u);
  EXPECT_EQ(reader.FindBlock(file, 25).error().code, ErrorCode::kAltered);
}

TEST(Catalogue, SizeThatDoesNotFitTheHeaderIsAltered) {
  Bytes bytes = Example();
  bytes.push_back(0);
  EXPECT_EQ(CatalogueReader::Open(std::make_shared<MemoryCatalogue>(bytes)).error().code,
            ErrorCode::kAltered);
  bytes.resize(60);
  EXPECT_EQ(CatalogueReader::Open(std::make_shared<MemoryCatalogue>(bytes)).error().code,
            ErrorCode::kAltered);
}

TEST(Catalogue, CountsThatOverflowAreAltered) {
  for (const std::size_t at : {24, 32, 40, 48}) {
    Bytes bytes = Example();
    std::memset(&bytes[at], 0xff, 8);
    EXPECT_EQ(CatalogueReader::Open(std::make_shared<MemoryCatalogue>(bytes)).error().code,
              ErrorCode::kAltered)
        << at;
  }
}

// One byte changed at a time: where, to what.
struct Change {
  const char* what;
  std::size_t at;
  std::uint8_t to;
};

class BrokenCatalogue : public ::testing::TestWithParam<Change> {};

TEST_P(BrokenCatalogue, IsAltered) {
  Bytes bytes = Example();
  ASSERT_NE(bytes[GetParam().at], GetParam().to);
  bytes[GetParam().at] = GetParam().to;
  const auto reader = CatalogueReader::Open(std::make_shared<MemoryCatalogue>(bytes));
  const Status status = reader ? reader->CheckAll() : std::unexpected(reader.error());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kAltered) << status.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, BrokenCatalogue,
    ::testing::Values(
        Change{"magic", 0, 'X'}, Change{"stream_size", 8, 23}, Change{"plaintext_size", 16, 26},
        Change{"reserved", 56, 1}, Change{"block_gap_in_stream", kBlocksAt + 32, 11},
        Change{"block_gap_in_file", kBlocksAt + 32 + 8, 21},
        Change{"block_coded_size_zero", kBlocksAt + 16, 0},
        Change{"block_coded_too_long", kBlocksAt + 16, 22}, Change{"block_size", kBlocksAt + 20, 19},
        Change{"block_too_large", kBlocksAt + 22, 0x20}, Change{"block_of_another_file", kBlocksAt + 24, 3},
        Change{"block_element", kBlocksAt + 28, 11}, Change{"block_reserved", kBlocksAt + 31, 1},
        Change{"file_size", kFilesAt + 48, 24}, Change{"file_first_block", kFilesAt + 48 + 8, 1},
        Change{"file_blocks", kFilesAt + 48 + 16, 1},
        Change{"file_blocks_beyond_table", kFilesAt + 48 + 19, 1},
        Change{"file_path_beyond_heap", kFilesAt + 24, 200}, Change{"file_path_empty", kFilesAt + 32, 0},
        Change{"file_mode", kFilesAt + 37, 0x80}, Change{"file_kind", kFilesAt + 38, 3},
        Change{"file_reserved", kFilesAt + 40, 1}, Change{"directory_with_content", kFilesAt + 48 + 38, 1},
        Change{"file_above_is_no_directory", kFilesAt + 38, 0}, Change{"file_twice", kHeapAt + 4, 'a'},
        Change{"path_leaves", kHeapAt, '.'}, Change{"tensor_hash", kTensorsAt, 0},
        Change{"tensor_beyond_file", kTensorsAt + 16, 200}, Change{"tensor_file", kTensorsAt + 32, 9},
        Change{"tensor_reserved", kTensorsAt + 44, 1}),
    [](const auto& instance) { return std::string(instance.param.what); });

TEST(Catalogue, SameTensorNameInTwoFilesIsFoundTwice) {
  CatalogueWriter writer;
  writer.AddFile({.path = "a", .mode = 0644});
  writer.AddFile({.path = "b", .mode = 0644});
  for (const std::uint32_t file : {1u, 0u})
    writer.AddTensor({.name = "w", .dtype = "U8", .shape = "[0]", .file = file});
  Bytes bytes;
  ASSERT_TRUE(writer.Write(
      0, 0, [] { return BlockRecord(); },
      [&](ByteView part) -> Status {
        bytes.insert(bytes.end(), part.begin(), part.end());
        return {};
      }));
  const CatalogueReader reader = Open(bytes);
  EXPECT_TRUE(reader.CheckAll());
  EXPECT_EQ(reader.FindTensors("w")->size(), 2u);
}

TEST(ModelPath, OnlyPlainRelativePathsAreAllowed) {
  for (const char* good : {"a", "a/b", "..a", "a..", "...", "a b", "\xff"})
    EXPECT_TRUE(IsModelPath(good)) << good;
  for (const char* bad : {"", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b"})
    EXPECT_FALSE(IsModelPath(bad)) << bad;
  EXPECT_FALSE(IsModelPath(std::string_view("a\0b", 3)));
  EXPECT_FALSE(IsModelPath(std::string(4097, 'a')));
}

TEST(ModelLink, TargetStaysInsideTheModel) {
  EXPECT_TRUE(IsModelLink("a", "b"));
  EXPECT_TRUE(IsModelLink("a/b", "../c"));
  EXPECT_TRUE(IsModelLink("a/b/c", "../../d"));
  EXPECT_FALSE(IsModelLink("a", "../b"));
  EXPECT_FALSE(IsModelLink("a/b", "../../c"));
  EXPECT_FALSE(IsModelLink("a", "/etc/passwd"));
  EXPECT_FALSE(IsModelLink("a", ""));
}

}  // namespace
}  // namespace strongroom::bundle
