#include "log_fixture.h"

namespace strongroom::log {
namespace {

class LogKeyChangeTest : public LogFixture {
 protected:
  Expected<Log> OpenWith(const crypto::Ed25519PrivateKey& key, std::vector<envelope::NoteKey> earlier) {
    return Log::Open(*files_, directory_, std::string(kOrigin), key, clock_, std::nullopt,
                     {.earlier_keys = std::move(earlier)});
  }
  [[nodiscard]] envelope::NoteKey next_public_key() const {
    return {std::string(kOrigin), next_.public_key()};
  }

  crypto::Ed25519PrivateKey next_ = LogKey(2);
};

TEST_F(LogKeyChangeTest, RotationIsSignedByBothKeysAndThenTheNewOneSigns) {
  Log log = Filled(2);
  ASSERT_TRUE(log.ChangeKey(next_, KeyChange::kRotation));
  EXPECT_EQ(VerifyCheckpoint(log.checkpoint_note(), public_key())->size, 3u);
  EXPECT_EQ(VerifyCheckpoint(log.checkpoint_note(), next_public_key())->size, 3u);
  ASSERT_TRUE(log.Append(SmallRecord()));
  EXPECT_EQ(VerifyCheckpoint(log.checkpoint_note(), public_key()).error().code, ErrorCode::kUntrusted);
  EXPECT_EQ(VerifyCheckpoint(log.checkpoint_note(), next_public_key())->size, 4u);
  EXPECT_EQ(log.key(), next_public_key());
  EXPECT_EQ(OpenWith(key_, {}).error().code, ErrorCode::kLogUnavailable);
  EXPECT_TRUE(OpenWith(next_, {public_key()})->Append(SmallRecord()));
}

TEST_F(LogKeyChangeTest, NewKeyDoesNotSignBeforeTheChangeIsRecorded) {
  Filled(2);
  auto log = OpenWith(next_, {public_key()});
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_EQ(log->CheckWritable().error().code, ErrorCode::kLogUnavailable);
  EXPECT_EQ(log->Append(SmallRecord()).error().code, ErrorCode::kLogUnavailable);
  ASSERT_TRUE(log->ChangeKey(next_, KeyChange::kLoss));
  EXPECT_TRUE(log->Append(SmallRecord()));
  EXPECT_EQ(log->size(), 4u);
}

TEST_F(LogKeyChangeTest, KeyThatIsLostRightAfterARotationIsTheOneThatChanges) {
  Log log = Filled(1);
  ASSERT_TRUE(log.ChangeKey(next_, KeyChange::kRotation));
  const auto third = LogKey(3);
  auto opened = OpenWith(third, {public_key(), next_public_key()});
  ASSERT_TRUE(opened);
  ASSERT_TRUE(opened->ChangeKey(third, KeyChange::kLoss));
  const std::array keys = {public_key(), next_public_key(),
                           envelope::NoteKey{std::string(kOrigin), third.public_key()}};
  const auto verified = VerifyLog(*files_, directory_, keys, std::nullopt);
  EXPECT_TRUE(verified) << verified.error().message;
}

TEST_F(LogKeyChangeTest, WriterThatStillHoldsTheOldKeySignsNoMore) {
  Log log = Filled(2);
  auto other = Open();
  ASSERT_TRUE(other);
  ASSERT_TRUE(log.ChangeKey(next_, KeyChange::kRotation));
  EXPECT_EQ(Open().error().code, ErrorCode::kLogUnavailable);
  EXPECT_EQ(other->Append(SmallRecord()).error().code, ErrorCode::kLogUnavailable);
  EXPECT_EQ(other->ChangeKey(LogKey(3), KeyChange::kRotation).error().code, ErrorCode::kLogUnavailable);
  EXPECT_TRUE(log.Append(SmallRecord()));
  const std::array keys = {public_key(), next_public_key()};
  EXPECT_EQ(VerifyLog(*files_, directory_, keys, std::nullopt)->checkpoint.size, 4u);
}

TEST_F(LogKeyChangeTest, LogOfAStrangersKeyIsNotTakenOver) {
  Filled(2);
  EXPECT_EQ(OpenWith(next_, {{std::string(kOrigin), LogKey(3).public_key()}}).error().code,
            ErrorCode::kLogUnavailable);
  EXPECT_EQ(OpenWith(next_, {}).error().code, ErrorCode::kLogUnavailable);
}

TEST_F(LogKeyChangeTest, LossWithoutAnEarlierKeyIsACallersMistake) {
  Log log = Filled(1);
  EXPECT_EQ(log.ChangeKey(next_, KeyChange::kLoss).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(log.ChangeKey(key_, KeyChange::kRotation).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(log.size(), 1u);
}

}  // namespace
}  // namespace strongroom::log
