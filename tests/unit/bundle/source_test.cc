// What may be sealed, and how a model is cut into blocks.
#include "bundle/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "strongroom/bundle/layout.h"
#include "strongroom/crypto/floe.h"
#include "unit/bundle/sealed_model.h"

namespace strongroom::bundle {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ModelSource : public ::testing::Test {
 protected:
  Error SurveyError(bool opaque = false) {
    const auto totals = SurveySource(model_.files(), model_.source(), opaque);
    EXPECT_FALSE(totals);
    return totals ? Error() : totals.error();
  }
  std::string In(const std::string& name) const { return model_.source() + "/" + name; }

  SealedModel model_;
};

TEST_F(ModelSource, TotalsAreCounted) {
  WriteFile(In("a/model.safetensors"), MakeSafetensors({{"w", "U8", 3, {1, 2, 3}}, {"v", "U8", 1, {1}}}));
  WriteFile(In("b"), std::string_view("12345"));
  fs::create_symlink("b", In("c"));
  const auto totals = SurveySource(model_.files(), model_.source(), false);
  ASSERT_TRUE(totals);
  EXPECT_EQ(totals->files, 2u);
  EXPECT_EQ(totals->directories, 1u);
  EXPECT_EQ(totals->symlinks, 1u);
  EXPECT_EQ(totals->tensors, 2u);
  EXPECT_EQ(totals->plaintext_size, 5 + fs::file_size(In("a/model.safetensors")));
}

TEST_F(ModelSource, NoSuchSourceIsNotFound) {
  EXPECT_EQ(SurveySource(model_.files(), In("nowhere"), false).error().code, ErrorCode::kNotFound);
}

TEST_F(ModelSource, LinkThatLeavesTheModelIsRefused) {
  for (const char* target : {"/etc/hostname", "../outside", "a/../../outside"}) {
    fs::create_symlink(target, In("link"));
    EXPECT_EQ(SurveyError().code, ErrorCode::kInvalidArgument) << target;
    fs::remove(In("link"));
  }
}

TEST_F(ModelSource, PipeIsRefusedAndNamed) {
  ASSERT_EQ(mkfifo(In("pipe").c_str(), 0600), 0);
  const Error error = SurveyError();
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(error.message, HasSubstr("pipe"));
}

TEST_F(ModelSource, MalformedWeightsStopUnlessOpaque) {
  WriteFile(In("model.safetensors"), std::string_view("not a header"));
  const Error error = SurveyError();
  EXPECT_EQ(error.code, ErrorCode::kMalformed);
  EXPECT_THAT(error.message, HasSubstr("model.safetensors"));
  EXPECT_THAT(error.next, HasSubstr("--opaque"));
  EXPECT_TRUE(SurveySource(model_.files(), model_.source(), true));
}

TEST_F(ModelSource, IndexThatNamesAMissingFileStops) {
  WriteFile(In("model.safetensors.index.json"),
            std::string_view(R"({"metadata":{},"weight_map":{"w":"gone.safetensors"}})"));
  EXPECT_EQ(SurveyError().code, ErrorCode::kMalformed);
}

TEST_F(ModelSource, OutputInsideTheModelIsRefused) {
  WriteFile(In("a/b"), std::string_view("x"));
  model_.options.output = In("a/model.bundle");
  EXPECT_EQ(model_.Seal().error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(fs::exists(In("a/model.bundle.partial")));
}

TEST_F(ModelSource, LinkToADirectoryIsFollowedWhereItIsTheSourceItself) {
  WriteFile(In("a"), std::string_view("x"));
  fs::create_symlink("model", model_ / "current");
  EXPECT_EQ(SurveySource(model_.files(), model_ / "current", false)->files, 1u);
}

TEST_F(ModelSource, LargeTensorBeginsABlockOfItsOwnAndSmallNeighboursShareOne) {
  WriteFile(In("model.safetensors"), MakeSafetensors({{"a", "F32", 10, Noise(40, 1)},
                                                      {"b", "F32", 20, Noise(80, 1)},
                                                      {"c", "F32", 400'000, Noise(1'600'000, 1)},
                                                      {"d", "F32", 10, Noise(40, 1)},
                                                      {"e", "U8", 10, Noise(10, 1)}}));
  const auto source = ScanSource(model_.files(), model_.source(), false);
  ASSERT_TRUE(source);
  const std::uint64_t data = fs::file_size(In("model.safetensors")) - 1'600'170;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> blocks;
  for (BlockCursor cursor(*source); !cursor.done();) {
    const SourceBlock block = cursor.Next();
    blocks.emplace_back(block.offset, block.size);
  }
  EXPECT_THAT(blocks,
              ::testing::ElementsAre(std::pair(0, data), std::pair(data, 120), std::pair(data + 120, 1 << 20),
                                     std::pair(data + 120 + (1 << 20), 1'600'000 - (1 << 20)),
                                     std::pair(data + 1'600'120, 40), std::pair(data + 1'600'160, 10)));
  EXPECT_EQ(source->blocks, blocks.size());
}

TEST(ShardPlan, ShardsAreEqualAndNoneIsLongerThanAsked) {
  for (const std::uint64_t size : {0, 1, 65'504, 1'000'000, 123'456'789}) {
    const auto plan = PlanShards(size, 100'000);
    ASSERT_TRUE(plan);
    EXPECT_GE(plan->padded(), size);
    EXPECT_LT(plan->padded(), size + plan->shards);
    EXPECT_LE(crypto::FloeParameters().EncryptedSize(plan->capacity), 100'000u);
  }
}

TEST(ShardPlan, MoreShardsThanABundleMayHaveAreRefused) {
  EXPECT_EQ(PlanShards(1ULL << 40, 4096).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(PlanShards(1, 100).error().code, ErrorCode::kInvalidArgument);
}

TEST(ShardPlan, PaddingStaysBelowItsBound) {
  for (std::uint64_t size = 1; size < 1ULL << 45; size += size / 3 + 1) {
    const std::uint64_t padded = PaddedSize(size);
    EXPECT_GE(padded, size);
    EXPECT_LE(padded - size, size / 200) << size;
    EXPECT_LE(padded, PaddingBound(size)) << size;
  }
}

}  // namespace
}  // namespace strongroom::bundle
