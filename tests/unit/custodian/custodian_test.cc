#include "strongroom/custodian/custodian.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "strongroom/keyslot/create.h"
#include "strongroom/policy/pack_source.h"
#include "testing/fake_clock.h"
#include "testing/seen_in_memory.h"
#include "testing/temporary_directory.h"

namespace strongroom::custodian {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr Digest kBundleId{0xb1};
constexpr std::string_view kInGermany = "country = \"DE\"\noperator = \"Stift\"\noperator_hq = \"DE\"\n";
constexpr std::string_view kInChina = "country = \"CN\"\noperator_hq = \"DE\"\n";

// A custodian with a real log, the shipped packs and a bundle of one recovery keyslot; the manifest is
// whatever a test says it is.
class CustodianTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto packs = policy::LoadShippedPacks();
    ASSERT_TRUE(packs) << packs.error().message;
    packs_ = *std::move(packs);
    ASSERT_TRUE(log::Log::Create(*files_, log_directory_, "test/log", log_key_, clock_));
    const policy::Pack& pack = packs_.front();
    manifest_.bundle_id = kBundleId;
    manifest_.instance = {0x11};
    manifest_.series = {0x5e};
    manifest_.sequence = 1;
    manifest_.owner = {"owner", owner_key_.public_key()};
    manifest_.label = "model";
    manifest_.facts = envelope::Json(envelope::Json::Object{});
    manifest_.packs = {
        {pack.authority, pack.id, pack.version, pack.digest, policy::PackReference::Follow::kNewest}};
    const auto slot =
        keyslot::CreateRecoverySlot(keyslot::RecoveryKey::Random(), manifest_.instance, BundleKey::Random());
    ASSERT_TRUE(slot);
    document_ = {manifest_.bundle_id, manifest_.instance, 1, {*slot}};
  }

  Custodian Make() {
    Dependencies with;
    with.verify_manifest = [this](ByteView) { return verified_; };
    with.open_log = [this]() -> Expected<std::shared_ptr<log::Log>> {
      log_was_opened_ = true;
      SR_ASSIGN_OR_RETURN(log::Log log, OpenLog());
      return std::make_shared<log::Log>(std::move(log));
    };
    with.check_log = [this](log::Log&) { return vouched_for_; };
    with.remember_checkpoint = [this](const log::Receipt&) { return remembering_; };
    with.seal_parts = seal_parts_;
    with.packs = packs_;
    with.seen = &seen_;
    with.clock = &clock_;
    verified_ = manifest_;
    return Custodian(std::move(with));
  }

  Expected<log::Log> OpenLog() {
    return log::Log::Open(*files_, log_directory_, "test/log", *signing_key_, clock_, std::nullopt,
                          {.earlier_keys = earlier_keys_});
  }

  // Changes the log's key, as another process does it.
  void RotateLogKey() {
    auto log = OpenLog();
    ASSERT_TRUE(log) << log.error().message;
    ASSERT_TRUE(log->ChangeKey(next_log_key_, log::KeyChange::kRotation));
    earlier_keys_.push_back({"test/log", log_key_.public_key()});
    signing_key_ = &next_log_key_;
  }

  release::ReleaseRequest Request(std::string_view declaration) {
    release::ReleaseRequest request;
    request.keyslots_envelope = *keyslot::SignKeyslots(document_, owner_key_);
    request.keyslot = 0;
    request.node = "node-1";
    request.declaration = ToBytes(AsBytes(declaration));
    return request;
  }

  std::vector<log::AccessRecord> Records() {
    std::vector<log::AccessRecord> records;
    static_cast<void>(log::VerifyLog(
        *files_, log_directory_, {"test/log", log_key_.public_key()}, std::nullopt,
        [&records](std::uint64_t, const log::AccessRecord& record) { records.push_back(record); }));
    return records;
  }

  strongroom::testing::TemporaryDirectory directory_;
  std::unique_ptr<FileSystem> files_ = MakeRealFileSystem();
  std::string log_directory_ = directory_ / "log";
  strongroom::testing::FakeClock clock_{Timestamp{1'795'000'000}};
  crypto::Ed25519PrivateKey log_key_ = crypto::Ed25519PrivateKey::Generate();
  crypto::Ed25519PrivateKey next_log_key_ = crypto::Ed25519PrivateKey::Generate();
  const crypto::Ed25519PrivateKey* signing_key_ = &log_key_;
  std::vector<envelope::NoteKey> earlier_keys_;
  crypto::Ed25519PrivateKey owner_key_ = crypto::Ed25519PrivateKey::Generate();
  std::vector<policy::Pack> packs_;
  strongroom::testing::SeenInMemory seen_;
  ManifestFacts manifest_;
  Expected<ManifestFacts> verified_;
  keyslot::KeyslotsDocument document_;
  Status remembering_;
  Status vouched_for_;  // what check_log says
  std::function<Expected<log::AccessRecord>(log::AccessRecord)> seal_parts_;
  bool log_was_opened_ = false;
};

using CustodianAsk = CustodianTest;

TEST_F(CustodianAsk, PermitGivesTheReceiptOfItsRecord) {
  Custodian custodian = Make();
  const auto release = custodian.Ask(Request(kInGermany));
  ASSERT_TRUE(release) << release.error().message;
  EXPECT_EQ(release->decision.outcome, release::Outcome::kPermit);
  const log::AccessRecord& record = release->receipt.record();
  EXPECT_EQ(record.outcome, log::Outcome::kPermit);
  EXPECT_EQ(record.bundle->id, kBundleId);
  EXPECT_EQ(record.bundle->keyslots_revision, 1U);
  EXPECT_EQ(record.keyslot->kind, "recovery");
  EXPECT_EQ(record.node->name, "node-1");
  EXPECT_EQ(record.party->operator_name, "Stift");
  EXPECT_EQ(record.place->country, "DE");
  EXPECT_EQ(record.place->basis, "declared");
  EXPECT_EQ(record.decision->result, "permit");
  EXPECT_THAT(record.packs, Contains(packs_.front().digest));
  EXPECT_EQ(Records().size(), 1U);
}

TEST_F(CustodianAsk, ForbiddenPlaceIsDeniedAndTheRefusalRecorded) {
  Custodian custodian = Make();
  const auto release = custodian.Ask(Request(kInChina));
  ASSERT_FALSE(release);
  EXPECT_EQ(release.error().code, ErrorCode::kDenied);
  EXPECT_THAT(release.error().why, Contains(HasSubstr("place-embargoed")));
  EXPECT_THAT(release.error().why, Contains(HasSubstr("15 CFR")));
  EXPECT_THAT(release.error().next, HasSubstr("strongroom policy show allied-nations"));
  const auto records = Records();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].outcome, log::Outcome::kRefuse);
  EXPECT_EQ(records[0].decision->result, "deny");
  EXPECT_THAT(records[0].reasons, Contains(HasSubstr("place-embargoed")));
}

TEST_F(CustodianAsk, RecordIsAppendedAsItWasSealed) {
  seal_parts_ = [](log::AccessRecord record) -> Expected<log::AccessRecord> {
    record.party.reset();
    record.sealed = {{log::SealablePart::kParty, Digest{7}}};
    return record;
  };
  const auto release = Make().Ask(Request(kInGermany));
  ASSERT_TRUE(release) << release.error().message;
  EXPECT_FALSE(release->receipt.record().party);
  EXPECT_EQ(Records().at(0).sealed.size(), 1U);
}

TEST_F(CustodianAsk, RecordThatCannotBeSealedIsNotAppendedAndNothingReleased) {
  seal_parts_ = [](const log::AccessRecord&) -> Expected<log::AccessRecord> {
    return Fail(ErrorCode::kLogUnavailable, "no room for sealed parts");
  };
  const auto release = Make().Ask(Request(kInGermany));
  ASSERT_FALSE(release);
  EXPECT_EQ(release.error().code, ErrorCode::kLogUnavailable);
  EXPECT_TRUE(Records().empty());
}

TEST_F(CustodianAsk, UnstatedPlaceIsRefusedAsUnknown) {
  Custodian custodian = Make();
  const auto release = custodian.Ask(Request("operator_hq = \"DE\"\n"));
  ASSERT_FALSE(release);
  EXPECT_EQ(release.error().code, ErrorCode::kDenied);
  EXPECT_EQ(release.error().next, "state country in node.toml of the home");
  EXPECT_EQ(Records().at(0).decision->result, "unknown");
}

TEST_F(CustodianAsk, PackThatIsNotInstalledIsDenied) {
  manifest_.packs[0].id = "another";
  Custodian custodian = Make();
  const auto release = custodian.Ask(Request(kInGermany));
  ASSERT_FALSE(release);
  EXPECT_EQ(release.error().code, ErrorCode::kDenied);
  EXPECT_EQ(Records().at(0).outcome, log::Outcome::kRefuse);
}

TEST_F(CustodianAsk, ManifestWithoutPacksIsDenied) {
  manifest_.packs.clear();
  EXPECT_EQ(Make().Ask(Request(kInGermany)).error().code, ErrorCode::kDenied);
}

TEST_F(CustodianAsk, CooperativeKeyslotIsDeniedWhereTheManifestForbidsThem) {
  manifest_.cooperative_keyslots = false;
  Custodian custodian = Make();
  const auto release = custodian.Ask(Request(kInGermany));
  ASSERT_FALSE(release);
  EXPECT_EQ(release.error().code, ErrorCode::kDenied);
  EXPECT_THAT(release.error().message, HasSubstr("cooperative"));
  EXPECT_EQ(Records().at(0).outcome, log::Outcome::kRefuse);
}

TEST_F(CustodianAsk, DeclarationThatDoesNotParseIsRefusedAndRecorded) {
  Custodian custodian = Make();
  const auto release = custodian.Ask(Request("country = DE\n"));
  ASSERT_FALSE(release);
  EXPECT_EQ(release.error().code, ErrorCode::kMalformed);
  EXPECT_THAT(release.error().message, StartsWith("node.toml: line 1, column 11: "));
  EXPECT_EQ(Records().at(0).outcome, log::Outcome::kRefuse);
}

TEST_F(CustodianAsk, MissingLogWinsOverAPolicyThatWouldRefuse) {
  std::filesystem::remove_all(log_directory_);
  Custodian custodian = Make();
  EXPECT_EQ(custodian.Ask(Request(kInChina)).error().code, ErrorCode::kLogUnavailable);
  EXPECT_FALSE(std::filesystem::exists(log_directory_));
}

TEST_F(CustodianAsk, LogThatVanishesBetweenRequestsRefuses) {
  Custodian custodian = Make();
  ASSERT_TRUE(custodian.Ask(Request(kInGermany)));
  std::filesystem::remove_all(log_directory_);
  EXPECT_EQ(custodian.Ask(Request(kInChina)).error().code, ErrorCode::kLogUnavailable);
}

TEST_F(CustodianAsk, ClockBeforeTheLastRecordRefuses) {
  Custodian custodian = Make();
  ASSERT_TRUE(custodian.Ask(Request(kInGermany)));
  clock_.Advance(-3600);
  EXPECT_EQ(custodian.Ask(Request(kInGermany)).error().code, ErrorCode::kLogUnavailable);
}

TEST_F(CustodianAsk, CheckpointThatCannotBeRememberedReleasesNothing) {
  Custodian custodian = Make();
  remembering_ = Fail(ErrorCode::kLogUnavailable, "no memory");
  EXPECT_EQ(custodian.Ask(Request(kInGermany)).error().code, ErrorCode::kLogUnavailable);
}

TEST_F(CustodianAsk, LogIsHeldAgainstWhatVouchesForItAtEachRequest) {
  Custodian custodian = Make();
  ASSERT_TRUE(custodian.Ask(Request(kInGermany)));
  vouched_for_ = Fail(ErrorCode::kQuorum, "too few cosigned it lately");
  EXPECT_EQ(custodian.Ask(Request(kInGermany)).error().code, ErrorCode::kQuorum);
  EXPECT_EQ(custodian.Ask(Request(kInChina)).error().code, ErrorCode::kQuorum);
  EXPECT_EQ(custodian.Preview(Request(kInGermany)).error().code, ErrorCode::kQuorum);
  EXPECT_EQ(custodian.CheckLog().error().code, ErrorCode::kQuorum);
  EXPECT_EQ(Records().size(), 1U);
  EXPECT_TRUE(custodian.Report({})) << "what has happened is recorded all the same";
  vouched_for_ = {};
  EXPECT_TRUE(custodian.Ask(Request(kInGermany)));
}

TEST_F(CustodianAsk, LogWhoseKeyAnotherProcessChangedIsOpenedAnew) {
  Custodian custodian = Make();
  ASSERT_TRUE(custodian.Ask(Request(kInGermany)));
  RotateLogKey();
  const auto release = custodian.Ask(Request(kInGermany));
  ASSERT_TRUE(release) << release.error().message;
  EXPECT_TRUE(log::VerifyCheckpoint(release->receipt.checkpoint_note(),
                                    envelope::NoteKey{"test/log", next_log_key_.public_key()}));
  EXPECT_EQ(release->receipt.index(), 2U) << "after the first, and the change of keys";
}

TEST_F(CustodianAsk, LogThatLacksWhatWasSeenOfItIsNotOpenedAnew) {
  Custodian custodian = Make();
  ASSERT_TRUE(custodian.Ask(Request(kInGermany)));
  const std::string older = directory_ / "older";
  std::filesystem::copy(log_directory_, older, std::filesystem::copy_options::recursive);
  ASSERT_TRUE(custodian.Ask(Request(kInGermany)));
  const std::string newer = directory_ / "newer";
  std::filesystem::copy(log_directory_, newer, std::filesystem::copy_options::recursive);
  std::filesystem::remove_all(log_directory_);
  std::filesystem::rename(older, log_directory_);
  EXPECT_EQ(custodian.Ask(Request(kInGermany)).error().code, ErrorCode::kLogUnavailable);
  EXPECT_EQ(custodian.Ask(Request(kInGermany)).error().code, ErrorCode::kLogUnavailable);
  EXPECT_EQ(Records().size(), 1U);
  std::filesystem::remove_all(log_directory_);
  std::filesystem::rename(newer, log_directory_);
  EXPECT_TRUE(custodian.Ask(Request(kInGermany)));
}

TEST_F(CustodianAsk, UntrustedManifestIsRefusedBeforeTheLogIsLookedAt) {
  Custodian custodian = Make();
  verified_ = Fail(ErrorCode::kUntrusted, "nobody knows the owner");
  EXPECT_EQ(custodian.Ask(Request(kInGermany)).error().code, ErrorCode::kUntrusted);
  EXPECT_FALSE(log_was_opened_);
}

TEST_F(CustodianAsk, KeyslotsOfAnotherBundleAreAltered) {
  document_.bundle_id = {0xb2};
  EXPECT_EQ(Make().Ask(Request(kInGermany)).error().code, ErrorCode::kAltered);
}

TEST_F(CustodianAsk, KeyslotsOfAnotherSignerAreAltered) {
  release::ReleaseRequest request = Request(kInGermany);
  request.keyslots_envelope = *keyslot::SignKeyslots(document_, crypto::Ed25519PrivateKey::Generate());
  EXPECT_EQ(Make().Ask(request).error().code, ErrorCode::kAltered);
}

TEST_F(CustodianAsk, LowerKeyslotsRevisionIsRolledBack) {
  Custodian custodian = Make();
  document_.revision = 2;
  ASSERT_TRUE(custodian.Ask(Request(kInGermany)));
  document_.revision = 1;
  EXPECT_EQ(custodian.Ask(Request(kInGermany)).error().code, ErrorCode::kRolledBack);
}

TEST_F(CustodianAsk, OlderSealOfTheSeriesIsRolledBack) {
  manifest_.sequence = 2;
  Custodian custodian = Make();
  ASSERT_TRUE(custodian.Ask(Request(kInGermany)));
  verified_->sequence = 1;
  EXPECT_EQ(custodian.Ask(Request(kInGermany)).error().code, ErrorCode::kRolledBack);
}

TEST_F(CustodianAsk, KeyslotThatDoesNotExistIsRefused) {
  release::ReleaseRequest request = Request(kInGermany);
  request.keyslot = 1;
  EXPECT_EQ(Make().Ask(request).error().code, ErrorCode::kInvalidArgument);
}

using CustodianPreview = CustodianTest;

TEST_F(CustodianPreview, GivesTheDecisionAndRecordsNothing) {
  Custodian custodian = Make();
  const auto decision = custodian.Preview(Request(kInChina));
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->outcome, release::Outcome::kDeny);
  EXPECT_THAT(Records(), IsEmpty());
}

TEST_F(CustodianPreview, MissingLogIsSaid) {
  std::filesystem::remove_all(log_directory_);
  EXPECT_EQ(Make().Preview(Request(kInChina)).error().code, ErrorCode::kLogUnavailable);
}

using CustodianReport = CustodianTest;

TEST_F(CustodianReport, EventIsRecordedWithWhatIsKnown) {
  Custodian custodian = Make();
  release::Event event{.action = log::Action::kSeal, .outcome = log::Outcome::kDone};
  event.instance = manifest_.instance;
  event.node = "node-1";
  event.reasons = {std::string(10'000, 'x')};
  const auto receipt = custodian.Report(event);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->record().action, log::Action::kSeal);
  EXPECT_EQ(receipt->record().bundle->instance, manifest_.instance);
  EXPECT_FALSE(receipt->record().bundle->id);
  EXPECT_FALSE(receipt->record().place);
}

TEST_F(CustodianReport, EndOfWorkIsRecordedAlthoughTheLogsKeyWasChangedMeanwhile) {
  Custodian custodian = Make();
  ASSERT_TRUE(custodian.Report({.action = log::Action::kSeal, .outcome = log::Outcome::kPermit}));
  RotateLogKey();
  const auto done = custodian.Report({.action = log::Action::kSeal, .outcome = log::Outcome::kDone});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->index(), 2U);
}

TEST_F(CustodianReport, MissingLogRefuses) {
  std::filesystem::remove_all(log_directory_);
  Custodian custodian = Make();
  EXPECT_EQ(custodian.CheckLog().error().code, ErrorCode::kLogUnavailable);
  EXPECT_EQ(custodian.Report({}).error().code, ErrorCode::kLogUnavailable);
}

}  // namespace
}  // namespace strongroom::custodian
