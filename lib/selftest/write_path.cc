#include "selftest/write_path.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

namespace strongroom::selftest {
namespace {

constexpr std::uint64_t kBatch = 5;
constexpr std::uint64_t kFilledAtOnce = 1000;
constexpr std::uint64_t kOddsOfSecondFault = 3;
constexpr std::uint64_t kOperationsOfRecovery = 60;  // about as many as opening takes

void Append(log::Log& log, const TrialLog& trial, std::uint64_t number, Promises& promises) {
  if (const auto receipt = log.Append(NumberedRecord(number))) promises.Keep(*receipt, trial.public_key());
}

void AppendBatch(log::Log& log, const TrialLog& trial, std::uint64_t first, std::uint64_t count,
                 Promises& promises) {
  const auto receipts = log.AppendBatch(NumberedRecords(first, count));
  if (!receipts) return;
  for (const log::Receipt& receipt : *receipts) promises.Keep(receipt, trial.public_key());
}

Expected<StartingPoint> WithEntries(const TrialLog& trial, std::uint64_t entries,
                                    SimulatedDisk::Options options) {
  StartingPoint start{.disk = std::make_unique<SimulatedDisk>(options), .promises = {}, .entries = entries};
  if (entries > 0) {
    SR_ASSIGN_OR_RETURN(log::Log log, trial.Create(*start.disk));
    for (std::uint64_t first = 0; first < entries; first += kFilledAtOnce) {
      const std::uint64_t count = std::min(kFilledAtOnce, entries - first);
      SR_ASSIGN_OR_RETURN(const auto receipts, log.AppendBatch(NumberedRecords(first, count)));
      start.promises.Keep(receipts.back(), trial.public_key());
    }
  }
  const std::unique_ptr<SimulatedDisk> disk = start.disk->Copy();
  FaultPlan counts;
  Promises ignored;
  WalkWritePath(trial, *MakeFaultyFileSystem(*disk, counts), entries, ignored);
  start.operations = counts.operations;
  return start;
}

// What is left of a run that was cut off, and what becomes of it.
struct Recovery {
  std::unique_ptr<SimulatedDisk> disk;
  Promises promises;
  std::string told;  // for who wants to do it again
};

// A process opens the log, appends once, and meets a fault.
void FailDuring(const TrialLog& trial, Recovery& recovery, Random& random) {
  const std::vector<FaultKind> kinds = FaultKinds();
  const FaultKind& kind = kinds[random.Below(kinds.size())];
  FaultPlan plan = PlanOf(kind, 1 + random.Below(kOperationsOfRecovery), *recovery.disk);
  const auto faulty = MakeFaultyFileSystem(*recovery.disk, plan);
  if (auto log = trial.Open(*faulty)) Append(*log, trial, 0, recovery.promises);
  recovery.told += ", then " + std::string(kind.name) + " at operation " + std::to_string(plan.fail_at);
}

// A process opens the log and appends once on a sound disk, which then loses its power: what it took for
// durable when it opened the log must be.
void GoOnAndLosePower(const TrialLog& trial, Recovery& recovery, Random& random) {
  const auto remembered = recovery.promises.LastCheckpoint(trial.public_key().name);
  if (auto log = trial.Open(*recovery.disk, random.OneIn(2) ? remembered : std::nullopt)) {
    Append(*log, trial, 0, recovery.promises);
  }
  recovery.disk = recovery.disk->AfterPowerLoss(random.Next());
  recovery.told += ", then an append and no power";
}

}  // namespace

Expected<std::vector<StartingPoint>> StartingPoints(const TrialLog& trial, bool all,
                                                    SimulatedDisk::Options options) {
  std::vector<std::uint64_t> sizes = {0, 253, 4090};
  if (all) sizes.push_back(1021);
  std::vector<StartingPoint> starts;
  for (const std::uint64_t entries : sizes) {
    SR_ASSIGN_OR_RETURN(starts.emplace_back(), WithEntries(trial, entries, options));
  }
  return starts;
}

void WalkWritePath(const TrialLog& trial, FileSystem& files, std::uint64_t entries, Promises& promises) {
  {
    auto log = entries == 0 ? trial.Create(files) : trial.Open(files);
    if (!log) log = trial.Open(files);
    if (log) {
      Append(*log, trial, entries, promises);
      AppendBatch(*log, trial, entries + 1, kBatch, promises);
      AppendBatch(*log, trial, entries + 1 + kBatch, kBatch, promises);
    }
  }
  auto log = trial.Open(files, promises.LastCheckpoint(trial.public_key().name));
  if (!log) return;
  static_cast<void>(log->CheckWritable());
  Append(*log, trial, entries + 1 + 2 * kBatch, promises);
  AppendBatch(*log, trial, entries + 2 + 2 * kBatch, kBatch, promises);
}

std::vector<FaultKind> FaultKinds() {
  std::vector<FaultKind> kinds;
  for (const bool forever : {false, true}) {
    kinds.insert(kinds.end(), {{"EIO", EIO, false, false, forever},
                               {"EIO although done", EIO, false, true, forever},
                               {"ENOSPC", ENOSPC, false, false, forever},
                               {"EDQUOT", EDQUOT, false, false, forever},
                               {"short write and ENOSPC", ENOSPC, true, false, forever},
                               {"EINTR", EINTR, false, false, forever}});
  }
  return kinds;
}

FaultPlan PlanOf(const FaultKind& kind, std::uint64_t fail_at, SimulatedDisk& disk) {
  return {.fail_at = fail_at,
          .forever = kind.forever,
          .errnum = kind.errnum,
          .half_written = kind.half_written,
          .done_first = kind.done_first,
          .sync_failed = [&disk](const FileIdentity& file) { disk.ForgetUnsynced(file); }};
}

void RecoverAndHold(const TrialLog& trial, const SimulatedDisk& disk, const Promises& promises,
                    bool power_lost, Random& random, CampaignReport& report, const std::string& where) {
  Recovery recovery{.disk = power_lost ? disk.AfterPowerLoss(random.Next()) : disk.Copy(),
                    .promises = promises,
                    .told = where + (power_lost ? ", then no power" : "")};
  if (random.OneIn(kOddsOfSecondFault)) FailDuring(trial, recovery, random);
  if (random.OneIn(2)) GoOnAndLosePower(trial, recovery, random);
  ++report.runs;
  if (recovery.promises.count() == 0 && !recovery.disk->Stat(trial.directory())) {
    const auto log = trial.Create(*recovery.disk);
    if (!log) report.Failed(recovery.told + ": no log can be made: " + log.error().message);
  }
  recovery.promises.HoldTo(trial, *recovery.disk, report, recovery.told);
}

}  // namespace strongroom::selftest
