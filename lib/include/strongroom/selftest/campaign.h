// The campaigns that try to make the log lose, forge or hide something. docs/OPERATIONS.md says what each one
// means.
#ifndef STRONGROOM_SELFTEST_CAMPAIGN_H_
#define STRONGROOM_SELFTEST_CAMPAIGN_H_

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "strongroom/base/error.h"
#include "strongroom/selftest/simulated_disk.h"

namespace strongroom::selftest {

struct CampaignOptions {
  std::uint64_t seed = 1;      // the same seed does the same things, but for the moments of kills
  bool full = false;           // the whole campaign; otherwise a small one, of seconds
  std::string directory = {};  // where campaigns with real files make a directory of their own, and remove it
  unsigned threads = 1;        // those that can work on several cores use so many
  std::function<void(std::uint64_t done, std::uint64_t total)> progress = {};  // of runs; from any thread
  std::stop_token stop = {};
};

// CampaignReport is what a campaign found. A value type.
struct CampaignReport {
  std::string campaign;
  std::uint64_t seed = 0;
  std::uint64_t runs = 0;
  std::uint64_t acknowledged = 0;     // entries that were answered for
  std::uint64_t lost = 0;             // of those: not found again
  std::uint64_t bad_checkpoints = 0;  // that their entries do not reproduce
  std::uint64_t forks = 0;  // heads that do not extend what was seen before, or two accepted histories
  std::vector<double> restarts = {};                                // seconds that each recovery took
  std::vector<std::pair<std::string, std::uint64_t>> figures = {};  // others, by name
  std::uint64_t failures = 0;
  std::vector<std::string> told = {};  // the first of them, each with what is needed to run it again

  [[nodiscard]] bool Held() const { return failures == 0; }
  [[nodiscard]] double RestartSeconds(unsigned percentile) const;  // 100: the worst; 0 if there was none
  void Failed(std::string what);
  void Count(std::string_view figure, std::uint64_t by);
  void Add(const CampaignReport& part);  // what another thread found
};

// What the fork campaign plays with: three witnesses of three operators, the log their adversary.
struct ForkOptions {
  std::uint64_t quorum = 2;
  std::uint64_t dishonest = 1;  // witnesses that sign whatever they are shown
};

// Each fails with kInterrupted if it was stopped, and otherwise only if it could not be run at all; what it
// found is in the report.
Expected<CampaignReport> RunFaults(const CampaignOptions& options);
Expected<CampaignReport> RunPowerLoss(const CampaignOptions& options, SimulatedDisk::Options disk = {});
Expected<CampaignReport> RunKills(const CampaignOptions& options);
Expected<CampaignReport> RunBits(const CampaignOptions& options);
Expected<CampaignReport> RunProofs(const CampaignOptions& options);
Expected<CampaignReport> RunTamper(const CampaignOptions& options);
// Fails if clients accepted two histories that a comparison of the honest witnesses' heads does not show, or,
// where any two quorums share an honest witness, accepted two histories at all.
Expected<CampaignReport> RunForks(const CampaignOptions& options, ForkOptions forks = {});

struct Campaign {
  std::string_view name;
  std::string_view summary;
  std::function<Expected<CampaignReport>(const CampaignOptions&)> run;
};
std::span<const Campaign> Campaigns();  // all of them, in the order in which they are run

}  // namespace strongroom::selftest

#endif  // STRONGROOM_SELFTEST_CAMPAIGN_H_
