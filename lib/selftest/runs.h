// The runs of a campaign, on as many threads as it may use.
#ifndef STRONGROOM_SELFTEST_RUNS_H_
#define STRONGROOM_SELFTEST_RUNS_H_

#include <cstdint>
#include <functional>
#include <string>

#include "strongroom/selftest/campaign.h"

namespace strongroom::selftest {

// Does run 0 to `count` - 1, each on one of the threads and in any order, with a report that only its thread
// has. Tells progress. kInterrupted if it was stopped.
Expected<CampaignReport> DoRuns(std::string name, const CampaignOptions& options, std::uint64_t count,
                                const std::function<void(std::uint64_t run, CampaignReport& report)>& run);

}  // namespace strongroom::selftest

#endif  // STRONGROOM_SELFTEST_RUNS_H_
