#include "bundle/tasks.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace strongroom::bundle {
namespace {

constexpr unsigned kMaxThreads = 64;

}  // namespace

unsigned ThreadCount(unsigned asked) {
  return std::clamp(asked == 0 ? std::thread::hardware_concurrency() : asked, 1u, kMaxThreads);
}

std::unexpected<Error> Interrupted() {
  return Fail(ErrorCode::kInterrupted, "stopped before the work was done");
}

Status OnThreads(unsigned threads, std::stop_token stop, const std::function<Status(std::stop_token)>& work) {
  std::stop_source halt;
  const std::stop_callback forward(stop, [&] { halt.request_stop(); });
  std::mutex mutex;
  Status result;
  const auto run = [&] {
    Status status = work(halt.get_token());
    if (status) return;
    const std::scoped_lock lock(mutex);
    // Threads that were merely halted must not hide the reason.
    if (result || result.error().code == ErrorCode::kInterrupted) result = std::move(status);
    halt.request_stop();
  };
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(run);
  run();
  others.clear();
  return result;
}

}  // namespace strongroom::bundle
