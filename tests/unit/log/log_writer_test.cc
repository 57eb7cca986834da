#include "strongroom/log/log_writer.h"

#include <filesystem>
#include <thread>

#include "log_fixture.h"

namespace strongroom::log {
namespace {

class LogWriterTest : public LogFixture {
 protected:
  std::unique_ptr<LogWriter> Start() {
    auto writer = LogWriter::Start(*Create());
    EXPECT_TRUE(writer);
    return *std::move(writer);
  }
};

TEST_F(LogWriterTest, EveryThreadGetsTheReceiptOfItsOwnRecord) {
  constexpr int kThreads = 8, kRecords = 300;
  const auto writer = Start();
  std::vector<std::vector<Receipt>> receipts(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        std::vector<std::future<Expected<Receipt>>> answers;
        for (int i = 0; i < kRecords; ++i) {
          answers.push_back(writer->Append(SmallRecord(std::to_string(t) + "/" + std::to_string(i))));
        }
        for (auto& answer : answers) receipts[static_cast<std::size_t>(t)].push_back(*answer.get());
      });
    }
  }
  std::vector<bool> taken(kThreads * kRecords + 10);
  for (int t = 0; t < kThreads; ++t) {
    for (int i = 0; i < kRecords; ++i) {
      const Receipt& receipt = receipts[static_cast<std::size_t>(t)][static_cast<std::size_t>(i)];
      EXPECT_EQ(receipt.record().note, std::to_string(t) + "/" + std::to_string(i));
      EXPECT_FALSE(taken[receipt.index()]);
      taken[receipt.index()] = true;
      ASSERT_TRUE(VerifyReceipt(receipt.record_bytes(), receipt.ProofText(), public_key()));
    }
  }
  ASSERT_TRUE(writer->Publish());
  EXPECT_TRUE(Verify());
  EXPECT_GT(writer->checkpoint().size, std::uint64_t{kThreads * kRecords});  // and index records
}

TEST_F(LogWriterTest, RecordThatTheLogDoesNotTakeHurtsNobodyElse) {
  const auto writer = Start();
  auto good = writer->Append(SmallRecord());
  auto bad = writer->Append(SmallRecord(std::string(2000, 'x')));
  auto after = writer->Append(SmallRecord());
  EXPECT_TRUE(good.get());
  EXPECT_EQ(bad.get().error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(after.get());
}

TEST_F(LogWriterTest, WhatWaitsIsCommittedAndPublishedAtTheEnd) {
  std::vector<std::future<Expected<Receipt>>> answers;
  {
    const auto writer = Start();
    for (int i = 0; i < 700; ++i) answers.push_back(writer->Append(SmallRecord(std::to_string(i))));
  }
  for (auto& answer : answers) EXPECT_TRUE(answer.get());
  EXPECT_EQ(Records().size(), 700u);
  EXPECT_EQ(VerifyReceipt(Prove(699)->record, Prove(699)->proof, public_key())->record.note, "699");
}

TEST_F(LogWriterTest, SecondWriterIsRefused) {
  const auto writer = Start();
  auto second = files_->Open(Journal(), OpenMode::kReadWrite);
  EXPECT_FALSE(*(*second)->TryLock());
}

TEST_F(LogWriterTest, JournalThatIsGoneRefusesAndBroughtBackGoesOn) {
  const auto writer = Start();
  ASSERT_TRUE(writer->Append(SmallRecord()).get());
  std::filesystem::rename(Journal(), temporary_ / "away");
  EXPECT_EQ(writer->Append(SmallRecord()).get().error().code, ErrorCode::kLogUnavailable);
  EXPECT_EQ(writer->CheckWritable().error().code, ErrorCode::kLogUnavailable);
  std::filesystem::rename(temporary_ / "away", Journal());
  EXPECT_TRUE(writer->CheckWritable());
  EXPECT_TRUE(writer->Append(SmallRecord()).get());
  EXPECT_EQ(Records().size(), 2u);
}

TEST_F(LogWriterTest, MoreThanMayWaitIsRefusedAtOnce) {
  auto writer = LogWriter::Start(*Create(), {.max_waiting = 0});
  EXPECT_EQ((*writer)->Append(SmallRecord()).get().error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace strongroom::log
