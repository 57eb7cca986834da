// Appending from many threads at once: what waits together becomes durable together.
#ifndef STRONGROOM_LOG_LOG_WRITER_H_
#define STRONGROOM_LOG_LOG_WRITER_H_

#include <chrono>
#include <future>
#include <memory>

#include "strongroom/log/log.h"

namespace strongroom::log {

struct LogWriterOptions {
  // How long tiles and the published checkpoint may trail the journal, on which nothing waits.
  std::chrono::milliseconds publish_interval{200};
  // Records that may wait; beyond that Append answers kUnavailable at once.
  std::size_t max_waiting = 65'536;
};

// LogWriter owns a Log and commits in groups: while one batch is on its way to the disk, what is appended
// gathers for the next. It keeps the journal's lock for its lifetime. Thread-safe.
class LogWriter {
 public:
  // Takes the lock: kLogUnavailable if another process holds it.
  static Expected<std::unique_ptr<LogWriter>> Start(Log log, const LogWriterOptions& options = {});
  // Commits and publishes what waits.
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // Append is ready at once for a record that the log does not take (kInvalidArgument), else when the record
  // and its checkpoint are durable, or with kLogUnavailable. Records are stamped and ordered as they come.
  std::future<Expected<Receipt>> Append(AccessRecord record);
  // Log::CheckWritable, and that the published files keep up.
  Status CheckWritable();
  // Publish returns when all that is durable now is published.
  Status Publish();

  // The last signed checkpoint, and what the operator should hear of.
  [[nodiscard]] Checkpoint checkpoint() const;
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  class Threads;
  explicit LogWriter(std::unique_ptr<Threads> threads);
  std::unique_ptr<Threads> threads_;
};

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_LOG_WRITER_H_
