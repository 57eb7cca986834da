// Work shared out over threads, whose results are wanted one after another.
#ifndef STRONGROOM_LOG_ORDERED_TASKS_H_
#define STRONGROOM_LOG_ORDERED_TASKS_H_

#include <algorithm>
#include <deque>
#include <functional>
#include <future>
#include <thread>
#include <utility>

#include "strongroom/base/error.h"

namespace strongroom::log {

// OrderedTasks runs tasks in threads and gives their results to `take`, in the calling thread and in the
// order in which they were started. Two tasks for each core are held at most. A thread that cannot be had is
// done without. Not thread-safe itself.
template <typename Result>
class OrderedTasks {
 public:
  explicit OrderedTasks(std::function<Status(Result)> take) : take_(std::move(take)) {}

  // An error is that of `take`, after which nothing more may be started; the destructor waits for what runs.
  template <typename Task>
  Status Start(Task task) {
    if (running_.size() == at_once_) SR_RETURN_IF_ERROR(TakeOldest());
    running_.push_back(std::async(std::launch::async | std::launch::deferred, std::move(task)));
    return {};
  }
  Status Finish() {
    while (!running_.empty()) SR_RETURN_IF_ERROR(TakeOldest());
    return {};
  }

 private:
  Status TakeOldest() {
    Result result = running_.front().get();
    running_.pop_front();
    return take_(std::move(result));
  }

  const std::size_t at_once_ = 2 * std::max(1U, std::thread::hardware_concurrency());
  std::function<Status(Result)> take_;
  std::deque<std::future<Result>> running_;
};

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_ORDERED_TASKS_H_
