#include "strongroom/log/log.h"

#include <filesystem>

#include "log_fixture.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/log/merkle.h"

namespace strongroom::log {
namespace {

class LogTest : public LogFixture {
 protected:
  // Whether the log refuses both to check and to append, as a log that cannot be written must.
  static void ExpectUnavailable(Log& log) {
    EXPECT_EQ(log.CheckWritable().error().code, ErrorCode::kLogUnavailable);
    const auto receipt = log.Append(SmallRecord());
    ASSERT_FALSE(receipt);
    EXPECT_EQ(receipt.error().code, ErrorCode::kLogUnavailable);
    EXPECT_FALSE(receipt.error().next.empty());
  }
  void ExpectNotOpened(const std::optional<Checkpoint>& remembered = std::nullopt) {
    const auto log = Open(remembered);
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().code, ErrorCode::kLogUnavailable) << log.error().message;
  }
};

TEST_F(LogTest, RecordsAreThereAfterReopening) {
  {
    Log log = *Create();
    EXPECT_EQ(log.size(), 0u);
    EXPECT_TRUE(log.CheckWritable());
    ASSERT_TRUE(log.Append(SmallRecord("first")));
    clock_.Advance(1);
    ASSERT_TRUE(log.Append(FullRecord()));
  }
  const auto log = Open();
  ASSERT_TRUE(log) << log.error().message;
  const auto records = Records();
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].note, "first");
  EXPECT_EQ(records[1].time, clock_.Now());
  EXPECT_EQ(records[1].bundle, FullRecord().bundle);
}

TEST_F(LogTest, CheckpointsExtendOneAnother) {
  Log log = *Create();
  MerkleTree tree;
  for (int i = 0; i < 20; ++i) {
    const auto receipt = log.Append(SmallRecord());
    ASSERT_TRUE(receipt);
    tree.Append(receipt->leaf_hash());
    EXPECT_EQ(receipt->checkpoint().root, tree.Root());
  }
}

TEST_F(LogTest, CheckingWritesNoRecordAndLeavesNoFile) {
  Log log = Filled(1);
  const Bytes journal = Read(Journal());
  EXPECT_TRUE(log.CheckWritable());
  EXPECT_EQ(Read(Journal()), journal);
  EXPECT_EQ(*files_->List(directory_), (std::vector<std::string>{"checkpoint", "journal", "public"}));
}

TEST_F(LogTest, LogIsNotMadeAnew) {
  ASSERT_TRUE(Create());
  EXPECT_EQ(Create().error().code, ErrorCode::kExists);
  std::filesystem::remove(Journal());
  EXPECT_EQ(Create().error().code, ErrorCode::kExists);
}

TEST_F(LogTest, OriginThatCannotNameAKeyIsRefused) {
  EXPECT_EQ(Log::Create(*files_, directory_, "two words", key_, clock_).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(directory_));
}

TEST_F(LogTest, RecordThatBreaksTheSchemaIsRefusedAndTheLogGoesOn) {
  Log log = *Create();
  EXPECT_EQ(log.Append(SmallRecord(std::string(2000, 'x'))).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(log.size(), 0u);
  EXPECT_TRUE(log.Append(SmallRecord()));
}

TEST_F(LogTest, MissingLogIsNotOpened) {
  ExpectNotOpened();
  Filled(2);
  std::filesystem::remove(Published());
  ExpectNotOpened();
  std::filesystem::remove(Journal());
  ExpectNotOpened();
}

TEST_F(LogTest, ReadOnlyJournalOrDirectoryIsRefusedEvenForRoot) {
  Log log = Filled(1);
  std::filesystem::permissions(Journal(), std::filesystem::perms::owner_read);
  ExpectUnavailable(log);
  ExpectNotOpened();
  std::filesystem::permissions(Journal(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_TRUE(log.Append(SmallRecord()));
  std::filesystem::permissions(directory_,
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  ExpectUnavailable(log);
  ExpectNotOpened();
  std::filesystem::permissions(directory_, std::filesystem::perms::owner_all);
  EXPECT_TRUE(log.Append(SmallRecord()));
}

TEST_F(LogTest, UnlinkedJournalIsNoticed) {
  Log log = Filled(1);
  std::filesystem::remove(Journal());
  ExpectUnavailable(log);
}

TEST_F(LogTest, ReplacedJournalIsNoticed) {
  Log log = Filled(2);
  const std::string copy = temporary_ / "copy";
  std::filesystem::copy_file(Journal(), copy);
  std::filesystem::rename(copy, Journal());
  ExpectUnavailable(log);
  EXPECT_TRUE(Open());  // the same bytes, opened afresh, are the same log
}

TEST_F(LogTest, ReplacedDirectoryIsNoticed) {
  Log log = Filled(2);
  std::filesystem::copy(directory_, temporary_ / "copy", std::filesystem::copy_options::recursive);
  std::filesystem::rename(directory_, temporary_ / "old");
  std::filesystem::rename(temporary_ / "copy", directory_);
  ExpectUnavailable(log);
}

TEST_F(LogTest, SecondLinkToTheJournalIsNoticed) {
  Log log = Filled(1);
  std::filesystem::create_hard_link(Journal(), temporary_ / "link");
  ExpectUnavailable(log);
}

TEST_F(LogTest, JournalCutShortUnderneathIsNoticed) {
  Log log = Filled(3);
  std::filesystem::resize_file(Journal(), std::filesystem::file_size(Journal()) - 1);
  ExpectUnavailable(log);
  ExpectNotOpened();
}

TEST_F(LogTest, RecordsMissingUnderTheSignedCheckpointAreNoticed) {
  Filled(2);
  const Bytes journal = Read(Journal());
  {
    Log log = *Open();
    ASSERT_TRUE(log.Append(SmallRecord()));
  }
  Write(Journal(), journal);
  ExpectNotOpened();
}

TEST_F(LogTest, LogRolledBackWholeIsNoticedByWhoRemembers) {
  Filled(2);
  const std::string copy = temporary_ / "copy";
  std::filesystem::copy(directory_, copy, std::filesystem::copy_options::recursive);
  Checkpoint remembered;
  {
    Log log = *Open();
    ASSERT_TRUE(log.Append(SmallRecord()));
    remembered = log.checkpoint();
  }
  EXPECT_TRUE(Open(remembered));
  std::filesystem::remove_all(directory_);
  std::filesystem::rename(copy, directory_);
  ExpectNotOpened(remembered);
  EXPECT_TRUE(Open());
  EXPECT_EQ(Verify(remembered).error().code, ErrorCode::kRolledBack);
}

TEST_F(LogTest, AnotherHistoryUnderTheSameKeyIsNoticedByWhoRemembers) {
  const Checkpoint remembered = Filled(3).checkpoint();
  std::filesystem::remove_all(directory_);
  Log log = *Create();
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(log.Append(SmallRecord("other")));
  ExpectNotOpened(remembered);
  EXPECT_EQ(Verify(remembered).error().code, ErrorCode::kAltered);
}

TEST_F(LogTest, AnotherKeyOrOriginIsRefused) {
  Filled(1);
  const auto other_key = LogKey(2);
  EXPECT_EQ(Log::Open(*files_, directory_, std::string(kOrigin), other_key, clock_, {}).error().code,
            ErrorCode::kLogUnavailable);
  EXPECT_EQ(Log::Open(*files_, directory_, "example.com/other", key_, clock_, {}).error().code,
            ErrorCode::kLogUnavailable);
}

TEST_F(LogTest, ClockBeforeTheLastRecordIsRefused) {
  Log log = Filled(1);
  clock_.Advance(-1);
  ExpectUnavailable(log);
  Log reopened = *Open();
  ExpectUnavailable(reopened);
  clock_.Advance(1);
  EXPECT_TRUE(log.CheckWritable());
  EXPECT_TRUE(log.Append(SmallRecord()));
}

TEST_F(LogTest, TwoWritersAppendInTurn) {
  Log a = *Create();
  Log b = *Open();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(a.Append(SmallRecord("a")));
    ASSERT_TRUE(b.Append(SmallRecord("b")));
  }
  EXPECT_TRUE(a.CheckWritable());
  EXPECT_EQ(a.size(), 10u);
  EXPECT_EQ(a.checkpoint(), b.checkpoint());
  EXPECT_TRUE(Verify());
  EXPECT_EQ(Records()[9].note, "b");
}

TEST_F(LogTest, HalfAnAppendIsCutOff) {
  Filled(2);
  const Bytes whole = Read(Journal());
  const Bytes published = Read(Published());
  {
    Log log = *Open();
    ASSERT_TRUE(log.Append(SmallRecord("unacknowledged")));
  }
  const Bytes longer = Read(Journal());
  for (std::size_t size = whole.size(); size < longer.size(); size += 5) {
    Write(Journal(), ByteView(longer).first(size));
    Write(Published(), published);
    const auto log = Open();
    ASSERT_TRUE(log) << size << ": " << log.error().message;
    EXPECT_EQ(log->size(), 2u);
    EXPECT_EQ(Read(Journal()), whole);
  }
}

TEST_F(LogTest, HalfAnAppendIsNotCutOffALogThatIsShorterThanRemembered) {
  const Checkpoint remembered = Filled(3).checkpoint();
  Bytes journal = Read(Journal());
  journal.pop_back();
  Write(Journal(), journal);
  Write(Published(), {});
  ExpectNotOpened(remembered);
  EXPECT_EQ(Read(Journal()), journal);
}

// What a power cut may leave of a batch that was not synced: blocks that never reached the disk.
TEST_F(LogTest, BatchWithBlocksMissingIsCutOffIfNobodyWasAnswered) {
  Filled(2);
  const Bytes whole = Read(Journal());
  for (const Bytes& rest : {Bytes(100, 0xA5), Bytes(70'000, 0), Bytes(1, 2)}) {
    Bytes journal = whole;
    journal.insert(journal.end(), rest.begin(), rest.end());
    Write(Journal(), journal);
    EXPECT_EQ(Open()->size(), 2u);
    EXPECT_EQ(Read(Journal()), whole);
  }
}

TEST_F(LogTest, DamageBeforeTheLastBatchIsRefusedWhoeverRemembers) {
  Filled(2);
  const Bytes published = Read(Published());
  const std::size_t damaged = Read(Journal()).size() + 30;
  {
    Log log = *Open();
    ASSERT_TRUE(log.Append(SmallRecord()) && log.Append(SmallRecord()));
  }
  Bytes journal = Read(Journal());
  journal[damaged] ^= 1;
  Write(Journal(), journal);
  Write(Published(), published);
  ExpectNotOpened();
  EXPECT_EQ(Read(Journal()), journal);
}

TEST_F(LogTest, BytesWrittenByAProcessThatHeedsNoLockAreNoticed) {
  Log log = Filled(2);
  const Bytes journal = Read(Journal());
  Bytes longer = journal;
  longer.insert(longer.end(), 100, 0xA5);
  Write(Journal(), longer);
  ExpectUnavailable(log);
  EXPECT_EQ(Read(Journal()), longer);
  std::filesystem::resize_file(Journal(), journal.size());
  EXPECT_TRUE(log.Append(SmallRecord()));
}

TEST_F(LogTest, JournalOverwrittenInPlaceByAnOlderCopyIsNoticed) {
  Log log = Filled(1);
  Bytes older = Read(Journal());
  ASSERT_TRUE(log.Append(SmallRecord()));
  const Bytes newer = Read(Journal());
  Write(Journal(), older);
  ExpectUnavailable(log);
  older.resize(newer.size());
  Write(Journal(), older);
  ExpectUnavailable(log);
  Write(Journal(), newer);
  EXPECT_TRUE(log.Append(SmallRecord()));
}

TEST_F(LogTest, LockThatIsKeptLetsNobodyElseAppend) {
  Log log = Filled(1);
  ASSERT_TRUE(log.KeepLocked());
  auto journal = files_->Open(Journal(), OpenMode::kReadWrite);
  EXPECT_FALSE(*(*journal)->TryLock());
  ASSERT_TRUE(log.Append(SmallRecord()));
  ASSERT_TRUE((*journal)->WriteAt((*journal)->Identity()->size, Bytes(1, 0)));
  ExpectUnavailable(log);
}

TEST_F(LogTest, PublishedCheckpointThatIsNoneIsRefused) {
  Filled(2);
  const Bytes published = Read(Published());
  Write(Published(), {});
  ExpectNotOpened();
  Write(Published(), ByteView(published).first(published.size() - 4));
  ExpectNotOpened();
}

TEST_F(LogTest, WholeAppendThatWasNotPublishedIsKeptAndPublished) {
  Filled(2);
  const Bytes published = Read(Published());
  {
    Log log = *Open();
    ASSERT_TRUE(log.Append(SmallRecord()));
  }
  const Bytes newer = Read(Published());
  Write(Published(), published);
  const auto log = Open();
  ASSERT_TRUE(log);
  EXPECT_EQ(log->size(), 3u);
  EXPECT_EQ(Read(Published()), newer);
}

TEST_F(LogTest, LogWithAnAlteredRecordIsNotOpened) {
  Filled(3);
  Bytes journal = Read(Journal());
  const std::string text(AsText(journal));
  journal[text.find("\"note\":\"1\"") + 8] ^= 1;
  Write(Journal(), journal);
  ExpectNotOpened();
}

}  // namespace
}  // namespace strongroom::log
