// Progress of long work: a bar on a terminal, a plain line every few seconds elsewhere, events with --json,
// nothing with --quiet.
#ifndef STRONGROOM_PROGRESS_H_
#define STRONGROOM_PROGRESS_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "output.h"

namespace strongroom::cli {

enum class ProgressUnit { kBytes, kRecords };

// Thread-safe: workers call Update as often as they like.
class Progress {
 public:
  Progress(Output& output, std::string action, ProgressUnit unit, bool terminal);
  ~Progress();  // takes the bar away
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Update(std::uint64_t done, std::uint64_t total);

 private:
  using Time = std::chrono::steady_clock::time_point;
  void Show(std::uint64_t done, std::uint64_t total, double seconds);

  Output& output_;
  const std::string action_;
  const ProgressUnit unit_;
  const bool terminal_;
  const Time start_;
  std::atomic<std::int64_t> next_ms_;  // after the start: when to show something again
  std::mutex mutex_;
  bool shown_ = false;
};

}  // namespace strongroom::cli

#endif  // STRONGROOM_PROGRESS_H_
