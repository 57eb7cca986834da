#include "strongroom/node/rekey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "strongroom/selftest/faulty_file_system.h"
#include "unit/node/machine.h"

namespace strongroom::node {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RekeyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    old_.key = bundle_.AddRecoveryKeyslot();
    bundle_.Write();
  }
  OpenRequest OpenWith(RecoverySource& source) {
    OpenRequest request;
    request.bundle = bundle_.path();
    request.sources.recovery = source.Function();
    return request;
  }
  Expected<RekeyResult> RekeyTo(keyslot::RecoverySecret secret) {
    RekeyRequest request;
    request.open = OpenWith(old_);
    request.keyslots.push_back(NewRecoveryKeyslot{std::move(secret)});
    request.owner_key = &owner_key_;
    return Rekey(machine_.Fresh(), std::move(request));
  }
  Bytes Keyslots() { return *ReadWhole(machine_.files(), bundle_.path() + "/keyslots.json", 1 << 20); }

  strongroom::testing::TemporaryDirectory directory_;
  Machine machine_{directory_ / "home"};
  crypto::Ed25519PrivateKey owner_key_ = *machine_.home().OwnerKey();
  EnvelopesOnly bundle_{machine_, directory_ / "model.bundle"};
  RecoverySource old_{keyslot::RecoveryKey::Random()};
  RecoverySource new_{keyslot::RecoveryKey::Random()};
};

TEST_F(RekeyTest, NewKeyslotOpensAndTheOldOneDoesNot) {
  const auto result = RekeyTo(new_.key.Clone());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->revision, 2U);
  EXPECT_THAT(machine_.History(), ElementsAre("rekey permit", "rekey done"));
  EXPECT_EQ(machine_.Records()[1].bundle->keyslots_revision, 2U);
  const auto opened = Unlock(machine_.Fresh(), OpenWith(new_));
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_TRUE(ConstantTimeEqual(opened->key.bytes().Expose(), bundle_.key().bytes().Expose()));
  EXPECT_EQ(Unlock(machine_.Fresh(), OpenWith(old_)).error().code, ErrorCode::kNoKey);
}

TEST_F(RekeyTest, OldFilePutBackIsRolledBack) {
  const Bytes old_file = Keyslots();
  ASSERT_TRUE(RekeyTo(new_.key.Clone()));
  ASSERT_TRUE(WriteDurably(machine_.files(), bundle_.path() + "/keyslots.json", old_file));
  EXPECT_EQ(Unlock(machine_.Fresh(), OpenWith(old_)).error().code, ErrorCode::kRolledBack);
}

TEST_F(RekeyTest, PermissionsOfTheFileStay) {
  ASSERT_TRUE(machine_.files().SetMode(bundle_.path() + "/keyslots.json", 0644));
  ASSERT_TRUE(RekeyTo(new_.key.Clone()));
  EXPECT_EQ(machine_.files().Stat(bundle_.path() + "/keyslots.json")->mode & 0777, 0644U);
}

TEST_F(RekeyTest, WeakPassphraseLeavesTheOldFileAndIsRecorded) {
  const Bytes before = Keyslots();
  const auto result = RekeyTo(keyslot::Passphrase{SecretBytes::CopyOf(AsBytes("password"))});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Keyslots(), before);
  EXPECT_THAT(machine_.History(), ElementsAre("rekey permit", "rekey failed"));
}

TEST_F(RekeyTest, WrongOldKeyTouchesNothing) {
  const Bytes before = Keyslots();
  old_.key = keyslot::RecoveryKey::Random();
  EXPECT_EQ(RekeyTo(new_.key.Clone()).error().code, ErrorCode::kNoKey);
  EXPECT_EQ(Keyslots(), before);
}

TEST_F(RekeyTest, WithoutNewKeyslotsIsRefused) {
  RekeyRequest request;
  request.open = OpenWith(old_);
  request.owner_key = &owner_key_;
  EXPECT_EQ(Rekey(machine_.Fresh(), std::move(request)).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(old_.asked, 0);
}

TEST_F(RekeyTest, AnotherOwnersKeyIsUntrusted) {
  owner_key_ = crypto::Ed25519PrivateKey::Generate();
  EXPECT_EQ(RekeyTo(new_.key.Clone()).error().code, ErrorCode::kUntrusted);
  EXPECT_EQ(old_.asked, 0);
}

TEST_F(RekeyTest, CooperativeKeyslotForAnEnforcedBundleIsDeniedAndRecorded) {
  bundle_.manifest.cooperative_keyslots = false;
  bundle_.Write();
  EXPECT_EQ(RekeyTo(new_.key.Clone()).error().code, ErrorCode::kDenied);
  EXPECT_THAT(machine_.History(), ElementsAre("rekey refuse"));
}

TEST_F(RekeyTest, AfterAnyFailedOperationTheFileIsTheOldOneOrTheNewOne) {
  const Bytes before = Keyslots();
  bool done = false;
  for (std::uint64_t n = 1; !done; ++n) {
    strongroom::selftest::FaultPlan plan{.fail_at = n, .forever = true};
    const auto disk = MakeRealFileSystem();
    const auto faulty = strongroom::selftest::MakeFaultyFileSystem(*disk, plan);
    const Node& real = machine_.Fresh();
    const Node node{*faulty, real.trust, real.seen, real.broker, real.name, real.declaration, real.bulk};
    RekeyRequest request;
    request.open = OpenWith(old_);
    request.keyslots.push_back(NewRecoveryKeyslot{new_.key.Clone()});
    request.owner_key = &owner_key_;
    done = Rekey(node, std::move(request)).has_value();
    // The rename may be there although its sync failed; an error then asks for another try.
    if (Keyslots() != before) break;
    ASSERT_FALSE(done) << "operation " << n;
  }
  EXPECT_TRUE(Unlock(machine_.Fresh(), OpenWith(new_)));
}

TEST_F(RekeyTest, MissingLogLeavesTheOldFile) {
  const Bytes before = Keyslots();
  std::filesystem::remove_all(machine_.home().LogDirectory());
  EXPECT_EQ(RekeyTo(new_.key.Clone()).error().code, ErrorCode::kLogUnavailable);
  EXPECT_EQ(Keyslots(), before);
}

}  // namespace
}  // namespace strongroom::node
