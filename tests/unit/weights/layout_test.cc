#include "strongroom/weights/layout.h"

#include <gtest/gtest.h>

#include "testing/memory_file.h"

namespace strongroom::weights {
namespace {

TEST(ReadLayout, AFileOfNoKnownFormatIsOneRegionOfBytes) {
  const testing::MemoryFile file(AsBytes("#!/usr/bin/env python"));
  const auto layout = ReadLayout(file, 21, "run.py");
  ASSERT_TRUE(layout.has_value());
  EXPECT_EQ(layout->format, Format::kOpaque);
  EXPECT_EQ(layout->regions, (std::vector<Region>{{0, 21, ElementKind::kBytes}}));
}

TEST(ReadLayout, AnEmptyFileHasNoRegion) {
  const testing::MemoryFile file(ByteView{});
  const auto layout = ReadLayout(file, 0, "empty");
  ASSERT_TRUE(layout.has_value());
  EXPECT_TRUE(layout->regions.empty());
}

TEST(ReadLayout, ASafetensorsFileIsKnownByItsNameAlone) {
  const testing::MemoryFile file(AsBytes("GGUF"));
  const auto layout = ReadLayout(file, 4, "model.safetensors");
  ASSERT_FALSE(layout.has_value());
  EXPECT_EQ(layout.error().message,
            "safetensors header, offset 0: the file has 4 bytes, too few for the header's length");
}

TEST(ReadLayout, AGgufFileIsKnownByItsMagicAlone) {
  const testing::MemoryFile file(AsBytes("GGUF"));
  const auto layout = ReadLayout(file, 4, "weights.bin");
  ASSERT_FALSE(layout.has_value());
  EXPECT_EQ(layout.error().code, ErrorCode::kMalformed);
  EXPECT_EQ(layout.error().message, "GGUF header, offset 4: the file ends here");
}

TEST(ReadLayout, AFileThatShrankMeanwhileIsTruncated) {
  const testing::MemoryFile file(AsBytes("GGUF"));
  const auto layout = ReadLayout(file, 400, "weights.gguf");
  ASSERT_FALSE(layout.has_value());
  EXPECT_EQ(layout.error().code, ErrorCode::kTruncated);
}

}  // namespace
}  // namespace strongroom::weights
