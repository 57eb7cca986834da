// What appends to a journal: the checks before each append, the signature, and the write that makes it
// durable.
#ifndef STRONGROOM_LOG_APPENDER_H_
#define STRONGROOM_LOG_APPENDER_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "log/head.h"
#include "log/journal_lock.h"
#include "log/publisher.h"
#include "strongroom/base/clock.h"
#include "strongroom/base/file.h"
#include "strongroom/crypto/signature.h"
#include "strongroom/log/log.h"

namespace strongroom::log {

// NormalizeRecord gives a record as the log takes it, which is as a reader will find it, from what
// SerializeAccessRecord makes of it: kInvalidArgument if it breaks the schema's bounds.
Expected<AccessRecord> NormalizeRecord(ByteView serialized);

// Appender holds an open journal and its head. It derives nothing for readers: that is the Publisher's. Each
// call but Lock wants the journal's lock held. Not thread-safe. Errors are those of Log, not yet wrapped.
class Appender {
 public:
  struct Settings {
    FileSystem& files;
    std::string directory;
    std::string origin;
    const crypto::Ed25519PrivateKey* key;
    const Clock& clock;
    LogOptions options;
  };

  // Opens the journal's file; Recover must follow.
  static Expected<std::unique_ptr<Appender>> Open(Settings settings);
  Expected<JournalLock> Lock() { return JournalLock::Take(*journal_); }

  // Recover derives the head from the journal's bytes and holds it to the signed checkpoints that are known.
  // Only then does it cut off what was left half written, and make durable what it found.
  Status Recover(const std::optional<Checkpoint>& remembered);

  // What must hold before anything is done: see Log::CheckWritable.
  Status Prepare();
  Status CheckKey() const;  // that the last checkpoint is signed by the key that is to sign
  Status CheckRoom() const;
  Expected<Timestamp> NowInOrder() const;
  // Makes normalized records, at least one, durable as one batch, after Prepare.
  Expected<std::vector<Receipt>> Append(std::vector<AccessRecord> records);
  Status ChangeKey(const crypto::Ed25519PrivateKey& next, KeyChange change);

  // That the log begins with all that `older`, called `which` in messages, covers.
  Status CheckExtends(const Checkpoint& older, std::string_view which) const;

  void KeepLocked(JournalLock lock) { kept_.emplace(std::move(lock)); }
  [[nodiscard]] bool keeps_lock() const { return kept_.has_value(); }

  [[nodiscard]] const Head& head() const { return head_; }
  [[nodiscard]] const envelope::NoteKey& key() const { return log_key_; }
  [[nodiscard]] PublicationTarget target() const;
  [[nodiscard]] std::vector<std::string> Warnings() const;

 private:
  Appender(Settings settings, std::unique_ptr<File> journal, FileIdentity identity);

  [[nodiscard]] std::string Path(std::string_view name) const;
  [[nodiscard]] std::vector<envelope::NoteKey> Keys() const;
  Status CheckVolume() const;
  Expected<JournalRest> ReadFrom(const ResumePoint& point, std::uint64_t journal_size);
  Expected<JournalRest> ReadJournal(std::uint64_t journal_size);
  Status CheckSigner();
  Status CheckRest(const JournalRest& rest) const;
  Status CutOff();
  Status MakeLastBatchDurable();
  Status CheckInPlace() const;
  Status CheckLastCheckpoint() const;
  Status AdoptOthers(std::uint64_t journal_size);
  Status TakeOthers(std::uint64_t journal_size);
  Status CheckPublished();
  Expected<Digest> RootAt(std::uint64_t size) const;
  Status Commit(std::span<const Entry> entries, std::span<const Bytes> bytes,
                std::span<const crypto::Ed25519PrivateKey* const> signers);
  Status SignResumePointAnew(const crypto::Ed25519PrivateKey& next) const;
  Status CheckGrowth(const Checkpoint& checkpoint, std::size_t added) const;
  Status WriteAtEnd(ByteView frames);
  Status CheckWritten(ByteView frames) const;
  Status SyncJournal();

  Settings with_;
  std::unique_ptr<File> journal_;
  FileIdentity identity_;  // of the journal when it was opened
  envelope::NoteKey log_key_;
  Head head_;
  std::optional<std::string> broken_;  // why nothing may be appended any more by this object
  // The key that signed the last checkpoint, if it is not the one that is to sign now.
  std::optional<envelope::NoteKey> earlier_signer_;
  // Sizes and roots of the log's checkpoints that this object has built on, from the published one on: where
  // publication trails far behind, the tree does not reach back to that one.
  std::map<std::uint64_t, Digest> built_on_;
  std::optional<JournalLock> kept_;
};

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_APPENDER_H_
