// The advisory lock on a journal, which every writer holds while it reads the others' batches and appends its
// own.
#ifndef STRONGROOM_LOG_JOURNAL_LOCK_H_
#define STRONGROOM_LOG_JOURNAL_LOCK_H_

#include <utility>

#include "strongroom/base/file.h"

namespace strongroom::log {

class JournalLock {
 public:
  // Waits up to 10 seconds: kLogUnavailable after that. The file must outlive the lock.
  static Expected<JournalLock> Take(File& journal);
  JournalLock(JournalLock&& other) noexcept : journal_(std::exchange(other.journal_, nullptr)) {}
  JournalLock& operator=(JournalLock&&) = delete;
  ~JournalLock() {
    if (journal_ != nullptr) journal_->Unlock();
  }

 private:
  explicit JournalLock(File* journal) : journal_(journal) {}
  File* journal_;
};

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_JOURNAL_LOCK_H_
