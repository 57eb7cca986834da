#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "strongroom/keyslot/create.h"
#include "testing/swtpm.h"
#include "unit/node/machine.h"

namespace strongroom::node {
namespace {

using ::strongroom::testing::Swtpm;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class UnlockTest : public ::testing::Test {
 protected:
  void SetUp() override {
    source_.key = bundle_.AddRecoveryKeyslot();
    bundle_.Write();
  }
  OpenRequest ByRecovery() {
    OpenRequest request;
    request.bundle = bundle_.path();
    request.sources.recovery = source_.Function();
    return request;
  }
  ErrorCode UnlockError() {
    const auto unlocked = Unlock(machine_.Fresh(), ByRecovery());
    EXPECT_FALSE(unlocked);
    return unlocked ? ErrorCode::kInternal : unlocked.error().code;
  }
  void CopyTree(const std::string& from, const std::string& to) {
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
  }

  strongroom::testing::TemporaryDirectory directory_;
  Machine machine_{directory_ / "home"};
  EnvelopesOnly bundle_{machine_, directory_ / "model.bundle"};
  RecoverySource source_{keyslot::RecoveryKey::Random()};
};

TEST_F(UnlockTest, RecoveryKeyslotGivesTheKeyUnderOnePermit) {
  const auto unlocked = Unlock(machine_.Fresh(), ByRecovery());
  ASSERT_TRUE(unlocked) << unlocked.error().message;
  EXPECT_TRUE(ConstantTimeEqual(unlocked->key.bytes().Expose(), bundle_.key().bytes().Expose()));
  EXPECT_EQ(unlocked->decision.outcome, release::Outcome::kPermit);
  const auto records = machine_.Records();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].outcome, log::Outcome::kPermit);
  EXPECT_EQ(records[0].bundle->id, bundle_.bundle_id());
  EXPECT_EQ(records[0].keyslot->kind, "recovery");
}

TEST_F(UnlockTest, WrongRecoveryKeyIsNoKeyAndRecordedAsFailed) {
  source_.key = keyslot::RecoveryKey::Random();
  EXPECT_EQ(UnlockError(), ErrorCode::kNoKey);
  EXPECT_THAT(machine_.History(), ElementsAre("open permit", "open failed"));
  EXPECT_EQ(machine_.Records()[1].keyslot->index, 0U);
}

TEST_F(UnlockTest, PolicyThatRefusesLetsNothingBeTouched) {
  machine_.Declare(kInChina);
  const ListeningPort port;
  OpenRequest request = ByRecovery();
  request.sources.tpm = [&] { return tpm::Context::Open(port.Tcti()); };
  const auto unlocked = Unlock(machine_.Fresh(), request);
  ASSERT_FALSE(unlocked);
  EXPECT_EQ(unlocked.error().code, ErrorCode::kDenied);
  EXPECT_FALSE(port.WasCalled());
  EXPECT_EQ(source_.asked, 0);
  EXPECT_THAT(machine_.History(), ElementsAre("open refuse"));
}

TEST_F(UnlockTest, MissingLogWinsOverAPolicyThatWouldRefuse) {
  machine_.Declare(kInChina);
  std::filesystem::remove_all(machine_.home().LogDirectory());
  EXPECT_EQ(UnlockError(), ErrorCode::kLogUnavailable);
  EXPECT_EQ(source_.asked, 0);
}

TEST_F(UnlockTest, LogShorterThanRememberedRefuses) {
  CopyTree(machine_.home().LogDirectory(), directory_ / "old-log");
  ASSERT_TRUE(Unlock(machine_.Fresh(), ByRecovery()));
  std::filesystem::remove_all(machine_.home().LogDirectory());
  CopyTree(directory_ / "old-log", machine_.home().LogDirectory());
  EXPECT_EQ(UnlockError(), ErrorCode::kLogUnavailable);
}

TEST_F(UnlockTest, KeyslotsAreTriedInTurnUntilOneOpens) {
  source_.key = bundle_.AddRecoveryKeyslot();
  bundle_.Write();
  const auto unlocked = Unlock(machine_.Fresh(), ByRecovery());
  ASSERT_TRUE(unlocked) << unlocked.error().message;
  EXPECT_EQ(unlocked->keyslot, 1U);
  EXPECT_EQ(source_.asked, 1);
  EXPECT_THAT(machine_.History(), ElementsAre("open permit", "open failed", "open permit"));
}

TEST_F(UnlockTest, WithoutASourceSaysWhatEachKeyslotNeeds) {
  OpenRequest request = ByRecovery();
  request.sources = {};
  const auto unlocked = Unlock(machine_.Fresh(), request);
  ASSERT_FALSE(unlocked);
  EXPECT_EQ(unlocked.error().code, ErrorCode::kNoKey);
  EXPECT_THAT(unlocked.error().why, ElementsAre(HasSubstr("--via recovery:SOURCE")));
  EXPECT_THAT(machine_.History(), ElementsAre("open permit", "open failed"));
}

TEST_F(UnlockTest, WithoutASourceThePolicyIsStillFirst) {
  machine_.Declare(kInChina);
  OpenRequest request = ByRecovery();
  request.sources = {};
  EXPECT_EQ(Unlock(machine_.Fresh(), request).error().code, ErrorCode::kDenied);
}

TEST_F(UnlockTest, SourceThatFailsIsRecordedAndSaid) {
  OpenRequest request = ByRecovery();
  request.sources.recovery = []() -> Expected<keyslot::RecoverySecret> {
    return Fail(ErrorCode::kNotFound, "no such file");
  };
  EXPECT_EQ(Unlock(machine_.Fresh(), request).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(machine_.History(), ElementsAre("open permit", "open failed"));
}

TEST_F(UnlockTest, ActionStandsInTheRecord) {
  OpenRequest request = ByRecovery();
  request.action = log::Action::kLs;
  ASSERT_TRUE(Unlock(machine_.Fresh(), request));
  EXPECT_THAT(machine_.History(), ElementsAre("ls permit"));
}

TEST_F(UnlockTest, StrangersBundleIsUntrusted) {
  Machine other(directory_ / "other");
  EXPECT_EQ(Unlock(other.Fresh(), ByRecovery()).error().code, ErrorCode::kUntrusted);
  EXPECT_THAT(other.History(), IsEmpty());
  other.Trust({"friend", machine_.home().OwnerKey()->public_key()});
  EXPECT_TRUE(Unlock(other.Fresh(), ByRecovery()));
}

TEST_F(UnlockTest, LowerKeyslotsRevisionIsRolledBack) {
  bundle_.revision = 2;
  bundle_.Write();
  ASSERT_TRUE(Unlock(machine_.Fresh(), ByRecovery()));
  bundle_.revision = 1;
  bundle_.Write();
  EXPECT_EQ(UnlockError(), ErrorCode::kRolledBack);
}

TEST_F(UnlockTest, OlderSealOfTheSeriesIsRolledBack) {
  bundle_.manifest.sequence = 2;
  bundle_.Write();
  ASSERT_TRUE(Unlock(machine_.Fresh(), ByRecovery()));
  bundle_.manifest.sequence = 1;
  bundle_.Write();
  EXPECT_EQ(UnlockError(), ErrorCode::kRolledBack);
}

TEST_F(UnlockTest, KeyThatIsNotTheCommittedOneIsAltered) {
  bundle_.manifest.commitment = {0xff};
  bundle_.Write();
  EXPECT_EQ(UnlockError(), ErrorCode::kAltered);
  EXPECT_THAT(machine_.History(), ElementsAre("open permit", "open failed"));
}

TEST_F(UnlockTest, CooperativeKeyslotOfAnEnforcedBundleIsDenied) {
  bundle_.manifest.cooperative_keyslots = false;
  bundle_.Write();
  EXPECT_EQ(UnlockError(), ErrorCode::kDenied);
  EXPECT_EQ(source_.asked, 0);
}

TEST_F(UnlockTest, PreviewTouchesNothing) {
  machine_.Declare(kInChina);
  const auto decision = Preview(machine_.Fresh(), ByRecovery());
  ASSERT_TRUE(decision) << decision.error().message;
  EXPECT_EQ(decision->outcome, release::Outcome::kDeny);
  EXPECT_EQ(source_.asked, 0);
  EXPECT_THAT(machine_.History(), IsEmpty());
}

class VerifyBundleTest : public UnlockTest {
 protected:
  ErrorCode VerifyError() {
    const auto verified = VerifyBundle(machine_.Fresh(), bundle_.path());
    EXPECT_FALSE(verified);
    return verified ? ErrorCode::kInternal : verified.error().code;
  }
};

TEST_F(VerifyBundleTest, ExpectedIdIsHeldAgainstTheManifest) {
  EXPECT_TRUE(VerifyBundle(machine_.Fresh(), bundle_.path(), bundle_.bundle_id()));
  EXPECT_EQ(VerifyBundle(machine_.Fresh(), bundle_.path(), Digest{}).error().code, ErrorCode::kAltered);
}

TEST_F(VerifyBundleTest, MissingBundleIsNotFound) {
  std::filesystem::remove_all(bundle_.path());
  EXPECT_EQ(VerifyError(), ErrorCode::kNotFound);
}

TEST_F(VerifyBundleTest, UnfinishedBundleNamesResume) {
  std::filesystem::rename(bundle_.path(), bundle_.path() + ".partial");
  const auto verified = VerifyBundle(machine_.Fresh(), bundle_.path());
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(verified.error().next, HasSubstr("--resume"));
}

TEST_F(VerifyBundleTest, MissingKeyslotsAreTruncated) {
  std::filesystem::remove(bundle_.path() + "/keyslots.json");
  EXPECT_EQ(VerifyError(), ErrorCode::kTruncated);
}

TEST_F(VerifyBundleTest, KeyslotsOfAnotherBundleAreAltered) {
  EnvelopesOnly other(machine_, directory_ / "other.bundle");
  other.manifest.label = "another";
  other.AddRecoveryKeyslot();
  other.Write();
  std::filesystem::copy(other.path() + "/keyslots.json", bundle_.path() + "/keyslots.json",
                        std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(VerifyError(), ErrorCode::kAltered);
}

TEST_F(VerifyBundleTest, AnyFlippedBitIsRefused) {
  for (const char* name : {"/manifest.json", "/keyslots.json"}) {
    const std::string path = bundle_.path() + name;
    const Bytes good = *ReadWhole(machine_.files(), path, 1 << 20);
    for (std::size_t i = 0; i < good.size(); i += 37) {
      Bytes bad = good;
      bad[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
      ASSERT_TRUE(WriteDurably(machine_.files(), path, bad));
      const auto verified = VerifyBundle(machine_.Fresh(), bundle_.path());
      ASSERT_FALSE(verified) << name << " byte " << i;
      EXPECT_EQ(ExitCode(verified.error().code), 3) << verified.error().message;
    }
    ASSERT_TRUE(WriteDurably(machine_.files(), path, good));
  }
}

TEST_F(UnlockTest, SourceThatCannotBeReadIsRecordedWithoutItsName) {
  OpenRequest request = ByRecovery();
  request.sources.recovery = []() -> Expected<keyslot::RecoverySecret> {
    return Fail(ErrorCode::kNotFound, "plans/passphrase.txt: no such file or directory");
  };
  const auto refused = Unlock(machine_.Fresh(), request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(machine_.History(), ElementsAre("open permit", "open failed"));
  EXPECT_THAT(machine_.Records().at(1).reasons, ElementsAre("no secret was read: not_found"));
}

class UnlockByTpm : public UnlockTest {
 protected:
  void SetUp() override {
    auto context = tpm::Context::Open(tpm_.tcti());
    ASSERT_TRUE(context) << context.error().message;
    keyslot::TpmSlotPlan plan;
    plan.policy_key = machine_.home().PolicyKey()->public_key();
    auto slot = keyslot::CreateTpmSlot(*context, plan, bundle_.manifest.instance, bundle_.key());
    ASSERT_TRUE(slot) << slot.error().message;
    bundle_.AddKeyslot(*std::move(slot));
    bundle_.Write();
  }
  OpenRequest ByTpm() {
    OpenRequest request;
    request.bundle = bundle_.path();
    request.sources.tpm = [this] { return tpm::Context::Open(tpm_.tcti()); };
    return request;
  }

  Swtpm tpm_;
};

TEST_F(UnlockByTpm, OpensAndWarnsOfASoftwareTpm) {
  const auto unlocked = Unlock(machine_.Fresh(), ByTpm());
  ASSERT_TRUE(unlocked) << unlocked.error().message;
  EXPECT_TRUE(ConstantTimeEqual(unlocked->key.bytes().Expose(), bundle_.key().bytes().Expose()));
  EXPECT_FALSE(unlocked->warnings.empty());
  EXPECT_THAT(machine_.History(), ElementsAre("open permit"));
}

TEST_F(UnlockByTpm, ChangedRegisterIsNamedAndAnApprovalOpens) {
  tpm_.ExtendPcr(7);
  const auto refused = Unlock(machine_.Fresh(), ByTpm());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNoKey);
  EXPECT_THAT(machine_.Records().at(1).reasons, Contains(HasSubstr("7")));
  auto context = tpm::Context::Open(tpm_.tcti());
  ASSERT_TRUE(context);
  OpenRequest request = ByTpm();
  request.sources.approval = keyslot::MakeApproval(*tpm::ReadPcrs(*context, tpm::PcrSelection::Default()), 0,
                                                   *machine_.home().PolicyKey());
  const auto unlocked = Unlock(machine_.Fresh(), request);
  EXPECT_TRUE(unlocked) << unlocked.error().message;
}

TEST_F(UnlockByTpm, TpmThatIsOffFallsBackToTheRecoveryKey) {
  RecoverySource source{bundle_.AddRecoveryKeyslot()};
  bundle_.Write();
  tpm_.PowerOff();
  OpenRequest request = ByTpm();
  request.sources.recovery = source.Function();
  const auto unlocked = Unlock(machine_.Fresh(), request);
  ASSERT_TRUE(unlocked) << unlocked.error().message;
  EXPECT_EQ(unlocked->keyslot, 1U);
  EXPECT_THAT(machine_.History(), ElementsAre("open permit", "open failed", "open permit"));
}

}  // namespace
}  // namespace strongroom::node
