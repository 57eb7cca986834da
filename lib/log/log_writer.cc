#include "strongroom/log/log_writer.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "log/log_parts.h"

namespace strongroom::log {
namespace {

struct Waiting {
  AccessRecord record;
  std::size_t size = 0;  // bytes of its entry
  std::promise<Expected<Receipt>> answer;
};

// What a batch may hold besides the entries of its callers.
constexpr std::size_t kReservedBytes = 2 * FrameSize(kMaxCheckpointSize);

}  // namespace

// Threads is a writer's state: one thread appends, one publishes. The queue, the log's head and the
// publication each have a mutex, and nobody holds two of them but in this order: publication, log, queue.
class LogWriter::Threads {
 public:
  Threads(Log log, const LogWriterOptions& options) : options_(options), log_(std::move(log)) {}

  void Start() {
    committer_ = std::jthread([this] { CommitUntilStopped(); });
    publisher_ = std::jthread([this](const std::stop_token& stop) { PublishUntilStopped(stop); });
  }

  ~Threads() {
    {
      const std::lock_guard lock(queue_mutex_);
      stopping_ = true;
    }
    something_waits_.notify_all();
    if (committer_.joinable()) committer_.join();
    publisher_.request_stop();
    if (publisher_.joinable()) publisher_.join();
    static_cast<void>(Publish());
  }

  std::future<Expected<Receipt>> Append(const AccessRecord& record) {
    Waiting waiting;
    std::future<Expected<Receipt>> answer = waiting.answer.get_future();
    Bytes entry = SerializeAccessRecord(record);
    auto normalized = NormalizeRecord(entry);
    if (!normalized) {
      waiting.answer.set_value(std::unexpected(std::move(normalized).error()));
      return answer;
    }
    waiting.record = *std::move(normalized);
    waiting.size = FrameSize(entry.size());
    const std::lock_guard lock(queue_mutex_);
    if (queue_.size() >= options_.max_waiting) {
      waiting.answer.set_value(
          Fail(ErrorCode::kUnavailable, "too many records wait for the access log", "try again"));
      return answer;
    }
    queue_.push_back(std::move(waiting));
    if (queue_.size() == 1) something_waits_.notify_one();
    return answer;
  }

  Status CheckWritable() {
    {
      const std::lock_guard lock(publish_mutex_);
      if (!published_) return Unavailable(parts().directory, published_.error());
    }
    const std::lock_guard lock(log_mutex_);
    return log_.CheckWritable();
  }

  Status Publish() {
    const std::lock_guard lock(publish_mutex_);
    published_ = parts().publisher.CatchUp(Target());
    return published_;
  }

  Checkpoint checkpoint() {
    const std::lock_guard lock(log_mutex_);
    return log_.checkpoint();
  }

  std::vector<std::string> warnings() {
    const std::lock_guard lock(log_mutex_);
    return log_.warnings();
  }

 private:
  Log::Parts& parts() { return *log_.parts_; }

  PublicationTarget Target() {
    const std::lock_guard lock(log_mutex_);
    return parts().appender->target();
  }

  // The records that wait, as many as go into one batch; none when the writer stops.
  std::vector<Waiting> TakeBatch() {
    std::unique_lock lock(queue_mutex_);
    something_waits_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    std::vector<Waiting> batch;
    std::size_t bytes = kReservedBytes;
    while (!queue_.empty() && batch.size() < kMaxBatchRecords &&
           bytes + queue_.front().size <= kMaxBatchBytes) {
      bytes += queue_.front().size;
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    return batch;
  }

  void CommitUntilStopped() {
    while (true) {
      std::vector<Waiting> batch = TakeBatch();
      if (batch.empty()) return;
      std::vector<AccessRecord> records;
      records.reserve(batch.size());
      for (Waiting& waiting : batch) records.push_back(std::move(waiting.record));
      Expected<std::vector<Receipt>> receipts = Commit(std::move(records));
      for (std::size_t i = 0; i < batch.size(); ++i) {
        if (receipts) {
          batch[i].answer.set_value(std::move((*receipts)[i]));
        } else {
          batch[i].answer.set_value(std::unexpected(receipts.error()));
        }
      }
    }
  }

  Expected<std::vector<Receipt>> Commit(std::vector<AccessRecord> records) {
    const std::lock_guard lock(log_mutex_);
    return parts().Locked([&] { return parts().appender->Append(std::move(records)); });
  }

  void PublishUntilStopped(const std::stop_token& stop) {
    std::mutex sleeping;
    std::condition_variable_any woken;
    std::optional<std::uint64_t> last;
    while (!stop.stop_requested()) {
      const std::uint64_t size = checkpoint().size;
      if (size != last && Publish()) last = size;
      std::unique_lock lock(sleeping);
      woken.wait_for(lock, stop, options_.publish_interval, [] { return false; });
    }
  }

  const LogWriterOptions options_;
  std::mutex publish_mutex_;
  Status published_;
  std::mutex log_mutex_;
  Log log_;
  std::mutex queue_mutex_;
  std::condition_variable something_waits_;
  std::deque<Waiting> queue_;
  bool stopping_ = false;
  std::jthread committer_;
  std::jthread publisher_;
};

LogWriter::LogWriter(std::unique_ptr<Threads> threads) : threads_(std::move(threads)) {}
LogWriter::~LogWriter() = default;

Expected<std::unique_ptr<LogWriter>> LogWriter::Start(Log log, const LogWriterOptions& options) {
  SR_RETURN_IF_ERROR(log.KeepLocked());
  auto threads = std::make_unique<Threads>(std::move(log), options);
  threads->Start();
  return std::unique_ptr<LogWriter>(new LogWriter(std::move(threads)));
}

std::future<Expected<Receipt>> LogWriter::Append(AccessRecord record) {
  return threads_->Append(record);
}
Status LogWriter::CheckWritable() {
  return threads_->CheckWritable();
}
Status LogWriter::Publish() {
  return threads_->Publish();
}
Checkpoint LogWriter::checkpoint() const {
  return threads_->checkpoint();
}
std::vector<std::string> LogWriter::warnings() const {
  return threads_->warnings();
}

}  // namespace strongroom::log
