// SIGINT and SIGTERM: the first asks long work to stop where it can be continued, the second stops the
// process at once.
#ifndef STRONGROOM_INTERRUPT_H_
#define STRONGROOM_INTERRUPT_H_

#include <atomic>
#include <chrono>
#include <optional>
#include <stop_token>
#include <thread>

#include "output.h"

namespace strongroom::cli {

// Interrupt holds both signals back from every thread and waits for them on one of its own. Make it before
// any other thread. Outside a Graceful scope a signal ends the process with 130; everything durable survives
// that.
class Interrupt {
 public:
  explicit Interrupt(Output& output);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // While one lives, the first signal only requests a stop.
  class Graceful {
   public:
    explicit Graceful(Interrupt& interrupt) : interrupt_(interrupt) { ++interrupt_.graceful_; }
    ~Graceful() { --interrupt_.graceful_; }
    Graceful(const Graceful&) = delete;
    Graceful& operator=(const Graceful&) = delete;

   private:
    Interrupt& interrupt_;
  };

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  void Watch(const std::stop_token& done);
  void Handle();

  Output& output_;
  std::atomic<int> graceful_ = 0;
  std::stop_source stop_;
  std::jthread watcher_;
};

// WaitForStop returns once a stop is requested, with true, or after `longest`.
bool WaitForStop(const std::stop_token& token,
                 std::optional<std::chrono::milliseconds> longest = std::nullopt);

}  // namespace strongroom::cli

#endif  // STRONGROOM_INTERRUPT_H_
