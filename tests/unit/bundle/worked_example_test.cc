// The worked example of docs/FORMAT.md: tests/vectors/bundle was made from that page by another program.
#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "strongroom/crypto/hash.h"
#include "strongroom/store/store.h"
#include "unit/bundle/sealed_model.h"

namespace strongroom::bundle {
namespace {

constexpr char kOwner[] = "example+584a1e0b+AW8PDus/v/klxm0D4Z3OSNXtyf/uUc0mrnHdOeVvf92i";

Bytes Counting(std::uint8_t first, std::size_t size) {
  Bytes bytes(size);
  std::iota(bytes.begin(), bytes.end(), first);
  return bytes;
}

std::string DerivedKey(KeyUse use) {
  Instance instance{};
  std::iota(instance.begin(), instance.end(), std::uint8_t{0x20});
  const auto key = BundleKey::From(SecretBytes::CopyOf(Counting(0, 32)));
  return Hex(DeriveKey(*key, MakeContext(instance, use, 0)).Expose());
}

class WorkedExample : public ::testing::Test {
 protected:
  WorkedExample() {
    const auto owner = envelope::ParseNoteKey(kOwner);
    static_cast<void>(trust_.Add({.purpose = envelope::KeyPurpose::kOwner, .key = *owner}));
  }
  Expected<VerifiedManifest> Manifest() {
    return VerifyManifest(ReadFile(folder_ + "/" + kManifestName), trust_);
  }

  std::string folder_ = STRONGROOM_VECTORS "/bundle";
  envelope::TrustStore trust_;
  std::unique_ptr<FileSystem> files_ = MakeRealFileSystem();
  std::shared_ptr<store::Store> store_ = store::MakeDirectoryStore(*files_, folder_);
  std::shared_ptr<const crypto::BulkCrypto> bulk_ = *crypto::MakeBulkCrypto(crypto::BulkProvider::kFastest);
};

TEST_F(WorkedExample, DerivedKeysAreThoseOfTheDocument) {
  EXPECT_EQ(DerivedKey(KeyUse::kShard), "552c312f07fd1d0611ddda917bc24608b4010ffd185b2b56f0833562a654a416");
  EXPECT_EQ(DerivedKey(KeyUse::kCatalogue),
            "25915908e6153020314eb127a3375802d3044d1cedb6850bedbc93a4c8e064db");
  EXPECT_EQ(DerivedKey(KeyUse::kCommitment),
            "6a93fccda532c9338900f3f25404d9bcd3d1c8b3f03fee3aefb6b95ca43b8e6d");
}

TEST_F(WorkedExample, ManifestVerifiesAndHasTheDocumentsId) {
  const auto manifest = Manifest();
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(Hex(manifest->bundle_id), "97a52215585b68d291c36d1a31e4a05e57ce6bdc85ea32a97b8b220aa318062d");
  const auto report = Verify(*store_, *manifest, {.bulk = bulk_, .threads = 1}, {}, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->status());
}

TEST_F(WorkedExample, FileIsDecryptedAndDecoded) {
  const auto manifest = Manifest();
  ASSERT_TRUE(manifest) << manifest.error().message;
  const auto key = BundleKey::From(SecretBytes::CopyOf(Counting(0, 32)));
  const auto bundle = Bundle::Open(store_, *manifest, *key, {.bulk = bulk_});
  ASSERT_TRUE(bundle) << bundle.error().message;
  const auto item = FindItem(**bundle, "w");
  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->file.mode, 0644);
  Bytes content(item->size);
  const Status read = (*bundle)->Read(item->file, 0, content);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(Hex(content), "803f80bfc03fee");
}

}  // namespace
}  // namespace strongroom::bundle
