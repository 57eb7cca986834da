// Disks that fail and processes that are killed: no record that was answered for is lost, and what is left
// verifies.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "log_fixture.h"
#include "strongroom/selftest/faulty_file_system.h"

namespace strongroom::log {
namespace {

struct FaultMode {
  const char* name;
  int errnum;
  bool forever;
  bool half_written;
};

class LogFaultTest : public LogFixture, public ::testing::WithParamInterface<FaultMode> {
 protected:
  [[nodiscard]] selftest::FaultPlan PlanFor(std::uint64_t fail_at) const {
    return {.fail_at = fail_at,
            .forever = GetParam().forever,
            .errnum = GetParam().errnum,
            .half_written = GetParam().half_written};
  }
  // Whether the log on the real disk holds at least the acknowledged records, in order, and takes another.
  void ExpectWhole(std::size_t acknowledged, std::uint64_t fail_at) {
    ASSERT_TRUE(Verify()) << "operation " << fail_at;
    auto log = Open();
    ASSERT_TRUE(log) << "operation " << fail_at << ": " << log.error().message;
    ASSERT_GE(log->size(), acknowledged) << "operation " << fail_at;
    const auto records = Records();
    for (std::size_t i = 0; i < acknowledged; ++i) EXPECT_TRUE(records[i].note->starts_with("ack"));
    EXPECT_TRUE(log->Append(SmallRecord("after")));
    EXPECT_TRUE(Verify());
  }
};

TEST_P(LogFaultTest, CreateIsWholeOrNotAtAll) {
  for (std::uint64_t fail_at = 1;; ++fail_at) {
    selftest::FaultPlan plan = PlanFor(fail_at);
    const auto faulty = selftest::MakeFaultyFileSystem(*files_, plan);
    const auto log = Log::Create(*faulty, directory_, std::string(kOrigin), key_, clock_);
    if (plan.operations < fail_at) break;
    if (!log) {
      EXPECT_EQ(log.error().code, ErrorCode::kLogUnavailable) << "operation " << fail_at;
    }
    if (!std::filesystem::exists(directory_)) {
      ASSERT_TRUE(Create()) << "operation " << fail_at;
    }
    ExpectWhole(0, fail_at);
    std::filesystem::remove_all(directory_);
  }
}

TEST_P(LogFaultTest, NoAcknowledgedRecordIsLost) {
  for (std::uint64_t fail_at = 1;; ++fail_at) {
    ASSERT_TRUE(Create());
    selftest::FaultPlan plan = PlanFor(fail_at);
    const auto faulty = selftest::MakeFaultyFileSystem(*files_, plan);
    std::size_t acknowledged = 0;
    auto log = Log::Open(*faulty, directory_, std::string(kOrigin), key_, clock_, std::nullopt);
    if (!log) {
      EXPECT_EQ(log.error().code, ErrorCode::kLogUnavailable);
    }
    for (int i = 0; log && i < 2; ++i) {
      const auto receipt = log->Append(SmallRecord("ack or not"));
      if (receipt) {
        EXPECT_GE(receipt->index(), acknowledged);
        acknowledged = receipt->index() + 1;
        EXPECT_TRUE(VerifyReceipt(receipt->record_bytes(), receipt->ProofText(), public_key()));
      } else {
        EXPECT_EQ(receipt.error().code, ErrorCode::kLogUnavailable) << "operation " << fail_at;
      }
    }
    ExpectWhole(acknowledged, fail_at);
    std::filesystem::remove_all(directory_);
    if (plan.operations < fail_at) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Faults, LogFaultTest,
                         ::testing::Values(FaultMode{"IoErrorOnce", EIO, false, false},
                                           FaultMode{"IoErrorForever", EIO, true, false},
                                           FaultMode{"DiskFullOnce", ENOSPC, false, true},
                                           FaultMode{"DiskFullForever", ENOSPC, true, true}),
                         [](const auto& mode) { return mode.param.name; });

class LogCrashTest : public LogFixture {};

TEST_F(LogCrashTest, AfterAFailedSyncTheLogRefusesEverything) {
  ASSERT_TRUE(Create());
  selftest::FaultPlan plan;
  const auto faulty = selftest::MakeFaultyFileSystem(*files_, plan);
  auto log = Log::Open(*faulty, directory_, std::string(kOrigin), key_, clock_, std::nullopt);
  ASSERT_TRUE(log);
  ASSERT_TRUE(log->Append(SmallRecord()));
  bool sync_failed = false;
  for (std::uint64_t ahead = 1; !sync_failed && ahead < 40; ++ahead) {
    plan.fail_at = plan.operations + ahead;
    const auto receipt = log->Append(SmallRecord());
    sync_failed = !receipt && receipt.error().message.find("sync") != std::string::npos;
  }
  plan.fail_at = 0;
  ASSERT_TRUE(sync_failed);
  EXPECT_EQ(log->CheckWritable().error().code, ErrorCode::kLogUnavailable);
  EXPECT_EQ(log->Append(SmallRecord()).error().code, ErrorCode::kLogUnavailable);
  EXPECT_TRUE(Open()->Append(SmallRecord()));
}

TEST_F(LogCrashTest, AfterAFullDiskTheSameLogGoesOn) {
  ASSERT_TRUE(Create());
  selftest::FaultPlan plan{.errnum = ENOSPC, .half_written = true};
  const auto faulty = selftest::MakeFaultyFileSystem(*files_, plan);
  auto log = Log::Open(*faulty, directory_, std::string(kOrigin), key_, clock_, std::nullopt);
  ASSERT_TRUE(log && log->Append(SmallRecord()));
  bool write_failed = false;
  for (std::uint64_t ahead = 1; !write_failed && ahead < 40; ++ahead) {
    plan.fail_at = plan.operations + ahead;
    const auto receipt = log->Append(SmallRecord());
    write_failed = !receipt && receipt.error().message.find(": write") != std::string::npos;
  }
  plan.fail_at = 0;
  ASSERT_TRUE(write_failed);
  EXPECT_TRUE(log->CheckWritable());
  EXPECT_TRUE(log->Append(SmallRecord()));
  EXPECT_TRUE(Verify());
}

// Appends for ever, and writes a byte to `acknowledgements` after each answer.
[[noreturn]] void AppendUntilKilled(Expected<Log> log, int acknowledgements) {
  while (log && log->Append(SmallRecord("ack"))) {
    if (write(acknowledgements, "a", 1) != 1) break;
  }
  _exit(1);
}

std::size_t CountUntilClosed(int descriptor) {
  std::size_t count = 0;
  std::array<char, 256> buffer{};
  for (ssize_t got = 0; (got = read(descriptor, buffer.data(), buffer.size())) > 0;)
    count += static_cast<std::size_t>(got);
  return count;
}

TEST_F(LogCrashTest, KilledWritersLoseNothingAcknowledged) {
  constexpr int kKills = 25;
  ASSERT_TRUE(Create());
  std::uint64_t size = 0;
  std::size_t answered = 0;
  for (int round = 0; round < kKills; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      close(pipe_ends[0]);
      AppendUntilKilled(Open(), pipe_ends[1]);
    }
    close(pipe_ends[1]);
    usleep(static_cast<useconds_t>((5000 + 7000 * round) % 90000));
    kill(child, SIGKILL);
    const std::size_t acknowledged = CountUntilClosed(pipe_ends[0]);
    close(pipe_ends[0]);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    ASSERT_TRUE(Verify()) << "kill " << round;
    const auto reopened = Open();
    ASSERT_TRUE(reopened) << "kill " << round << ": " << reopened.error().message;
    EXPECT_GE(reopened->size(), size + acknowledged);
    size = reopened->size();
    answered += acknowledged;
  }
  EXPECT_GT(answered, 0u);
}

}  // namespace
}  // namespace strongroom::log
