// Campaign kills: a process that appends under load is killed at a random moment, again and again.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <future>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>

#include "selftest/promises.h"
#include "selftest/random.h"
#include "selftest/work_directory.h"
#include "strongroom/log/log_writer.h"
#include "strongroom/selftest/campaign.h"

namespace strongroom::selftest {
namespace {

constexpr std::uint64_t kKills = 10'000;
constexpr std::uint64_t kKillsOfSmallRun = 20;
constexpr std::uint64_t kKillsOfOneLog = 10;
constexpr int kThreads = 4;
constexpr int kInFlight = 8;                    // appends of one thread at a time
constexpr std::uint64_t kLongestLife = 40'000;  // microseconds
constexpr std::uint64_t kOddsOfEarlyDeath =
    4;  // life is counted from the start there, else from the first answer
constexpr auto kPatience = std::chrono::seconds(10);
constexpr std::size_t kPromiseSize = 80;

Bytes Serialize(const Promise& promise) {
  ByteWriter bytes;
  bytes.U64Le(promise.index).Append(promise.leaf_hash).U64Le(promise.size).Append(promise.root);
  return std::move(bytes).Take();
}

Expected<Promise> ParsePromise(ByteView bytes) {
  ByteReader reader(bytes, "promise");
  Promise promise;
  SR_ASSIGN_OR_RETURN(promise.index, reader.U64Le());
  SR_RETURN_IF_ERROR(reader.Copy(promise.leaf_hash));
  SR_ASSIGN_OR_RETURN(promise.size, reader.U64Le());
  SR_RETURN_IF_ERROR(reader.Copy(promise.root));
  SR_RETURN_IF_ERROR(reader.Finish());
  return promise;
}

// Signals at a high rate, whose handler does nothing: system calls that can be interrupted are.
void InterruptSystemCalls() {
  struct sigaction action {};
  action.sa_handler = [](int) {};
  ::sigaction(SIGALRM, &action, nullptr);
  const itimerval often{.it_interval = {.tv_sec = 0, .tv_usec = 700},
                        .it_value = {.tv_sec = 0, .tv_usec = 700}};
  ::setitimer(ITIMER_REAL, &often, nullptr);
}

// Appends until an append is refused, and tells each promise through the pipe once it has it: in one piece,
// for it is shorter than PIPE_BUF.
void AppendAndTell(log::LogWriter& writer, std::uint64_t first, int pipe_end) {
  for (std::uint64_t number = first;; number += kInFlight) {
    std::vector<std::future<Expected<log::Receipt>>> answers;
    for (int i = 0; i < kInFlight; ++i) answers.push_back(writer.Append(NumberedRecord(number + i)));
    for (auto& answer : answers) {
      const auto receipt = answer.get();
      if (!receipt) return;
      const Bytes told = Serialize(PromiseOf(*receipt));
      if (::write(pipe_end, told.data(), told.size()) != static_cast<ssize_t>(told.size())) return;
    }
  }
}

// What the child does. It comes to an end only by an error.
[[noreturn]] void LiveUntilKilled(const TrialLog& trial, FileSystem& files, int pipe_end) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  InterruptSystemCalls();
  if (auto log = trial.Open(files)) {
    if (auto writer = log::LogWriter::Start(*std::move(log))) {
      std::vector<std::jthread> threads;
      for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] { AppendAndTell(**writer, i * 1'000'000'000ULL, pipe_end); });
      }
    }
  }
  ::_exit(1);
}

// Reads promises until the writing end is closed. One that was cut off was not told. `answered` is released
// at the first.
void ReadPromises(int pipe_end, Promises& promises, std::binary_semaphore& answered) {
  bool first = true;
  Bytes rest;
  std::array<std::uint8_t, 64 * kPromiseSize> buffer{};
  while (true) {
    const ssize_t got = ::read(pipe_end, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    if (std::exchange(first, false)) answered.release();
    rest.insert(rest.end(), buffer.begin(), buffer.begin() + got);
    std::size_t used = 0;
    for (; rest.size() - used >= kPromiseSize; used += kPromiseSize) {
      if (const auto promise = ParsePromise(ByteView(rest).subspan(used, kPromiseSize)))
        promises.Keep(*promise);
    }
    rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(used));
  }
}

// Forks a process, lets it append for a while and kills it. kUnavailable if there can be no process.
Status KillOne(const TrialLog& trial, FileSystem& files, Random& random, Promises& promises,
               CampaignReport& report, const std::string& where) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return std::unexpected(FromErrno(errno, "make a pipe"));
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    LiveUntilKilled(trial, files, ends[1]);
  }
  ::close(ends[1]);
  if (child < 0) {
    ::close(ends[0]);
    return Fail(ErrorCode::kUnavailable, "no process can be made");
  }
  // The pipe is read meanwhile, lest it fill and the writer wait.
  std::binary_semaphore answered(0);
  std::jthread reader([&] { ReadPromises(ends[0], promises, answered); });
  if (!random.OneIn(kOddsOfEarlyDeath) && !answered.try_acquire_for(kPatience)) {
    report.Failed(where + ": the writer answers nothing");
  }
  std::this_thread::sleep_for(std::chrono::microseconds(random.Below(kLongestLife)));
  ::kill(child, SIGKILL);
  int ended = 0;
  while (::waitpid(child, &ended, 0) < 0 && errno == EINTR) {
  }
  reader.join();
  ::close(ends[0]);
  if (!WIFSIGNALED(ended)) report.Failed(where + ": the writer ended by itself");
  return {};
}

// Kills writers of one log, one after another.
Status KillWritersOfOneLog(WorkDirectory& work, std::uint64_t first, std::uint64_t count, Random& random,
                           const CampaignOptions& options, std::uint64_t total, CampaignReport& report) {
  const TrialLog trial(work / ("log-" + std::to_string(first)));
  SR_RETURN_IF_ERROR(trial.Create(work.files()));
  Promises promises;
  for (std::uint64_t kill = first; kill < first + count; ++kill) {
    if (options.stop.stop_requested()) return Fail(ErrorCode::kInterrupted, "interrupted");
    const std::string where =
        "kills: seed " + std::to_string(options.seed) + ", kill " + std::to_string(kill);
    SR_RETURN_IF_ERROR(KillOne(trial, work.files(), random, promises, report, where));
    promises.HoldTo(trial, work.files(), report, where);
    ++report.runs;
    if (options.progress) options.progress(kill + 1, total);
  }
  report.Count("entries answered for", promises.count());
  return work.files().RemoveTree(trial.directory());
}

}  // namespace

Expected<CampaignReport> RunKills(const CampaignOptions& options) {
  SR_ASSIGN_OR_RETURN(WorkDirectory work, WorkDirectory::Make(options.directory));
  CampaignReport report{.campaign = "kills", .seed = options.seed};
  Random random(options.seed);
  const std::uint64_t total = options.full ? kKills : kKillsOfSmallRun;
  for (std::uint64_t first = 0; first < total; first += kKillsOfOneLog) {
    const std::uint64_t count = std::min(kKillsOfOneLog, total - first);
    SR_RETURN_IF_ERROR(KillWritersOfOneLog(work, first, count, random, options, total, report));
  }
  return report;
}

}  // namespace strongroom::selftest
