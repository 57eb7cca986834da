// The access log: an append-only, signed Merkle log in a directory. A record that Append has answered for is
// on the disk, and so is the signed checkpoint that covers it. docs/LOG.md describes the files and the life
// of a record.
#ifndef STRONGROOM_LOG_LOG_H_
#define STRONGROOM_LOG_LOG_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "strongroom/base/clock.h"
#include "strongroom/base/file.h"
#include "strongroom/crypto/signature.h"
#include "strongroom/envelope/note.h"
#include "strongroom/log/checkpoint.h"
#include "strongroom/log/merkle.h"
#include "strongroom/log/receipt.h"
#include "strongroom/log/record.h"

namespace strongroom::log {

// Log writes a log. Several processes may hold one log open and append in turn: each takes an advisory lock
// and first reads what the others appended. Every failure to open, check or write is kLogUnavailable: nothing
// may be released then. `files`, `key` and `clock` must outlive the object. Not thread-safe.
class Log {
 public:
  // Create makes an empty log in a new directory, whole or not at all, and opens it. kExists if the directory
  // is there: a log is never made anew in the place of another. kInvalidArgument if `origin` cannot name a
  // key. The origin should be like a URL without its scheme.
  static Expected<Log> Create(FileSystem& files, const std::string& directory, const std::string& origin,
                              const crypto::Ed25519PrivateKey& key, const Clock& clock);

  // Open reads and checks a log. It cuts off what a crash left half written and nobody was answered for.
  // Refuses a log that is missing, read-only, altered, of another origin or key, shorter than its own signed
  // checkpoint, or that does not extend `remembered`.
  static Expected<Log> Open(FileSystem& files, const std::string& directory, const std::string& origin,
                            const crypto::Ed25519PrivateKey& key, const Clock& clock,
                            const std::optional<Checkpoint>& remembered);

  // CheckWritable makes every check that Append makes, and appends nothing. It does not wait for the disk.
  Status CheckWritable();

  // Append stamps the record with the clock's time and returns once it and its checkpoint are durable.
  // kInvalidArgument for a record that breaks the schema's bounds. If a sync fails, this object refuses
  // everything from then on: what is on the disk is then known only by reading it anew.
  Expected<Receipt> Append(AccessRecord record);

  [[nodiscard]] std::uint64_t size() const { return tree_.size(); }
  // The last signed checkpoint that this object has seen, for the caller to remember.
  [[nodiscard]] const Checkpoint& checkpoint() const { return checkpoint_; }
  [[nodiscard]] const envelope::NoteKey& key() const { return log_key_; }

  // Prove gives the receipt of any record, under the last checkpoint. kNotFound beyond the end, kAltered if
  // the bytes on the disk are not those that were logged.
  Expected<Receipt> Prove(std::uint64_t index) const;
  // The records from `first` on, at most `count`.
  Expected<std::vector<AccessRecord>> Range(std::uint64_t first, std::uint64_t count) const;

 private:
  class Lock;
  struct Tail;

  Log(FileSystem& files, std::string directory, envelope::NoteKey log_key,
      const crypto::Ed25519PrivateKey& key, const Clock& clock);

  [[nodiscard]] std::string Path(std::string_view name) const;
  Status OpenJournal(const std::optional<Checkpoint>& remembered);
  Status Prepare(const std::optional<Checkpoint>& remembered);
  Status CheckInPlace() const;
  Expected<Tail> ReadTail(std::uint64_t journal_size) const;
  Status Adopt(const Tail& tail);
  Status CheckPublished();
  Status CheckExtends(const Checkpoint& older, std::string_view which) const;
  Status Publish();
  Status CheckRoom() const;
  Expected<Timestamp> NowInOrder() const;
  Status Commit(ByteView entry);
  Status WriteDurablyAtEnd(ByteView frames);
  Status SyncJournal();
  Expected<Bytes> ReadEntry(std::uint64_t index) const;

  FileSystem* files_;
  std::string directory_;
  envelope::NoteKey log_key_;
  const crypto::Ed25519PrivateKey* signing_key_;
  const Clock* clock_;

  std::unique_ptr<File> journal_;
  FileIdentity identity_;  // of the journal when it was opened
  std::uint64_t end_ = 0;  // of the last frame read or written
  MerkleTree tree_;
  std::vector<std::uint64_t> entry_offsets_;
  std::optional<Timestamp> last_time_;
  Checkpoint checkpoint_;
  std::string checkpoint_note_;
  bool broken_ = false;  // a sync failed
};

// LogVerification is what VerifyLog found to hold.
struct LogVerification {
  Checkpoint checkpoint;
  std::string anchor;  // what speaks against a rollback: "remembered checkpoint" or "none"
  std::uint64_t unacknowledged_bytes =
      0;  // at the end of the journal, left by a writer that was stopped, and no part of the log
};

using RecordVisitor = std::function<void(std::uint64_t index, const AccessRecord& record)>;

// VerifyLog derives everything anew from the bytes on the disk: every record, every checkpoint's signature
// and root, the order of times, and that `remembered`, if given, is a prefix. It needs no private key and
// writes nothing; `visit`, if given, sees each record in turn, before the whole is known to be right.
// kAltered names the first entry that is wrong; kRolledBack: shorter than remembered; kNotFound: there is no
// log.
Expected<LogVerification> VerifyLog(FileSystem& files, const std::string& directory,
                                    const envelope::NoteKey& log_key,
                                    const std::optional<Checkpoint>& remembered,
                                    const RecordVisitor& visit = {});

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_LOG_H_
