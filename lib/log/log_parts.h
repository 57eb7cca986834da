// What a Log is made of.
#ifndef STRONGROOM_LOG_LOG_PARTS_H_
#define STRONGROOM_LOG_LOG_PARTS_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "log/appender.h"
#include "log/publisher.h"
#include "strongroom/log/log.h"

namespace strongroom::log {

// The error of a log that cannot be used, whatever the cause; a caller's mistake stays one.
std::unexpected<Error> Unavailable(const std::string& directory, Error cause);

struct Log::Parts {
  Parts(FileSystem& files, std::string log_directory, bool cosigned_only, std::unique_ptr<Appender> opened)
      : directory(std::move(log_directory)),
        appender(std::move(opened)),
        publisher(files, directory, cosigned_only) {}

  // Does `work` with the journal's lock held and everything checked, and wraps its error.
  template <typename Work>
  auto Locked(Work work) -> decltype(work()) {
    auto done = [&]() -> decltype(work()) {
      std::optional<JournalLock> lock;
      if (!appender->keeps_lock()) {
        SR_ASSIGN_OR_RETURN(JournalLock taken, appender->Lock());
        lock.emplace(std::move(taken));
      }
      SR_RETURN_IF_ERROR(appender->Prepare());
      if (!published) SR_RETURN_IF_ERROR(Publish());
      return work();
    }();
    if (!done) return Unavailable(directory, std::move(done).error());
    return done;
  }

  // The records are durable whatever becomes of this: what failed is tried again before the next append, and
  // refuses it then.
  Status Publish() {
    published = publisher.CatchUp(appender->target());
    return published;
  }

  std::string directory;
  std::unique_ptr<Appender> appender;
  Publisher publisher;
  Status published;  // of the last time
};

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_LOG_PARTS_H_
