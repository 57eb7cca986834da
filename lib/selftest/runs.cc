#include "selftest/runs.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

namespace strongroom::selftest {

Expected<CampaignReport> DoRuns(std::string name, const CampaignOptions& options, std::uint64_t count,
                                const std::function<void(std::uint64_t run, CampaignReport& report)>& run) {
  const unsigned threads = std::max(options.threads, 1U);
  std::vector<CampaignReport> parts(threads);
  std::atomic<std::uint64_t> next = 0;
  {
    std::vector<std::jthread> workers;
    for (CampaignReport& part : parts) {
      workers.emplace_back([&] {
        for (std::uint64_t mine = next++; mine < count && !options.stop.stop_requested(); mine = next++) {
          run(mine, part);
          if (options.progress) options.progress(mine + 1, count);
        }
      });
    }
  }
  if (options.stop.stop_requested()) return Fail(ErrorCode::kInterrupted, "interrupted");
  CampaignReport report{.campaign = std::move(name), .seed = options.seed};
  for (const CampaignReport& part : parts) report.Add(part);
  return report;
}

}  // namespace strongroom::selftest
