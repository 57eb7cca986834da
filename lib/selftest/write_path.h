// The operations of a log's write path, as one script that campaigns interrupt at every step.
#ifndef STRONGROOM_SELFTEST_WRITE_PATH_H_
#define STRONGROOM_SELFTEST_WRITE_PATH_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "selftest/promises.h"
#include "selftest/random.h"
#include "selftest/trial_log.h"
#include "strongroom/selftest/faulty_file_system.h"
#include "strongroom/selftest/simulated_disk.h"

namespace strongroom::selftest {

// A disk on which a log stands already, or none, and what it promised so far.
struct StartingPoint {
  std::unique_ptr<SimulatedDisk> disk;
  Promises promises;
  std::uint64_t entries = 0;
  std::uint64_t operations = 0;  // of the write path from here, if nothing fails
};

// Starts without a log, with one just before its first full tile, and with one just before its first resume
// point; if `all`, also just before its first index record.
Expected<std::vector<StartingPoint>> StartingPoints(const TrialLog& trial, bool all,
                                                    SimulatedDisk::Options options);

// Creates the log if there is none, appends single records and batches, opens it again and appends more,
// going on after what is refused. Keeps every promise.
void WalkWritePath(const TrialLog& trial, FileSystem& files, std::uint64_t entries, Promises& promises);

// How an operation fails.
struct FaultKind {
  const char* name;
  int errnum;
  bool half_written;
  bool done_first;
  bool forever;
};
std::vector<FaultKind> FaultKinds();
FaultPlan PlanOf(const FaultKind& kind, std::uint64_t fail_at, SimulatedDisk& disk);

// What comes after a run that was cut off, on a copy of its disk: with `power_lost` a machine that starts
// again; perhaps a process that opens the log and meets another fault; perhaps one that opens it, appends,
// and then the power goes. In the end the log must hold all promises.
void RecoverAndHold(const TrialLog& trial, const SimulatedDisk& disk, const Promises& promises,
                    bool power_lost, Random& random, CampaignReport& report, const std::string& where);

}  // namespace strongroom::selftest

#endif  // STRONGROOM_SELFTEST_WRITE_PATH_H_
