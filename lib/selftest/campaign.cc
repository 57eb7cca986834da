#include "strongroom/selftest/campaign.h"

#include <algorithm>
#include <array>

namespace strongroom::selftest {
namespace {

constexpr std::size_t kMostTold = 20;

Expected<CampaignReport> RunForksOfEveryKind(const CampaignOptions& options) {
  SR_ASSIGN_OR_RETURN(CampaignReport report, RunForks(options, {.quorum = 2, .dishonest = 1}));
  for (const ForkOptions kind : {ForkOptions{2, 0}, ForkOptions{3, 1}}) {
    SR_ASSIGN_OR_RETURN(const CampaignReport part, RunForks(options, kind));
    report.Add(part);
  }
  return report;
}

}  // namespace

double CampaignReport::RestartSeconds(unsigned percentile) const {
  if (restarts.empty()) return 0;
  std::vector<double> sorted = restarts;
  std::ranges::sort(sorted);
  return sorted[(sorted.size() - 1) * percentile / 100];
}

void CampaignReport::Failed(std::string what) {
  ++failures;
  if (told.size() < kMostTold) told.push_back(std::move(what));
}

void CampaignReport::Count(std::string_view figure, std::uint64_t by) {
  const auto found = std::ranges::find(figures, figure, &std::pair<std::string, std::uint64_t>::first);
  if (found != figures.end()) {
    found->second += by;
  } else {
    figures.emplace_back(figure, by);
  }
}

void CampaignReport::Add(const CampaignReport& part) {
  runs += part.runs;
  acknowledged += part.acknowledged;
  lost += part.lost;
  bad_checkpoints += part.bad_checkpoints;
  forks += part.forks;
  restarts.insert(restarts.end(), part.restarts.begin(), part.restarts.end());
  for (const auto& [figure, count] : part.figures) Count(figure, count);
  for (const std::string& what : part.told) Failed(what);
  failures += part.failures - part.told.size();
}

std::span<const Campaign> Campaigns() {
  static const std::array kCampaigns = std::to_array<Campaign>({
      {"faults", "every operation of the write path fails in turn, in every way", RunFaults},
      {"power-loss", "the power goes after every operation, and the disk forgets what it may",
       [](const CampaignOptions& options) { return RunPowerLoss(options); }},
      {"kills", "a writer under load is killed at random moments", RunKills},
      {"bits", "every bit of every file of a log is turned over", RunBits},
      {"proofs", "every inclusion and consistency proof, right and spoiled", RunProofs},
      {"tamper", "files are taken away, replaced and put back under a running writer", RunTamper},
      {"forks", "a log that shows two histories, before three witnesses", RunForksOfEveryKind},
  });
  return kCampaigns;
}

}  // namespace strongroom::selftest
