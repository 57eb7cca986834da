#include "strongroom/node/seal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "strongroom/bundle/open.h"
#include "testing/swtpm.h"
#include "unit/node/machine.h"

namespace strongroom::node {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SealTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(model_);
    std::ofstream(model_ + "/config.json") << R"({"layers":2})";
    std::ofstream(model_ + "/weights.bin") << std::string(300'000, 'w');
  }
  SealRequest Request() {
    SealRequest request;
    request.options.source = model_;
    request.options.output = output_;
    request.label = "model";
    request.facts = envelope::Json(envelope::Json::Object{});
    const policy::Pack& pack = machine_.pack();
    request.packs = {{pack.authority, pack.id, pack.version, pack.digest, bundle::PackPin::Rule::kNewest}};
    request.keyslots.push_back(NewRecoveryKeyslot{source_.key.Clone()});
    request.owner_name = machine_.home().OwnerName();
    request.owner_key = &owner_key_;
    request.journal_key = &journal_key_;
    request.created = machine_.clock().Now();
    return request;
  }
  Expected<SealResult> SealIt(SealRequest request, std::stop_token stop = {}) {
    return Seal(machine_.Fresh(), std::move(request), {}, std::move(stop));
  }
  OpenRequest ByRecovery() {
    OpenRequest request;
    request.bundle = output_;
    request.sources.recovery = source_.Function();
    return request;
  }
  bool NothingWasLeft() {
    return !std::filesystem::exists(output_) && !std::filesystem::exists(output_ + ".partial");
  }

  strongroom::testing::TemporaryDirectory directory_;
  std::string model_ = directory_ / "model";
  std::string output_ = directory_ / "model.bundle";
  Machine machine_{directory_ / "home"};
  crypto::Ed25519PrivateKey owner_key_ = *machine_.home().OwnerKey();
  WrappingKey journal_key_ = *machine_.home().JournalKey();
  RecoverySource source_{keyslot::RecoveryKey::Random()};
};

TEST_F(SealTest, SealedBundleOpensAgain) {
  const auto sealed = SealIt(Request());
  ASSERT_TRUE(sealed) << sealed.error().message;
  EXPECT_THAT(machine_.History(), ElementsAre("seal permit", "seal done"));
  EXPECT_EQ(machine_.Records()[1].bundle->id, sealed->bundle_id);
  const auto opened = Open(machine_.Fresh(), ByRecovery());
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->bundle->bundle_id(), sealed->bundle_id);
  ASSERT_TRUE(bundle::OpenInto(*opened->bundle, machine_.files(), directory_ / "out", {}, {}, {}));
  EXPECT_EQ(*ReadWhole(machine_.files(), directory_ / "out/config.json", 100),
            *ReadWhole(machine_.files(), model_ + "/config.json", 100));
  EXPECT_EQ(std::filesystem::file_size(directory_ / "out/weights.bin"), 300'000U);
}

TEST_F(SealTest, KeyslotOnASoftwareTpmIsWarnedOfAndOpens) {
  const strongroom::testing::Swtpm tpm;
  const keyslot::TpmOpener opener = [&] { return tpm::Context::Open(tpm.tcti()); };
  SealRequest request = Request();
  keyslot::TpmSlotPlan plan;
  plan.policy_key = machine_.home().PolicyKey()->public_key();
  request.keyslots.clear();
  request.keyslots.push_back(NewTpmKeyslot{opener, plan});
  const auto sealed = SealIt(std::move(request));
  ASSERT_TRUE(sealed) << sealed.error().message;
  EXPECT_THAT(sealed->warnings, ::testing::Contains(HasSubstr("is a program")));
  OpenRequest open;
  open.bundle = output_;
  open.sources.tpm = opener;
  EXPECT_TRUE(Open(machine_.Fresh(), open));
}

TEST_F(SealTest, MissingLogLeavesNothing) {
  std::filesystem::remove_all(machine_.home().LogDirectory());
  EXPECT_EQ(SealIt(Request()).error().code, ErrorCode::kLogUnavailable);
  EXPECT_TRUE(NothingWasLeft());
}

TEST_F(SealTest, WeakPassphraseLeavesNothingAndIsRecorded) {
  SealRequest request = Request();
  request.keyslots.push_back(
      NewRecoveryKeyslot{keyslot::Passphrase{SecretBytes::CopyOf(AsBytes("password"))}});
  EXPECT_EQ(SealIt(std::move(request)).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(NothingWasLeft());
  EXPECT_THAT(machine_.History(), ElementsAre("seal permit", "seal failed"));
}

TEST_F(SealTest, WithoutKeyslotsIsRefused) {
  SealRequest request = Request();
  request.keyslots.clear();
  EXPECT_EQ(SealIt(std::move(request)).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(NothingWasLeft());
}

TEST_F(SealTest, CooperativeKeyslotOfAnEnforcedBundleIsDeniedAndRecorded) {
  SealRequest request = Request();
  request.cooperative_keyslots = false;
  EXPECT_EQ(SealIt(std::move(request)).error().code, ErrorCode::kDenied);
  EXPECT_TRUE(NothingWasLeft());
  EXPECT_THAT(machine_.History(), ElementsAre("seal refuse"));
}

TEST_F(SealTest, LaterSealOfTheSeriesRetiresTheFormer) {
  const auto first = SealIt(Request());
  ASSERT_TRUE(first) << first.error().message;
  SealRequest later = Request();
  later.options.output = directory_ / "later.bundle";
  later.supersedes = first->manifest;
  const auto second = SealIt(std::move(later));
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->manifest.series, first->manifest.series);
  EXPECT_EQ(second->manifest.sequence, 2U);
  EXPECT_EQ(Unlock(machine_.Fresh(), ByRecovery()).error().code, ErrorCode::kRolledBack);
}

TEST_F(SealTest, SealOfAnotherOwnerCannotBeFollowed) {
  SealRequest request = Request();
  request.supersedes.emplace();
  EXPECT_EQ(SealIt(std::move(request)).error().code, ErrorCode::kUntrusted);
}

TEST_F(SealTest, InterruptedSealIsRecordedAndResumes) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(SealIt(Request(), stop.get_token()).error().code, ErrorCode::kInterrupted);
  EXPECT_FALSE(std::filesystem::exists(output_));
  EXPECT_THAT(machine_.Records().at(1).reasons, ElementsAre("interrupted"));
  SealRequest again = Request();
  again.options.resume = true;
  const auto sealed = SealIt(std::move(again));
  ASSERT_TRUE(sealed) << sealed.error().message;
  EXPECT_TRUE(Unlock(machine_.Fresh(), ByRecovery()));
}

TEST_F(SealTest, LogKeyThatIsChangedMeanwhileDoesNotSpoilIt) {
  bool changed = false;
  const auto holds = [](log::Log&) { return Status(); };
  const auto change = [&](const bundle::Progress&) {
    if (std::exchange(changed, true)) return;
    ASSERT_TRUE(machine_.home().ChangeLogKey(log::KeyChange::kRotation, machine_.clock(), holds));
  };
  const auto sealed = Seal(machine_.Fresh(), Request(), change, {});
  ASSERT_TRUE(changed);
  ASSERT_TRUE(sealed) << sealed.error().message;
  EXPECT_THAT(machine_.History(), ElementsAre("seal permit", "seal done"));
  EXPECT_TRUE(Unlock(machine_.Fresh(), ByRecovery()));
}

TEST_F(SealTest, RecordsNameNoFiles) {
  std::filesystem::remove_all(model_);
  EXPECT_EQ(SealIt(Request()).error().code, ErrorCode::kNotFound);
  for (const log::AccessRecord& record : machine_.Records()) {
    for (const std::string& reason : record.reasons) EXPECT_THAT(reason, ::testing::Not(HasSubstr("model")));
  }
}

}  // namespace
}  // namespace strongroom::node
