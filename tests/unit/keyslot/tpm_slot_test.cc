// tpm keyslots on real (software) TPMs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "slots_for_tests.h"
#include "strongroom/keyslot/unlock.h"
#include "testing/swtpm.h"

namespace strongroom::keyslot {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TpmOpener OpenerOf(const testing::Swtpm& swtpm) {
  return [&swtpm] { return tpm::Context::Open(swtpm.tcti()); };
}

class TpmKeyslot : public ::testing::Test {
 protected:
  void Create(std::uint8_t floor = 0) {
    auto context = Must(tpm::Context::Open(swtpm_.tcti()));
    document_ = DocumentWith(Must(CreateTpmSlot(context,
                                                {.pcrs = Must(tpm::PcrSelection::Parse("sha256:7,16")),
                                                 .policy_key = policy_key_.public_key(),
                                                 .approval_floor = floor},
                                                TestInstance(), key_)));
  }
  Expected<Unlocked> UnlockOn(const testing::Swtpm& swtpm, const Approval* approval = nullptr) {
    const TpmOpener opener = OpenerOf(swtpm);
    return Unlock({.document = document_, .tpm = &opener, .approval = approval},
                  log_.Append(PermitFor(document_, 0)));
  }
  Approval Approve(std::uint8_t version) {
    auto context = Must(tpm::Context::Open(swtpm_.tcti()));
    return MakeApproval(Must(tpm::ReadPcrs(context, Slot().pcrs.selection())), version, policy_key_);
  }
  TpmSlot& Slot() { return std::get<TpmSlot>(document_.slots[0]); }
  void ExpectKey(const Expected<Unlocked>& unlocked) {
    ASSERT_TRUE(unlocked) << unlocked.error().message;
    EXPECT_TRUE(ConstantTimeEqual(unlocked->key.bytes().Expose(), key_.bytes().Expose()));
  }
  void ExpectNoKey(const Expected<Unlocked>& unlocked, std::string_view message) {
    ASSERT_FALSE(unlocked);
    EXPECT_EQ(unlocked.error().code, ErrorCode::kNoKey);
    EXPECT_THAT(unlocked.error().message, HasSubstr(std::string(message)));
  }

  testing::Swtpm swtpm_;
  TestLog log_;
  BundleKey key_ = BundleKey::Random();
  crypto::P256PrivateKey policy_key_ = crypto::P256PrivateKey::Generate();
  KeyslotsDocument document_;
};

TEST_F(TpmKeyslot, OpensAfterRebootAndWarnsThatTheTpmIsAProgram) {
  Create();
  swtpm_.Reboot();
  const auto unlocked = UnlockOn(swtpm_);
  ExpectKey(unlocked);
  EXPECT_THAT(unlocked->warnings, Contains(HasSubstr("is a program")));
}

TEST_F(TpmKeyslot, SurvivesItsDocument) {
  Create(3);
  const auto parsed = ParseKeyslotsPayload(SerializeKeyslots(document_));
  ASSERT_TRUE(parsed) << parsed.error().message;
  document_ = *parsed;
  ExpectKey(UnlockOn(swtpm_));
}

TEST_F(TpmKeyslot, ExtendedRegisterIsNamedWithBothValues) {
  Create();
  swtpm_.ExtendPcr(16);
  const auto unlocked = UnlockOn(swtpm_);
  ExpectNoKey(unlocked, "PCR 16 changed: sealed with " + std::string(64, '0') + ", now 9ef814b4");
  EXPECT_THAT(unlocked.error().why, SizeIs(0));
  EXPECT_THAT(unlocked.error().next, HasSubstr("approve-pcrs"));
}

TEST_F(TpmKeyslot, EachChangedRegisterIsNamed) {
  Create();
  swtpm_.ExtendPcr(7);
  swtpm_.ExtendPcr(16);
  const auto unlocked = UnlockOn(swtpm_);
  ExpectNoKey(unlocked, "PCR 7 changed");
  EXPECT_THAT(unlocked.error().why, Contains(HasSubstr("PCR 16 changed")));
}

TEST_F(TpmKeyslot, ApprovalOpensAfterTheChange) {
  Create(1);
  swtpm_.ExtendPcr(16);
  for (const std::uint8_t version : std::initializer_list<std::uint8_t>{1, 2}) {
    const Approval approval = Approve(version);
    ExpectKey(UnlockOn(swtpm_, &approval));
  }
}

TEST_F(TpmKeyslot, ApprovalThatIsNotNeededDoesNoHarm) {
  Create(2);
  const Approval approval = Approve(0);
  ExpectKey(UnlockOn(swtpm_, &approval));
}

TEST_F(TpmKeyslot, ApprovalOfTheRegistersAsTheyWereIsNamed) {
  Create();
  const Approval approval = Approve(0);
  swtpm_.ExtendPcr(7);
  ExpectNoKey(UnlockOn(swtpm_, &approval), "PCR 7 changed: approved as");
}

TEST_F(TpmKeyslot, ApprovalBelowTheFloorIsRefused) {
  Create(2);
  swtpm_.ExtendPcr(16);
  const Approval approval = Approve(1);
  ExpectNoKey(UnlockOn(swtpm_, &approval), "approval version 1 is below the floor 2 of this keyslot");
}

TEST_F(TpmKeyslot, ApprovalBelowTheFloorIsRefusedByTheTpmItself) {
  Create(2);
  swtpm_.ExtendPcr(16);
  const Approval approval = Approve(1);
  auto context = Must(tpm::Context::Open(swtpm_.tcti()));
  const tpm::SealingPolicy policy = Slot().Policy();
  for (const std::uint8_t floor : std::initializer_list<std::uint8_t>{0, 1}) {  // what the owner signed
    for (const std::uint8_t claimed : {floor, std::uint8_t{2}}) {               // what is claimed for it
      const tpm::Authorization authorization = {.key = policy_key_.public_key(),
                                                .policy_ref = PolicyRef(claimed),
                                                .approved = tpm::PolicyPcr(approval.pcrs),
                                                .signature = approval.signatures[floor]};
      const auto secret = tpm::Unseal(context, {.root = Slot().root,
                                                .object = Slot().object,
                                                .policy = policy,
                                                .selection = Slot().pcrs.selection(),
                                                .authorization = &authorization});
      ASSERT_FALSE(secret);
      EXPECT_EQ(secret.error().code, ErrorCode::kNoKey);
    }
  }
}

TEST_F(TpmKeyslot, AnotherTpmIsNamedAlsoWhenItsRegistersDiffer) {
  Create();
  testing::Swtpm another;
  ExpectNoKey(UnlockOn(another), "sealed to another TPM");
  another.ExtendPcr(7);
  ExpectNoKey(UnlockOn(another), "sealed to another TPM");
}

TEST_F(TpmKeyslot, AbsentTpmIsNamed) {
  Create();
  swtpm_.PowerOff();
  ExpectNoKey(UnlockOn(swtpm_), "no TPM at " + swtpm_.tcti());
  ExpectNoKey(Unlock({.document = document_}, log_.Append(PermitFor(document_, 0))), "wants a TPM");
}

TEST_F(TpmKeyslot, WithoutAPermitTheTpmIsNotEvenOpened) {
  Create();
  int opened = 0;
  const TpmOpener opener = [&] {
    ++opened;
    return tpm::Context::Open(swtpm_.tcti());
  };
  log::AccessRecord refusal = PermitFor(document_, 0);
  refusal.outcome = log::Outcome::kRefuse;
  const auto unlocked = Unlock({.document = document_, .tpm = &opener}, log_.Append(refusal));
  ASSERT_FALSE(unlocked);
  EXPECT_EQ(unlocked.error().code, ErrorCode::kLogUnavailable);
  EXPECT_EQ(opened, 0);
}

TEST_F(TpmKeyslot, WrappedKeyOfAnotherSlotDoesNotOpen) {
  Create();
  const WrappedKey kept = Slot().wrapped_key;
  Create();
  Slot().wrapped_key = kept;
  ExpectNoKey(UnlockOn(swtpm_), "does not open the wrapped key");
}

}  // namespace
}  // namespace strongroom::keyslot
