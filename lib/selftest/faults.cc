// Campaign faults: every operation of the write path fails in turn.
#include <string>

#include "selftest/runs.h"
#include "selftest/write_path.h"
#include "strongroom/selftest/campaign.h"

namespace strongroom::selftest {
namespace {

constexpr std::uint64_t kStrideOfSmallRun = 29;  // every which operation fails there
constexpr std::uint64_t kRecoveriesOfEach = 3;

struct Fault {
  const StartingPoint* start;
  FaultKind kind;
  std::uint64_t at;
};

std::vector<Fault> AllFaults(const std::vector<StartingPoint>& starts, const CampaignOptions& options) {
  const std::uint64_t stride = options.full ? 1 : kStrideOfSmallRun;
  std::vector<Fault> faults;
  std::uint64_t first = options.seed;
  for (const StartingPoint& start : starts) {
    for (const FaultKind& kind : FaultKinds()) {
      for (std::uint64_t at = 1 + first++ % stride; at <= start.operations; at += stride) {
        faults.push_back({&start, kind, at});
      }
    }
  }
  return faults;
}

void TryFault(const TrialLog& trial, const Fault& fault, std::uint64_t seed, CampaignReport& report) {
  const std::unique_ptr<SimulatedDisk> disk = fault.start->disk->Copy();
  FaultPlan plan = PlanOf(fault.kind, fault.at, *disk);
  Promises promises = fault.start->promises;
  WalkWritePath(trial, *MakeFaultyFileSystem(*disk, plan), fault.start->entries, promises);
  const std::string where = "faults: seed " + std::to_string(seed) + ", from " +
                            std::to_string(fault.start->entries) + " entries, " + fault.kind.name +
                            (fault.kind.forever ? " for ever" : " once") + " at operation " +
                            std::to_string(fault.at);
  Random random(seed ^ fault.at << 20);
  for (std::uint64_t i = 0; i < kRecoveriesOfEach; ++i) {
    RecoverAndHold(trial, *disk, promises, i != 0, random, report, where);
  }
}

}  // namespace

Expected<CampaignReport> RunFaults(const CampaignOptions& options) {
  const TrialLog trial("/log");
  SR_ASSIGN_OR_RETURN(const std::vector<StartingPoint> starts, StartingPoints(trial, options.full, {}));
  const std::vector<Fault> faults = AllFaults(starts, options);
  return DoRuns("faults", options, faults.size(), [&](std::uint64_t run, CampaignReport& report) {
    TryFault(trial, faults[run], options.seed, report);
  });
}

}  // namespace strongroom::selftest
