// What every campaign does between its runs: tell how far it is, and see whether it is to stop.
#ifndef STRONGROOM_SELFTEST_RUNS_H_
#define STRONGROOM_SELFTEST_RUNS_H_

#include "strongroom/selftest/campaign.h"

namespace strongroom::selftest {

// kInterrupted if the campaign is to stop.
inline Status NextRun(const CampaignOptions& options, std::uint64_t done, std::uint64_t total) {
  if (options.stop.stop_requested()) return Fail(ErrorCode::kInterrupted, "interrupted");
  if (options.progress) options.progress(done, total);
  return {};
}

}  // namespace strongroom::selftest

#endif  // STRONGROOM_SELFTEST_RUNS_H_
