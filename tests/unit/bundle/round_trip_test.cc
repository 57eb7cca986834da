// From a directory to a bundle and back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "unit/bundle/sealed_model.h"

namespace strongroom::bundle {
namespace {

namespace fs = std::filesystem;

void ExpectRoundTrip(SealedModel& model) {
  const Status sealed = model.Seal();
  ASSERT_TRUE(sealed) << sealed.error().message;
  const Status verified = model.VerifyStatus();
  ASSERT_TRUE(verified) << verified.error().message;
  const auto opened = model.OpenInto();
  ASSERT_TRUE(opened) << opened.error().message;
  const Tree before = ReadTree(model.source()), after = ReadTree(model.opened());
  ASSERT_EQ(before.size(), after.size());
  for (const auto& [name, content] : before) {
    ASSERT_TRUE(after.contains(name)) << name;
    ASSERT_TRUE(after.at(name) == content)
        << name << " differs: " << content.substr(0, 40) << ", " << after.at(name).substr(0, 40);
  }
  EXPECT_FALSE(fs::exists(model.bundle() + ".partial"));
  EXPECT_FALSE(fs::exists(model.bundle() + ".partial.journal"));
  EXPECT_FALSE(fs::exists(model.opened() + ".partial"));
  EXPECT_FALSE(fs::exists(model.opened() + ".partial.note"));
}

TEST(RoundTrip, EmptyModelComesBackEmpty) {
  SealedModel model;
  ExpectRoundTrip(model);
}

TEST(RoundTrip, FilesOfManyKindsComeBackWithTheirModes) {
  SealedModel model;
  WriteFile(model.source() + "/config.json", std::string_view("{}"));
  WriteFile(model.source() + "/empty", std::string_view(""));
  WriteFile(model.source() + "/deep/er/noise.bin", Noise(3'000'001, 1));
  WriteFile(model.source() + "/read only", std::string_view("text"));
  fs::create_directories(model.source() + "/empty folder");
  fs::permissions(model.source() + "/read only", fs::perms(0444));
  fs::permissions(model.source() + "/deep/er", fs::perms(0750));
  fs::create_symlink("deep/er/noise.bin", model.source() + "/link");
  fs::create_symlink("../config.json", model.source() + "/deep/up");
  ExpectRoundTrip(model);
}

TEST(RoundTrip, WeightsOfEveryElementTypeComeBack) {
  const std::vector<std::pair<std::string, std::uint64_t>> types = {
      {"BF16", 2}, {"F16", 2}, {"F32", 4}, {"F64", 8}, {"F8_E4M3", 1}, {"I8", 1},
      {"U8", 1},   {"I16", 2}, {"I32", 4}, {"I64", 8}, {"BOOL", 1}};
  std::vector<NewTensor> tensors;
  for (const auto& [dtype, width] : types) {
    const Bytes bytes = Bf16Weights(width * 200'000, tensors.size());
    tensors.push_back({"large." + dtype, dtype, 200'000, bytes});
    tensors.push_back({"small." + dtype, dtype, 100, ToBytes(ByteView(bytes).first(width * 100))});
  }
  SealedModel model;
  WriteFile(model.source() + "/model.safetensors", MakeSafetensors(tensors));
  ExpectRoundTrip(model);
}

TEST(RoundTrip, SingleFileComesBackUnderItsOwnName) {
  SealedModel model;
  WriteFile(model / "weights.bin", Noise(100'000, 2));
  model.options.source = model / "weights.bin";
  ASSERT_TRUE(model.Seal());
  ASSERT_TRUE(model.OpenInto());
  EXPECT_EQ(ReadFile(model.opened() + "/weights.bin"), Noise(100'000, 2));
}

TEST(RoundTrip, ManySmallFilesComeBack) {
  SealedModel model;
  for (int i = 0; i < 1500; ++i) {
    WriteFile(model.source() + "/" + std::to_string(i % 7) + "/" + std::to_string(i),
              Noise(i * 37 % 5000, i));
  }
  ExpectRoundTrip(model);
}

TEST(RoundTrip, StreamThatFillsShardsExactlyAndOthersComeBack) {
  for (const std::size_t size :
       {65'503, 65'504, 65'505, 131'008, 1'048'063, 1'048'064, 1'048'065, 2'096'128}) {
    SealedModel model;
    WriteFile(model.source() + "/noise", Noise(size - 1, size));  // raw blocks are one byte longer
    ExpectRoundTrip(model);
  }
}

TEST(RoundTrip, ManySmallShardsComeBack) {
  SealedModel model;
  WriteFile(model.source() + "/model.safetensors",
            MakeSafetensors({{"w", "BF16", 4 << 20, Bf16Weights(8 << 20, 1)}}));
  WriteFile(model.source() + "/noise", Noise(3 << 20, 1));
  model.options.shard_size = 300'000;
  ExpectRoundTrip(model);
  EXPECT_GT(model.Manifest()->manifest.shards(), 20u);
}

TEST(RoundTrip, ShardsSmallerThanABlockComeBack) {
  SealedModel model;
  WriteFile(model.source() + "/noise", Noise(2'500'000, 1));
  model.options.shard_size = 8192;
  ExpectRoundTrip(model);
}

TEST(RoundTrip, SparseFileStaysSparseAndCostsNothing) {
  SealedModel model;
  const std::string path = model.source() + "/sparse.bin";
  WriteFile(path, std::string_view("head"));
  fs::resize_file(path, 20ULL << 30);
  ASSERT_TRUE(model.Seal());
  EXPECT_LT(fs::file_size(model.bundle() + "/shards/00000.shard"), 200'000u);
  ASSERT_TRUE(model.OpenInto());
  struct stat status {};
  ASSERT_EQ(stat((model.opened() + "/sparse.bin").c_str(), &status), 0);
  EXPECT_EQ(status.st_size, 20LL << 30);
  EXPECT_LT(status.st_blocks, 1 << 16);
}

TEST(RoundTrip, HardLinkIsSealedByContent) {
  SealedModel model;
  WriteFile(model.source() + "/a", std::string_view("shared"));
  fs::create_hard_link(model.source() + "/a", model.source() + "/b");
  ExpectRoundTrip(model);
}

TEST(RoundTrip, LinkThatLeavesThroughAnotherIsRefused) {
  SealedModel model;
  fs::create_directories(model.source() + "/folder");
  fs::create_symlink("..", model.source() + "/folder/up");
  fs::create_symlink("folder/up/../outside", model.source() + "/link");
  const Status sealed = model.Seal();
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(sealed.error().message,
            model.source() + "/link: is a symbolic link that leaves the model: folder/up/../outside");
}

}  // namespace
}  // namespace strongroom::bundle
