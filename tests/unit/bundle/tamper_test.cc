// Whatever is changed in a bundle is noticed, by verifying and by opening, and nothing gets a final name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <set>

#include "bundle/encrypted_file.h"
#include "bundle/paged_catalogue.h"
#include "strongroom/bundle/layout.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/store/store.h"
#include "unit/bundle/sealed_model.h"

namespace strongroom::bundle {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::vector<std::string> FilesOf(const std::string& bundle) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(bundle)) {
    if (entry.is_regular_file()) names.push_back(entry.path().lexically_relative(bundle).string());
  }
  return names;
}

class Tamper : public ::testing::Test {
 protected:
  void SealShards() {
    WriteFile(model_.source() + "/noise", Noise(1'000'000, 1));
    WriteFile(model_.source() + "/weights", Bf16Weights(2'000'000, 1));
    model_.options.shard_size = 700'000;
    ASSERT_TRUE(model_.Seal());
    ASSERT_EQ(model_.Manifest()->manifest.shards(), 4u);
  }

  std::string In(const std::string& name) const { return model_.bundle() + "/" + name; }

  Error OpenError() {
    const auto opened = model_.OpenInto({.force = true});
    EXPECT_FALSE(opened);
    EXPECT_FALSE(fs::exists(model_.opened()));
    return opened ? Error() : opened.error();
  }

  void ExpectBoth(ErrorCode code, const std::string& name) {
    const Status verified = model_.VerifyStatus();
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().code, code);
    EXPECT_THAT(verified.error().message, HasSubstr(name));
    const Error opened = OpenError();
    EXPECT_EQ(opened.code, code) << opened.message;
    EXPECT_THAT(opened.message, HasSubstr(name));
  }

  SealedModel model_;
};

TEST_F(Tamper, BitFlippedInAnyByteOfATinyBundleIsNoticed) {
  WriteFile(model_.source() + "/config.json", std::string_view("{\"hidden_size\":64}"));
  model_.options.threads = 1;
  ASSERT_TRUE(model_.Seal());
  std::mt19937 random(1);
  for (const std::string& name : FilesOf(model_.bundle())) {
    if (name == kKeyslotsName) continue;  // the keyslots' own tests
    const std::uint64_t size = fs::file_size(In(name));
    for (std::uint64_t byte = 0; byte < size; ++byte) {
      const std::uint64_t bit = byte * 8 + random() % 8;
      FlipBit(In(name), bit);
      const Status verified = model_.VerifyStatus();
      ASSERT_FALSE(verified) << name << " bit " << bit;
      ASSERT_EQ(ExitCode(verified.error().code), 3)
          << name << " bit " << bit << ": " << verified.error().message;
      const auto opened = model_.OpenInto({.force = true, .threads = 1});
      ASSERT_FALSE(opened) << name << " bit " << bit;
      ASSERT_EQ(ExitCode(opened.error().code), 3) << name << " bit " << bit << ": " << opened.error().message;
      ASSERT_FALSE(fs::exists(model_.opened()));
      FlipBit(In(name), bit);
    }
  }
  EXPECT_TRUE(model_.VerifyStatus());
}

TEST_F(Tamper, BitFlippedAnywhereInTheShardsIsNoticedAndItsLeafNamed) {
  SealShards();
  std::mt19937_64 random(2);
  for (int i = 0; i < 60; ++i) {
    const std::string name = ShardName(static_cast<std::uint32_t>(i % 4));
    const std::uint64_t bit = random() % (fs::file_size(In(name)) * 8);
    SCOPED_TRACE(name + " bit " + std::to_string(bit));
    FlipBit(In(name), bit);
    ExpectBoth(ErrorCode::kAltered, name + ": leaf " + std::to_string(bit / 8 / 32768));
    FlipBit(In(name), bit);
  }
}

TEST_F(Tamper, BitFlippedInThePaddingIsNoticedByOpeningToo) {
  SealShards();
  const std::string name = ShardName(3);
  FlipBit(In(name), (fs::file_size(In(name)) - 20) * 8);
  ExpectBoth(ErrorCode::kAltered, name);
}

TEST_F(Tamper, FileCutShortIsTruncated) {
  SealShards();
  for (const std::string& name :
       {ShardName(2), LeavesName(ShardName(2)), std::string("catalogue"), std::string("catalogue.leaves")}) {
    SCOPED_TRACE(name);
    const Bytes before = ReadFile(In(name));
    fs::resize_file(In(name), before.size() - 1);
    ExpectBoth(ErrorCode::kTruncated, name);
    fs::remove(In(name));
    ExpectBoth(ErrorCode::kTruncated, name);
    WriteFile(In(name), before);
  }
}

TEST_F(Tamper, FileThatGoesOnIsAltered) {
  SealShards();
  for (const std::string& name :
       {ShardName(2), LeavesName(ShardName(2)), std::string("catalogue"), std::string("catalogue.leaves")}) {
    SCOPED_TRACE(name);
    const std::uint64_t size = fs::file_size(In(name));
    fs::resize_file(In(name), size + 1);
    ExpectBoth(ErrorCode::kAltered, name);
    fs::resize_file(In(name), size);
  }
}

TEST_F(Tamper, AlteredFileWeighsMoreThanAMissingOne) {
  SealShards();
  fs::remove(In(ShardName(0)));
  FlipBit(In(ShardName(1)), 8);
  const Status status = model_.VerifyStatus();
  EXPECT_EQ(status.error().code, ErrorCode::kAltered);
  EXPECT_EQ(status.error().why.size(), 1u);
}

TEST_F(Tamper, ShardsThatWereSwappedAreAltered) {
  SealShards();
  fs::rename(In(ShardName(0)), In("x"));
  fs::rename(In(ShardName(1)), In(ShardName(0)));
  fs::rename(In("x"), In(ShardName(1)));
  ExpectBoth(ErrorCode::kAltered, "shards/0000");
  // Their leaves with them.
  fs::rename(In(LeavesName(ShardName(0))), In("x"));
  fs::rename(In(LeavesName(ShardName(1))), In(LeavesName(ShardName(0))));
  fs::rename(In("x"), In(LeavesName(ShardName(1))));
  ExpectBoth(ErrorCode::kAltered, "shards/0000");
}

TEST_F(Tamper, ShardThatStandsTwiceIsAltered) {
  SealShards();
  fs::copy_file(In(ShardName(0)), In(ShardName(1)), fs::copy_options::overwrite_existing);
  ExpectBoth(ErrorCode::kAltered, ShardName(1));
}

TEST_F(Tamper, ShardOfAnEarlierSealOfTheSameModelIsAltered) {
  SealShards();
  const Bytes earlier = ReadFile(In(ShardName(1)));
  model_.options.force = true;
  ASSERT_TRUE(model_.Seal());
  WriteFile(In(ShardName(1)), earlier);
  ExpectBoth(ErrorCode::kAltered, ShardName(1));
}

TEST_F(Tamper, LinkOrFolderInThePlaceOfAFileIsNotFollowed) {
  SealShards();
  fs::rename(In(ShardName(1)), model_ / "elsewhere");
  fs::create_symlink(model_ / "elsewhere", In(ShardName(1)));
  EXPECT_EQ(ExitCode(model_.VerifyStatus().error().code), 3);
  EXPECT_EQ(ExitCode(OpenError().code), 3);
  fs::remove(In(ShardName(1)));
  fs::create_directory(In(ShardName(1)));
  EXPECT_EQ(ExitCode(OpenError().code), 3);
}

TEST_F(Tamper, FileThatTheManifestDoesNotNameIsReported) {
  SealShards();
  WriteFile(In("shards/00004.shard"), std::string_view("more"));
  const Status status = model_.VerifyStatus();
  EXPECT_EQ(status.error().code, ErrorCode::kAltered);
  EXPECT_THAT(status.error().message, HasSubstr("shards/00004.shard"));
}

// Encrypts a shard's plaintext anew, as anybody could who holds or ever held the key.
void Forge(SealedModel& model, const std::string& name, KeyUse use, ByteView plaintext) {
  const auto manifest = model.Manifest();
  const auto store = store::MakeDirectoryStore(model.files(), model.bundle());
  EncryptedStreamWriter writer(*CreateAnew(*store, name), MakeFileKey(model.options.bulk, model.key(),
                                                                      manifest->manifest.instance, use, 0));
  ASSERT_TRUE(writer.Append(plaintext));
  ASSERT_TRUE(writer.Finish());
}

TEST_F(Tamper, BlockMadeByAFormerKeyHolderIsAlteredUnlessLeavesAreNotChecked) {
  WriteFile(model_.source() + "/noise", Noise(100'000, 1));
  ASSERT_TRUE(model_.Seal());
  const auto manifest = model_.Manifest();
  const std::uint64_t size = *crypto::FloeParameters().PlaintextSize(fs::file_size(In(ShardName(0))));
  Bytes forged(size, 0);
  std::ranges::fill(std::span(forged).subspan(1, 100'000), std::uint8_t{'x'});  // a raw block
  Forge(model_, ShardName(0), KeyUse::kShard, forged);
  ExpectBoth(ErrorCode::kAltered, ShardName(0));

  const auto trusting = model_.Open(false);
  ASSERT_TRUE(trusting);
  Bytes read(100'000);
  const Item item = *FindItem(**trusting, "noise");
  ASSERT_TRUE((*trusting)->Read(item.file, 0, read));
  EXPECT_EQ(read, Bytes(100'000, 'x'));
}

TEST_F(Tamper, BlockThatDecodesToMoreThanDeclaredIsAltered) {
  WriteFile(model_.source() + "/text", std::string(5000, 'a') + std::string(5000, 'b'));
  ASSERT_TRUE(model_.Seal());
  bundle::Manifest manifest = model_.Manifest()->manifest;
  const auto store = store::MakeDirectoryStore(model_.files(), model_.bundle());
  std::atomic<std::uint64_t> read = 0;
  auto file = EncryptedFile::Open(
      *store, {*manifest.Find("catalogue"), *manifest.Find("catalogue.leaves")},
      MakeFileKey(model_.options.bulk, model_.key(), manifest.instance, KeyUse::kCatalogue, 0), true, read);
  ASSERT_TRUE(file);
  PagedCatalogue pages(*std::move(file), model_.options.bulk);
  Bytes catalogue(pages.size());
  ASSERT_TRUE(pages.Read(0, catalogue));
  // The same size less one, in the header, in the block's record and in the file's: all of it consistent, and
  // signed by the owner.
  for (const std::size_t at : {std::size_t{16}, std::size_t{64 + 20}, std::size_t{96}}) --catalogue[at];
  Forge(model_, "catalogue", KeyUse::kCatalogue, catalogue);
  std::vector<Digest> leaves = {crypto::MerkleLeafHash(ReadFile(In("catalogue")))};
  ASSERT_TRUE(WriteLeaves(*store, "catalogue.leaves", leaves));
  const SubjectPair pair = MakeSubjects("catalogue", fs::file_size(In("catalogue")), leaves);
  manifest.subjects[0] = pair.file;
  manifest.subjects[1] = pair.leaves;
  ASSERT_TRUE(model_.Sign(manifest));
  ASSERT_TRUE(model_.VerifyStatus());
  EXPECT_EQ(OpenError().code, ErrorCode::kAltered);
}

TEST_F(Tamper, WrongKeyIsAltered) {
  WriteFile(model_.source() + "/text", std::string_view("x"));
  ASSERT_TRUE(model_.Seal());
  const auto bundle = Bundle::Open(store::MakeDirectoryStore(model_.files(), model_.bundle()),
                                   *model_.Manifest(), BundleKey::Random(), {.bulk = model_.options.bulk});
  ASSERT_FALSE(bundle);
  EXPECT_EQ(bundle.error().code, ErrorCode::kAltered);
}

// All runs of 32 bytes of the files that are not JSON.
std::set<std::string> Runs(const std::string& bundle) {
  std::set<std::string> runs;
  for (const std::string& name : FilesOf(bundle)) {
    if (name.ends_with(".json")) continue;
    const Bytes bytes = ReadFile(bundle + "/" + name);
    for (std::size_t i = 0; i + 32 <= bytes.size(); ++i) runs.emplace(AsText(ByteView(bytes).subspan(i, 32)));
  }
  return runs;
}

TEST_F(Tamper, TwoSealsOfOneModelShareNothing) {
  WriteFile(model_.source() + "/zeros", Bytes(200'000, 0));
  WriteFile(model_.source() + "/text", std::string(20'000, 'a'));
  ASSERT_TRUE(model_.Seal());
  const std::set<std::string> first = Runs(model_.bundle());
  model_.options.force = true;
  ASSERT_TRUE(model_.Seal());
  for (const std::string& run : Runs(model_.bundle())) ASSERT_FALSE(first.contains(run));
}

TEST_F(Tamper, NoNameIsFoundInAnyByteOfABundle) {
  WriteFile(model_.source() + "/secret-folder/secret-file.safetensors",
            MakeSafetensors({{"secret.tensor", "BF16", 100, Bf16Weights(200, 1)}}));
  fs::create_symlink("secret-folder", model_.source() + "/secret-link");
  ASSERT_TRUE(model_.Seal());
  for (const std::string& name : FilesOf(model_.bundle())) {
    EXPECT_THAT(std::string(AsText(ReadFile(In(name)))), ::testing::Not(HasSubstr("secret"))) << name;
  }
}

}  // namespace
}  // namespace strongroom::bundle
