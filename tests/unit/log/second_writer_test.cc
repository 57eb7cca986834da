// Two writers of one log, of which one fails or is a stranger: what the other builds on.
#include <cerrno>
#include <filesystem>

#include "log/journal.h"
#include "log_fixture.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/log/index_record.h"
#include "strongroom/log/merkle.h"
#include "strongroom/selftest/faulty_file_system.h"
#include "strongroom/selftest/simulated_disk.h"

namespace strongroom::log {
namespace {

class SecondWriterTest : public LogFixture {
 protected:
  // A journal with one more batch: an access record, an index record that does not hold, and a checkpoint
  // over both that somebody without the log's key signed.
  Bytes WithStrangersBatch(const Bytes& journal) {
    AccessRecord access = SmallRecord("stranger's");
    access.time = clock_.Now();
    const std::array entries = {SerializeAccessRecord(access),
                                SerializeIndexRecord({clock_.Now(), 1, 1, Digest{7}})};
    MerkleTree tree;
    const auto file = *files_->Open(Journal(), OpenMode::kRead);
    JournalReader reader(*file, kJournalHeader.size(), journal.size());
    for (auto frame = reader.Next(); frame && *frame; frame = reader.Next())
      if ((*frame)->type == FrameType::kEntry) tree.Append((*frame)->hash);
    Bytes longer = journal;
    for (const Bytes& entry : entries) {
      tree.Append(crypto::MerkleLeafHash(entry));
      AppendFrame(FrameType::kEntry, entry, longer);
    }
    const auto note = SignCheckpoint({std::string(kOrigin), tree.size(), tree.Root()}, LogKey(9));
    AppendFrame(FrameType::kCheckpoint, AsBytes(*note), longer);
    return longer;
  }
};

TEST_F(SecondWriterTest, NothingIsBuiltOnAStrangersBatchThatIsTakenAwayAgain) {
  Log log = Filled(3);
  const Bytes journal = Read(Journal());
  Write(Journal(), WithStrangersBatch(journal));
  EXPECT_EQ(log.Append(SmallRecord()).error().code, ErrorCode::kLogUnavailable);
  Write(Journal(), journal);
  const auto receipt = log.Append(SmallRecord("3"));
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->checkpoint().size, 4u);
  EXPECT_TRUE(Verify());
  EXPECT_EQ(Records()[3].note, "3");
}

TEST_F(SecondWriterTest, AnothersAcknowledgedRecordsAreNotCutOffBecauseOneIsDamaged) {
  Log log = Filled(1);
  const std::size_t first_of_other = Read(Journal()).size();
  {
    Log other = *Open();
    ASSERT_TRUE(other.Append(SmallRecord()) && other.Append(SmallRecord()));
  }
  Bytes journal = Read(Journal());
  for (const std::size_t damaged : {first_of_other + 2, first_of_other + 3, first_of_other + 20}) {
    Bytes altered = journal;
    altered[damaged] ^= 0x40;
    Write(Journal(), altered);
    EXPECT_EQ(log.CheckWritable().error().code, ErrorCode::kLogUnavailable);
    EXPECT_EQ(Read(Journal()), altered) << damaged;
  }
  Write(Journal(), journal);
  EXPECT_TRUE(log.Append(SmallRecord()));
  EXPECT_EQ(log.size(), 4u);
}

// Nobody is answered for a record in a file that was taken away while the disk was at work.
TEST_F(SecondWriterTest, JournalTakenAwayOrCutDuringTheSyncIsNoticedAndTheLogGoesOnOnceItIsBack) {
  const std::string away = directory_ + ".away";
  selftest::FaultPlan plan;
  const auto hooked = selftest::MakeFaultyFileSystem(*files_, plan);
  Filled(2);
  auto log = Log::Open(*hooked, directory_, std::string(kOrigin), key_, clock_, std::nullopt);
  ASSERT_TRUE(log);
  const Bytes journal = Read(Journal());
  plan.syncing = [&] { std::filesystem::rename(Journal(), away); };
  EXPECT_EQ(log->Append(SmallRecord("lost")).error().code, ErrorCode::kLogUnavailable);
  plan.syncing = {};
  std::filesystem::rename(away, Journal());
  EXPECT_EQ(Read(Journal()), journal);
  plan.syncing = [&] { std::filesystem::resize_file(Journal(), journal.size() - 1); };
  EXPECT_EQ(log->Append(SmallRecord("lost")).error().code, ErrorCode::kLogUnavailable);
  plan.syncing = {};
  Write(Journal(), journal);
  ASSERT_TRUE(log->Append(SmallRecord("2")));
  EXPECT_EQ(Records().size(), 3u);
  EXPECT_EQ(Records().back().note, "2");
}

// The other's batch may be in the page cache alone.
TEST_F(SecondWriterTest, RecordBuiltOnABatchThatWasNotSyncedSurvivesAPowerCut) {
  int built_on_another = 0;
  for (std::uint64_t fail_after = 1; fail_after < 60; ++fail_after) {
    selftest::SimulatedDisk disk{selftest::SimulatedDisk::Options{}};
    ASSERT_TRUE(disk.MakeDirectory("/d", 0700) && disk.SyncDirectory("/"));
    auto log = Log::Create(disk, "/d/log", std::string(kOrigin), key_, clock_);
    ASSERT_TRUE(log && log->Append(SmallRecord()));
    selftest::FaultPlan plan;
    plan.fail_at = UINT64_MAX;
    plan.forever = true;
    plan.errnum = EIO;
    plan.sync_failed = [&](const FileIdentity& file) { disk.ForgetUnsynced(file); };
    const auto faulty = selftest::MakeFaultyFileSystem(disk, plan);
    auto other = Log::Open(*faulty, "/d/log", std::string(kOrigin), key_, clock_, std::nullopt);
    ASSERT_TRUE(other);
    plan.fail_at = plan.operations + fail_after;
    if (other->Append(SmallRecord())) continue;
    const auto receipt = log->Append(SmallRecord());
    if (!receipt) continue;
    if (receipt->checkpoint().size == 3) ++built_on_another;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const auto after = disk.AfterPowerLoss(seed);
      const auto opened =
          Log::Open(*after, "/d/log", std::string(kOrigin), key_, clock_, receipt->checkpoint());
      EXPECT_TRUE(opened) << "operation " << fail_after << ", seed " << seed << ": "
                          << opened.error().message;
    }
  }
  EXPECT_GT(built_on_another, 0);
}

// Whoever opens a log that was made, though its maker was told that it was not, must be able to rely on it.
TEST_F(SecondWriterTest, RecordOfALogWhoseMakingFailedAtTheEndSurvivesAPowerCut) {
  int opened_after_a_failure = 0;
  for (std::uint64_t fail_at = 1; fail_at < 60; ++fail_at) {
    selftest::SimulatedDisk disk{selftest::SimulatedDisk::Options{}};
    selftest::FaultPlan plan{.fail_at = fail_at, .errnum = EIO};
    plan.sync_failed = [&](const FileIdentity& file) { disk.ForgetUnsynced(file); };
    const auto faulty = selftest::MakeFaultyFileSystem(disk, plan);
    if (Log::Create(*faulty, "/log", std::string(kOrigin), key_, clock_)) continue;
    auto log = Log::Open(*faulty, "/log", std::string(kOrigin), key_, clock_, std::nullopt);
    if (!log) continue;
    ++opened_after_a_failure;
    const auto receipt = log->Append(SmallRecord());
    ASSERT_TRUE(receipt);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const auto after = disk.AfterPowerLoss(seed);
      EXPECT_TRUE(
          Log::Open(*after, "/log", std::string(kOrigin), key_, clock_, receipt->checkpoint()).has_value())
          << "operation " << fail_at << ", seed " << seed;
    }
  }
  EXPECT_GT(opened_after_a_failure, 0);
}

}  // namespace
}  // namespace strongroom::log
