// Counts work from many threads and reports it now and then.
#ifndef STRONGROOM_BUNDLE_PROGRESS_METER_H_
#define STRONGROOM_BUNDLE_PROGRESS_METER_H_

#include <atomic>
#include <chrono>
#include <mutex>

#include "strongroom/bundle/progress.h"

namespace strongroom::bundle {

class ProgressMeter {
 public:
  // Both outlive the meter.
  ProgressMeter(const ProgressFunction& function, std::uint64_t total) : function_(function), total_(total) {}

  void Add(std::uint64_t bytes) {
    const std::uint64_t done = done_ += bytes;
    if (!function_ || done >= total_) return;  // the end is Finish's
    const std::unique_lock lock(mutex_, std::try_to_lock);
    const auto now = std::chrono::steady_clock::now();
    if (!lock || now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    function_({done_, total_});
  }

  void Finish() {
    const std::scoped_lock lock(mutex_);
    if (function_) function_({total_, total_});
  }

 private:
  const ProgressFunction& function_;
  const std::uint64_t total_;
  std::atomic<std::uint64_t> done_ = 0;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_PROGRESS_METER_H_
