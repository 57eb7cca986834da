#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <thread>

#include "strongroom/bundle/in_memory.h"
#include "strongroom/bundle/layout.h"
#include "unit/bundle/sealed_model.h"

namespace strongroom::bundle {
namespace {

namespace fs = std::filesystem;

class Read : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 40; ++i) {
      weights_.push_back(Bf16Weights(1 << 20, i));
      tensors_.push_back({"layer." + std::to_string(i) + ".weight", "BF16", 1 << 19, weights_.back()});
    }
    file_ = MakeSafetensors(tensors_);
    WriteFile(model_.source() + "/model-1.safetensors", file_);
    WriteFile(model_.source() + "/model-2.safetensors",
              MakeSafetensors({{"layer.7.weight", "U8", 3, {1, 2, 3}}, {"a:b", "U8", 1, {9}}}));
    WriteFile(model_.source() + "/config.json", std::string_view("{}"));
    model_.options.shard_size = 8 << 20;
    ASSERT_TRUE(model_.Seal());
    bundle_ = *model_.Open();
  }

  Bytes ReadItem(std::string_view name) {
    const auto item = FindItem(*bundle_, name);
    EXPECT_TRUE(item) << item.error().message;
    Bytes bytes(item->size);
    EXPECT_TRUE(bundle_->Read(item->file, item->offset, bytes));
    return bytes;
  }

  SealedModel model_;
  std::vector<Bytes> weights_;
  std::vector<NewTensor> tensors_;
  Bytes file_;
  std::unique_ptr<Bundle> bundle_;
};

TEST_F(Read, TensorIsFoundByItsNameAndFileByItsPath) {
  EXPECT_EQ(ReadItem("layer.12.weight"), weights_[12]);
  EXPECT_EQ(ReadItem("config.json"), ToBytes(AsBytes("{}")));
  EXPECT_EQ(ReadItem("model-1.safetensors"), file_);
  EXPECT_EQ(FindItem(*bundle_, "layer.12.weight")->tensor->shape, "[524288]");
}

TEST_F(Read, NameThatIsNotThereIsNotFound) {
  EXPECT_EQ(FindItem(*bundle_, "layer.40.weight").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(FindItem(*bundle_, "config.json:layer.1.weight").error().code, ErrorCode::kNotFound);
}

TEST_F(Read, TensorInTwoFilesIsNamedWithItsFile) {
  const auto both = FindItem(*bundle_, "layer.7.weight");
  EXPECT_EQ(both.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(both.error().why,
              ::testing::UnorderedElementsAre("model-1.safetensors", "model-2.safetensors"));
  EXPECT_EQ(ReadItem("model-2.safetensors:layer.7.weight"), Bytes({1, 2, 3}));
  EXPECT_EQ(ReadItem("model-2.safetensors:a:b"), Bytes({9}));
}

TEST_F(Read, OneTensorTouchesLittleMoreThanItself) {
  const auto bundle = *model_.Open();
  const auto item = FindItem(*bundle, "layer.20.weight");
  const std::uint64_t before = bundle->bytes_read();
  Bytes bytes(item->size);
  ASSERT_TRUE(bundle->Read(item->file, item->offset, bytes));
  EXPECT_LT(bundle->bytes_read() - before, 2 * item->size);
  EXPECT_LT(before, 400'000u);  // catalogue leaves and the pages with the names
}

TEST_F(Read, AnyRangeIsWhatTheFileHasThere) {
  const FileRecord file = FindItem(*bundle_, "model-1.safetensors")->file;
  std::mt19937_64 random(1);
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t offset = random() % file.size,
                        size = random() % std::min<std::uint64_t>(file.size - offset, 3 << 20);
    Bytes bytes(size);
    ASSERT_TRUE(bundle_->Read(file, offset, bytes));
    ASSERT_TRUE(std::ranges::equal(bytes, ByteView(file_).subspan(offset, size))) << offset << " " << size;
  }
}

TEST_F(Read, RangeBeyondTheEndIsRefused) {
  const FileRecord file = FindItem(*bundle_, "config.json")->file;
  Bytes bytes(3);
  EXPECT_EQ(bundle_->Read(file, 0, bytes).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(bundle_->Read(file, ~0ULL, bytes).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(Read, ErrorOfTheSinkIsReturned) {
  const FileRecord file = FindItem(*bundle_, "model-1.safetensors")->file;
  const Status status = bundle_->Read(file, 0, file.size, [](ByteView) {
    return Status(Fail(ErrorCode::kUnavailable, "the pipe is closed"));
  });
  EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
}

TEST_F(Read, ManyThreadsReadAtOnce) {
  std::vector<std::jthread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = t; i < 40; i += 3) {
        const auto item = FindItem(*bundle_, "model-1.safetensors:layer." + std::to_string(i) + ".weight");
        Bytes bytes(item->size);
        if (!bundle_->Read(item->file, item->offset, bytes) || bytes != weights_[static_cast<std::size_t>(i)])
          ++wrong;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

TEST_F(Read, OnlySelectedFilesAreOpened) {
  const auto opened = model_.OpenInto({.only = {"*.json"}});
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->files, 1u);
  EXPECT_EQ(ReadTree(model_.opened()).size(), 1u);
}

TEST_F(Read, PatternThatMatchesNothingIsNotFound) {
  EXPECT_EQ(model_.OpenInto({.only = {"*.gguf"}}).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(model_.opened()));
}

TEST(InMemory, BufferOfEveryElementTypeComesBack) {
  const auto bulk = *crypto::MakeBulkCrypto(crypto::BulkProvider::kFastest);
  InMemoryShard shard(bulk, 5 << 20);
  for (int element = 0; element < codec::kElementCount; ++element) {
    for (const std::size_t size : {0, 1, 1'000'000, 5 << 20}) {
      const Bytes plaintext = Bf16Weights(size, size);
      ASSERT_TRUE(shard.Seal(static_cast<codec::Element>(element), plaintext));
      for (const bool check : {true, false}) {
        Bytes opened(size);
        const Status status = shard.Open(check, opened);
        ASSERT_TRUE(status) << status.error().message;
        ASSERT_EQ(opened, plaintext);
      }
    }
  }
}

TEST(InMemory, FlippedBitIsAlteredWithOrWithoutLeaves) {
  const auto bulk = *crypto::MakeBulkCrypto(crypto::BulkProvider::kOpenSsl);
  InMemoryShard shard(bulk, 300'000);
  const Bytes plaintext = Noise(300'000, 1);
  ASSERT_TRUE(shard.Seal(codec::Element::kBytes, plaintext));
  Bytes opened(plaintext.size());
  for (std::uint64_t offset = 80; offset < shard.size(); offset += 30'011) {
    shard.At(offset) ^= 1;
    EXPECT_EQ(shard.Open(true, opened).error().code, ErrorCode::kAltered) << offset;
    EXPECT_EQ(shard.Open(false, opened).error().code, ErrorCode::kAltered) << offset;
    shard.At(offset) ^= 1;
  }
  EXPECT_TRUE(shard.Open(true, opened));
}

}  // namespace
}  // namespace strongroom::bundle
