// Campaign power-loss: the power goes after every operation of the write path.
#include <string>

#include "selftest/runs.h"
#include "selftest/write_path.h"
#include "strongroom/selftest/campaign.h"

namespace strongroom::selftest {
namespace {

constexpr std::uint64_t kPatterns = 100;
constexpr std::uint64_t kPatternsOfSmallRun = 3;
constexpr std::uint64_t kStrideOfSmallRun = 7;

struct Moment {
  const StartingPoint* start;
  std::uint64_t operation;  // the first one that is not done
};

std::vector<Moment> AllMoments(const std::vector<StartingPoint>& starts, const CampaignOptions& options) {
  const std::uint64_t stride = options.full ? 1 : kStrideOfSmallRun;
  std::vector<Moment> moments;
  for (const StartingPoint& start : starts) {
    for (std::uint64_t at = 1 + options.seed % stride; at <= start.operations + 1; at += stride) {
      moments.push_back({&start, at});
    }
  }
  return moments;
}

void LosePower(const TrialLog& trial, const Moment& moment, const CampaignOptions& options,
               CampaignReport& report) {
  const std::unique_ptr<SimulatedDisk> disk = moment.start->disk->Copy();
  FaultPlan plan{.fail_at = moment.operation, .forever = true, .half_written = moment.operation % 2 == 0};
  Promises promises = moment.start->promises;
  WalkWritePath(trial, *MakeFaultyFileSystem(*disk, plan), moment.start->entries, promises);
  const std::string where = "power-loss: seed " + std::to_string(options.seed) + ", from " +
                            std::to_string(moment.start->entries) + " entries, before operation " +
                            std::to_string(moment.operation);
  Random random(options.seed ^ moment.operation << 20);
  for (std::uint64_t i = 0; i < (options.full ? kPatterns : kPatternsOfSmallRun); ++i) {
    RecoverAndHold(trial, *disk, promises, true, random, report, where + ", pattern " + std::to_string(i));
  }
}

}  // namespace

Expected<CampaignReport> RunPowerLoss(const CampaignOptions& options, SimulatedDisk::Options disk) {
  const TrialLog trial("/log");
  SR_ASSIGN_OR_RETURN(const std::vector<StartingPoint> starts, StartingPoints(trial, options.full, disk));
  const std::vector<Moment> moments = AllMoments(starts, options);
  return DoRuns("power-loss", options, moments.size(), [&](std::uint64_t run, CampaignReport& report) {
    LosePower(trial, moments[run], options, report);
  });
}

}  // namespace strongroom::selftest
