#include "log/journal_lock.h"

#include <chrono>
#include <thread>

namespace strongroom::log {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);
constexpr auto kInterval = std::chrono::milliseconds(2);

}  // namespace

Expected<JournalLock> JournalLock::Take(File& journal) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    SR_ASSIGN_OR_RETURN(const bool taken, journal.TryLock());
    if (taken) return JournalLock(&journal);
    if (std::chrono::steady_clock::now() > give_up) {
      return Fail(ErrorCode::kLogUnavailable, "another process has held the journal's lock for 10 seconds",
                  "wait for it to end, or stop it");
    }
    std::this_thread::sleep_for(kInterval);
  }
}

}  // namespace strongroom::log
