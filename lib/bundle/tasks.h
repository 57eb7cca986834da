// Work shared out over threads.
#ifndef STRONGROOM_BUNDLE_TASKS_H_
#define STRONGROOM_BUNDLE_TASKS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <stop_token>

#include "strongroom/base/error.h"

namespace strongroom::bundle {

// The number of threads that `asked` stands for: 0 is one for each core, and 64 the most.
unsigned ThreadCount(unsigned asked);

// Runs `work` on so many threads, this one included, and waits for them: the error of the first to fail.
// `work` gets a token that is stopped when another thread has failed or `stop` was.
Status OnThreads(unsigned threads, std::stop_token stop, const std::function<Status(std::stop_token)>& work);

std::unexpected<Error> Interrupted();

// ForEachTask calls task(state, i) for every i below `count`, in increasing order of starting, on several
// threads; each thread has a state of its own, made by make_state(). kInterrupted if `stop` was stopped
// before the end.
template <typename MakeState, typename Task>
Status ForEachTask(unsigned threads, std::uint64_t count, std::stop_token stop, MakeState make_state,
                   Task task) {
  if (threads > count) threads = count == 0 ? 1 : static_cast<unsigned>(count);
  std::atomic<std::uint64_t> next = 0;
  return OnThreads(threads, stop, [&](std::stop_token halt) -> Status {
    auto state = make_state();
    while (true) {
      const std::uint64_t i = next++;
      if (i >= count) return {};
      if (halt.stop_requested()) return Interrupted();
      SR_RETURN_IF_ERROR(task(state, i));
    }
  });
}

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_TASKS_H_
