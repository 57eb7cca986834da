// Recovery keyslots, and the receipt without which nothing opens.
#include "strongroom/keyslot/unlock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "slots_for_tests.h"
#include "strongroom/envelope/note.h"

namespace strongroom::keyslot {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Unlocking : public ::testing::Test {
 protected:
  Unlocking() {
    document_ = DocumentWith(Must(CreateRecoverySlot(passphrase_, TestInstance(), key_, kLowCost)));
    document_.slots.push_back(Must(CreateRecoverySlot(recovery_key_, TestInstance(), key_)));
  }
  Expected<Unlocked> UnlockSlot(std::uint32_t slot, const RecoverySecret* secret) {
    return Unlock({.document = document_, .slot = slot, .recovery = secret},
                  log_.Append(PermitFor(document_, slot)));
  }
  Expected<Unlocked> UnlockUnder(const log::AccessRecord& record) {
    return Unlock({.document = document_, .slot = 0, .recovery = &passphrase_}, log_.Append(record));
  }
  void ExpectNoPermit(const log::AccessRecord& record, const char* what) {
    const auto unlocked = UnlockUnder(record);
    ASSERT_FALSE(unlocked) << what;
    EXPECT_EQ(unlocked.error().code, ErrorCode::kLogUnavailable) << what;
    EXPECT_THAT(unlocked.error().message, HasSubstr("not a permit")) << what;
  }

  BundleKey key_ = BundleKey::Random();
  RecoverySecret passphrase_ = PassphraseOf(kGoodPassphrase);
  RecoverySecret recovery_key_ = RecoveryKey::Random();
  KeyslotsDocument document_;
  TestLog log_;
};

TEST_F(Unlocking, PassphraseAndRecoveryKeyGiveTheBundleKey) {
  for (const auto& [slot, secret] : {std::pair{0U, &passphrase_}, std::pair{1U, &recovery_key_}}) {
    const auto unlocked = UnlockSlot(slot, secret);
    ASSERT_TRUE(unlocked) << unlocked.error().message;
    EXPECT_TRUE(ConstantTimeEqual(unlocked->key.bytes().Expose(), key_.bytes().Expose()));
    EXPECT_THAT(unlocked->warnings, IsEmpty());
  }
}

TEST_F(Unlocking, KeyslotOfTheFormatDocumentsExampleGivesItsBundleKey) {
  const auto files = MakeRealFileSystem();
  const auto owner = envelope::ParseNoteKey("example+584a1e0b+AW8PDus/v/klxm0D4Z3OSNXtyf/uUc0mrnHdOeVvf92i");
  document_ = Must(ParseKeyslots(
      Must(ReadWhole(*files, STRONGROOM_VECTORS "/bundle/keyslots.json", kMaxKeyslotsSize)), owner->key));
  const RecoverySecret secret = PassphraseOf(
      "strongroom-recovery-key-1:a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf\n");
  const auto unlocked = UnlockSlot(0, &secret);
  ASSERT_TRUE(unlocked) << unlocked.error().message;
  EXPECT_EQ(Hex(unlocked->key.bytes().Expose()),
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
}

TEST_F(Unlocking, ReceiptOfAnythingButThisPermitOpensNothing) {
  const log::AccessRecord permit = PermitFor(document_, 0);
  ASSERT_TRUE(UnlockUnder(permit));
  for (const log::Outcome outcome : {log::Outcome::kRefuse, log::Outcome::kFailed, log::Outcome::kDone}) {
    log::AccessRecord record = permit;
    record.outcome = outcome;
    ExpectNoPermit(record, "outcome");
  }
  log::AccessRecord record = permit;
  record.bundle.reset();
  ExpectNoPermit(record, "no bundle");
  record = permit;
  record.bundle->id.reset();
  ExpectNoPermit(record, "no bundle id");
  record = permit;
  record.bundle->id->front() ^= 1;
  ExpectNoPermit(record, "another bundle");
  record = permit;
  record.bundle->instance.front() ^= 1;
  ExpectNoPermit(record, "another instance");
  record = permit;
  record.bundle->keyslots_revision = document_.revision - 1;
  ExpectNoPermit(record, "another revision");
  record = permit;
  record.keyslot->index = 1;
  ExpectNoPermit(record, "another keyslot");
  record = permit;
  record.keyslot.reset();
  ExpectNoPermit(record, "no keyslot");
}

TEST_F(Unlocking, WrongPassphraseAndAlteredSlotLookAlike) {
  const RecoverySecret wrong = PassphraseOf("another lamp under seven rivers 42");
  const auto unlocked = UnlockSlot(0, &wrong);
  ASSERT_FALSE(unlocked);
  EXPECT_EQ(unlocked.error().code, ErrorCode::kNoKey);
  EXPECT_EQ(unlocked.error().message, "wrong passphrase");

  std::get<RecoverySlot>(document_.slots[0]).wrapped_key[20] ^= 1;
  const auto altered = UnlockSlot(0, &passphrase_);
  ASSERT_FALSE(altered);
  EXPECT_EQ(altered.error().code, unlocked.error().code);
  EXPECT_EQ(altered.error().message, unlocked.error().message);
}

TEST_F(Unlocking, WrongRecoveryKeyIsNoKey) {
  const RecoverySecret wrong = RecoveryKey::Random();
  const auto unlocked = UnlockSlot(1, &wrong);
  ASSERT_FALSE(unlocked);
  EXPECT_EQ(unlocked.error().code, ErrorCode::kNoKey);
  EXPECT_EQ(unlocked.error().message, "wrong recovery key");
}

TEST_F(Unlocking, SecretOfTheOtherKindIsNoKeyAndSaysWhichIsWanted) {
  EXPECT_THAT(UnlockSlot(0, &recovery_key_).error().message, HasSubstr("wants a passphrase"));
  EXPECT_THAT(UnlockSlot(1, &passphrase_).error().message, HasSubstr("wants a recovery key"));
  const auto none = UnlockSlot(0, nullptr);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNoKey);
  EXPECT_THAT(none.error().message, HasSubstr("none was given"));
}

TEST_F(Unlocking, SlotOfAnotherInstanceDoesNotOpen) {
  document_.instance.front() ^= 1;
  EXPECT_EQ(UnlockSlot(0, &passphrase_).error().code, ErrorCode::kNoKey);
  EXPECT_EQ(UnlockSlot(1, &recovery_key_).error().code, ErrorCode::kNoKey);
}

TEST_F(Unlocking, SlotBeyondTheLastIsNoKey) {
  const auto unlocked = UnlockSlot(2, &passphrase_);
  ASSERT_FALSE(unlocked);
  EXPECT_EQ(unlocked.error().code, ErrorCode::kNoKey);
}

TEST(CreateRecoverySlot, WeakPassphraseIsRefused) {
  const auto slot =
      CreateRecoverySlot(PassphraseOf("password1234"), TestInstance(), BundleKey::Random(), kLowCost);
  ASSERT_FALSE(slot);
  EXPECT_EQ(slot.error().code, ErrorCode::kInvalidArgument);
}

TEST(CreateRecoverySlot, TwoSlotsOfOnePassphraseShareNothing) {
  const BundleKey key = BundleKey::Random();
  const auto a = std::get<RecoverySlot>(
      Must(CreateRecoverySlot(PassphraseOf(kGoodPassphrase), TestInstance(), key, kLowCost)));
  const auto b = std::get<RecoverySlot>(
      Must(CreateRecoverySlot(PassphraseOf(kGoodPassphrase), TestInstance(), key, kLowCost)));
  EXPECT_NE(a.passphrase->salt, b.passphrase->salt);
  EXPECT_NE(a.wrapped_key, b.wrapped_key);
}

TEST(CreateRecoverySlot, DefaultCostIsTheDocumentedOne) {
  const auto slot = std::get<RecoverySlot>(
      Must(CreateRecoverySlot(PassphraseOf(kGoodPassphrase), TestInstance(), BundleKey::Random())));
  EXPECT_EQ(slot.passphrase->cost.memory_bytes, 256ULL << 20);
  EXPECT_EQ(slot.passphrase->cost.passes, 3U);
}

}  // namespace
}  // namespace strongroom::keyslot
