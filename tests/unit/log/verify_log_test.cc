#include <algorithm>
#include <filesystem>

#include "log/journal.h"
#include "log_fixture.h"
#include "strongroom/log/entry_index.h"
#include "strongroom/log/merkle.h"

namespace strongroom::log {
namespace {

class VerifyLogTest : public LogFixture {};

TEST_F(VerifyLogTest, WholeLogIsDerivedAnew) {
  const Log log = Filled(12);
  std::vector<std::string> notes;
  const auto verified = VerifyLog(*files_, directory_, public_key(), std::nullopt,
                                  [&](std::uint64_t index, const AccessRecord& record) {
                                    EXPECT_EQ(index, notes.size());
                                    notes.push_back(*record.note);
                                  });
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->checkpoint, log.checkpoint());
  EXPECT_EQ(verified->anchor, "none");
  EXPECT_EQ(verified->unacknowledged_bytes, 0u);
  EXPECT_EQ(notes.size(), 12u);
  EXPECT_EQ(notes.back(), "11");
}

TEST_F(VerifyLogTest, EmptyLogVerifies) {
  ASSERT_TRUE(Create());
  const auto verified = Verify();
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->checkpoint.size, 0u);
}

TEST_F(VerifyLogTest, RememberedCheckpointIsTheAnchor) {
  const Checkpoint remembered = Filled(3).checkpoint();
  ASSERT_TRUE(Open()->Append(SmallRecord()));
  const auto verified = Verify(remembered);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->anchor, "remembered checkpoint");
}

TEST_F(VerifyLogTest, MissingLogIsNotFound) {
  EXPECT_EQ(Verify().error().code, ErrorCode::kNotFound);
}

TEST_F(VerifyLogTest, AnotherKeyIsUntrusted) {
  Filled(1);
  const envelope::NoteKey other{std::string(kOrigin), LogKey(2).public_key()};
  EXPECT_EQ(VerifyLog(*files_, directory_, other, std::nullopt).error().code, ErrorCode::kUntrusted);
}

TEST_F(VerifyLogTest, HalfAnAppendIsReportedAndNoError) {
  Filled(2);
  Bytes journal = Read(Journal());
  journal.insert(journal.end(), {0, 10, 0, 0, 0, '{'});
  Write(Journal(), journal);
  const auto verified = Verify();
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->unacknowledged_bytes, 6u);
  EXPECT_EQ(Read(Journal()), journal);
}

// What a power cut may leave of a batch that was not synced: the log goes on from before it.
TEST_F(VerifyLogTest, TornAppendIsReportedAndNoError) {
  Filled(2);
  const Bytes whole = Read(Journal());
  for (const Bytes& rest : {Bytes(100, 0), Bytes(5000, 0xA5)}) {
    Bytes journal = whole;
    journal.insert(journal.end(), rest.begin(), rest.end());
    Write(Journal(), journal);
    const auto verified = Verify();
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(verified->unacknowledged_bytes, rest.size());
    EXPECT_TRUE(Open());
    EXPECT_EQ(Read(Journal()), whole);
  }
}

TEST_F(VerifyLogTest, CheckpointRepeatedIsRefused) {
  constexpr std::size_t kHeaderSize = 22;
  Filled(0);
  Bytes journal = Read(Journal());
  const Bytes frame(journal.begin() + kHeaderSize, journal.end());
  journal.insert(journal.end(), frame.begin(), frame.end());
  Write(Journal(), journal);
  EXPECT_EQ(Verify().error().code, ErrorCode::kAltered);
}

TEST_F(VerifyLogTest, EveryFlippedBitOfTheJournalIsLocated) {
  constexpr std::uint64_t kRecords = 3;
  std::vector<std::uint64_t> ends;
  {
    Log log = *Create();
    for (std::uint64_t i = 0; i < kRecords; ++i) {
      ends.push_back(std::filesystem::file_size(Journal()));
      ASSERT_TRUE(log.Append(SmallRecord(std::to_string(i))));
    }
  }
  const Bytes journal = Read(Journal());
  for (std::size_t bit = 0; bit < journal.size() * 8; ++bit) {
    Bytes changed = journal;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    Write(Journal(), changed);
    const auto verified = Verify();
    ASSERT_FALSE(verified) << "bit " << bit;
    if (bit / 8 < ends[0]) continue;  // the header and the checkpoint of the empty log
    const auto entry = static_cast<std::uint64_t>(std::ranges::upper_bound(ends, bit / 8) - ends.begin() - 1);
    EXPECT_EQ(verified.error().code, ErrorCode::kAltered);
    EXPECT_TRUE(verified.error().message.starts_with("entry " + std::to_string(entry) + ":"))
        << bit << ": " << verified.error().message;
  }
}

TEST_F(VerifyLogTest, FlippedBytesOfABatchAreLocated) {
  constexpr std::uint64_t kRecords = 6;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;  // of the entries, where the checkpoint begins
  {
    Log log = *Create();
    begin = std::filesystem::file_size(Journal());
    ASSERT_TRUE(log.AppendBatch(std::vector<AccessRecord>(kRecords, SmallRecord())));
    const std::size_t frame = FrameSize(SerializeAccessRecord(*Records().begin()).size());
    end = begin + kRecords * frame;
  }
  const Bytes journal = Read(Journal());
  for (std::size_t at = begin; at < journal.size(); at += 3) {
    Bytes changed = journal;
    changed[at] ^= 1;
    Write(Journal(), changed);
    const std::uint64_t entry = at < end ? (at - begin) / ((end - begin) / kRecords) : kRecords - 1;
    const std::string where =
        "entry " + std::to_string(entry) + ": " + (at < end ? "frame" : "the checkpoint over it");
    EXPECT_TRUE(Verify().error().message.starts_with(where)) << at << ": " << Verify().error().message;
  }
}

TEST_F(VerifyLogTest, RunsOfManyFramesAreTakenInOrder) {
  constexpr std::uint64_t kBatches = 6;
  Log log = *Create();
  std::vector<Checkpoint> checkpoints;
  for (std::uint64_t batch = 0; batch < kBatches; ++batch) {
    ASSERT_TRUE(
        log.AppendBatch(std::vector<AccessRecord>(kMaxBatchRecords, SmallRecord(std::string(900, 'n')))));
    checkpoints.push_back(log.checkpoint());
  }
  ASSERT_GT(std::filesystem::file_size(Journal()), 5U << 20);
  for (const Checkpoint& remembered : checkpoints) {
    const auto verified = Verify(remembered);
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(verified->checkpoint, log.checkpoint());
  }
  checkpoints[3].root = Digest{};
  EXPECT_EQ(Verify(checkpoints[3]).error().code, ErrorCode::kAltered);
}

TEST_F(VerifyLogTest, ChangedKeysVerifyInTheirOrderAlone) {
  const auto next = LogKey(2);
  const auto last = LogKey(3);
  const envelope::NoteKey next_key{std::string(kOrigin), next.public_key()};
  const envelope::NoteKey last_key{std::string(kOrigin), last.public_key()};
  {
    Log log = Filled(2);
    ASSERT_TRUE(log.ChangeKey(next, KeyChange::kRotation));
    ASSERT_TRUE(log.Append(SmallRecord()));
    ASSERT_TRUE(log.ChangeKey(last, KeyChange::kRotation));
    ASSERT_TRUE(log.Append(SmallRecord()));
  }
  const auto code_with = [&](std::vector<envelope::NoteKey> keys) {
    const auto verified = VerifyLog(*files_, directory_, keys, std::nullopt);
    return verified ? std::optional<ErrorCode>() : verified.error().code;
  };
  EXPECT_EQ(code_with({public_key(), next_key, last_key}), std::nullopt);
  EXPECT_EQ(code_with({public_key(), last_key, next_key}), ErrorCode::kUntrusted);
  EXPECT_EQ(code_with({public_key(), next_key}), ErrorCode::kUntrusted);
  EXPECT_EQ(code_with({next_key, last_key}), ErrorCode::kUntrusted);
  EXPECT_EQ(code_with({last_key}), ErrorCode::kUntrusted);
  EXPECT_EQ(code_with({public_key(), next_key, last_key, {std::string(kOrigin), LogKey(4).public_key()}}),
            ErrorCode::kUntrusted)
      << "who holds a key that was given up may go on from an older copy";
  EXPECT_EQ(code_with({}), ErrorCode::kInvalidArgument);
}

TEST_F(VerifyLogTest, LostKeyNeedNotVouchForTheNewOne) {
  const auto next = LogKey(2);
  Filled(2);
  {
    auto log = Log::Open(*files_, directory_, std::string(kOrigin), next, clock_, std::nullopt,
                         {.earlier_keys = {public_key()}});
    ASSERT_TRUE(log && log->ChangeKey(next, KeyChange::kLoss));
  }
  const std::array keys = {public_key(), envelope::NoteKey{std::string(kOrigin), next.public_key()}};
  EXPECT_TRUE(VerifyLog(*files_, directory_, keys, std::nullopt));
}

// What a faulty writer might sign: a journal written frame by frame.
class SignedJournalTest : public VerifyLogTest {
 protected:
  void SetUp() override {
    Filled(0);
    journal_ = Read(Journal());
  }
  void Put(ByteView entry) { tree_.Append(AppendFrame(FrameType::kEntry, entry, journal_)); }
  void PutCheckpoint(const crypto::Ed25519PrivateKey& key) {
    const std::string note = *SignCheckpoint({std::string(kOrigin), tree_.size(), tree_.Root()}, key);
    AppendFrame(FrameType::kCheckpoint, AsBytes(note), journal_);
  }
  std::string Reason(std::span<const envelope::NoteKey> keys) {
    Write(Journal(), journal_);
    const auto verified = VerifyLog(*files_, directory_, keys, std::nullopt);
    return verified ? "accepted" : verified.error().message;
  }

  Bytes journal_;
  MerkleTree tree_;
};

TEST_F(SignedJournalTest, IndexRecordThatStatesAnotherIndexIsNamed) {
  AccessRecord record = SmallRecord();
  record.bundle = RecordedBundle{Digest{1}, {}, {}};
  EntryIndex index;
  index.Add(0, record);
  IndexRecord stated{record.time, 1, index.keys(), index.Root()};
  Put(SerializeAccessRecord(record));
  const Bytes before = journal_;
  const MerkleTree tree_before = tree_;
  Put(SerializeIndexRecord(stated));
  PutCheckpoint(key_);
  EXPECT_EQ(Reason(std::array{public_key()}), "accepted");
  journal_ = before;
  tree_ = tree_before;
  stated.root[0] ^= 1;
  Put(SerializeIndexRecord(stated));
  PutCheckpoint(key_);
  EXPECT_TRUE(Reason(std::array{public_key()}).starts_with("entry 1, journal offset "));
}

TEST_F(SignedJournalTest, RotationThatTheOldKeyDidNotSignIsRefused) {
  const auto next = LogKey(2);
  const envelope::NoteKey next_key{std::string(kOrigin), next.public_key()};
  Put(SerializeKeyRecord({Timestamp{}, KeyChange::kRotation, public_key(), next_key}));
  PutCheckpoint(next);
  EXPECT_TRUE(Reason(std::array{public_key(), next_key}).contains("the key before did not sign it"));
}

TEST_F(SignedJournalTest, EntriesAndCheckpointsOutOfOrderAreRefused) {
  AccessRecord record = SmallRecord();
  record.time = Timestamp{100};
  Put(SerializeAccessRecord(record));
  PutCheckpoint(key_);
  EXPECT_EQ(Reason(std::array{public_key()}), "accepted");
  record.time = Timestamp{99};
  Put(SerializeAccessRecord(record));
  PutCheckpoint(key_);
  EXPECT_TRUE(Reason(std::array{public_key()}).contains("its time is before that of the entry before it"));
}

TEST_F(VerifyLogTest, EveryFlippedBitOfThePublishedCheckpointIsRefused) {
  Filled(2);
  const Bytes published = Read(Published());
  for (std::size_t bit = 0; bit < published.size() * 8; ++bit) {
    Bytes changed = published;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    Write(Published(), changed);
    EXPECT_FALSE(Verify()) << "bit " << bit;
    EXPECT_FALSE(Open()) << "bit " << bit;
  }
}

TEST_F(VerifyLogTest, EveryTruncationIsRefused) {
  Filled(3);
  const Bytes journal = Read(Journal());
  for (std::size_t size = 0; size < journal.size(); ++size) {
    Write(Journal(), ByteView(journal).first(size));
    EXPECT_FALSE(Verify()) << size;
    EXPECT_EQ(Open().error().code, ErrorCode::kLogUnavailable) << size;
  }
}

}  // namespace
}  // namespace strongroom::log
