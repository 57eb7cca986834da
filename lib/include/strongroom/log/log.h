// The access log: an append-only, signed Merkle log in a directory. A record that Append has answered for is
// on the disk, and so is the signed checkpoint that covers it. docs/LOG.md describes the files and the life
// of a record.
#ifndef STRONGROOM_LOG_LOG_H_
#define STRONGROOM_LOG_LOG_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "strongroom/base/clock.h"
#include "strongroom/base/file.h"
#include "strongroom/crypto/signature.h"
#include "strongroom/envelope/note.h"
#include "strongroom/log/checkpoint.h"
#include "strongroom/log/key_record.h"
#include "strongroom/log/receipt.h"
#include "strongroom/log/record.h"

namespace strongroom::log {

// LogOptions are what a writer may be told beyond the log's place and key.
struct LogOptions {
  // Keys that signed the log before `key`, of the same name.
  std::vector<envelope::NoteKey> earlier_keys = {};
  // public/checkpoint is left to whoever gathers cosignatures; else each checkpoint is published at once.
  bool cosigned_only = false;
  // Bytes that the journal may have; from four fifths of it on, warnings() says so. 0: no quota.
  std::uint64_t quota = 0;
};

// Log writes a log. Several processes may hold one log open and append in turn: each takes an advisory lock
// and first reads what the others appended. Every failure to open, check or write is kLogUnavailable: nothing
// may be released then. `files`, `key` and `clock` must outlive the object. Not thread-safe: LogWriter is.
class Log {
 public:
  // Create makes an empty log in a new directory, whole or not at all, and opens it. kExists if the directory
  // is there: a log is never made anew in the place of another. kInvalidArgument if `origin` cannot name a
  // key. The origin should be like a URL without its scheme.
  static Expected<Log> Create(FileSystem& files, const std::string& directory, const std::string& origin,
                              const crypto::Ed25519PrivateKey& key, const Clock& clock,
                              const LogOptions& options = {});

  // Open reads and checks a log. It cuts off what a crash left half written and nobody was answered for, and
  // brings what derives from the journal up to date. Refuses a log that is missing, read-only, altered, of
  // another origin or key, shorter than its own signed checkpoint, that does not extend `remembered`, or that
  // lies on a network file system.
  static Expected<Log> Open(FileSystem& files, const std::string& directory, const std::string& origin,
                            const crypto::Ed25519PrivateKey& key, const Clock& clock,
                            const std::optional<Checkpoint>& remembered, const LogOptions& options = {});
  Log(Log&&) noexcept;
  Log& operator=(Log&&) noexcept;
  ~Log();

  // CheckWritable makes every check that Append makes, and appends nothing. It does not wait for the disk.
  Status CheckWritable();

  // Append stamps the record with the clock's time and returns once it and its checkpoint are durable.
  // kInvalidArgument for a record that breaks the schema's bounds. If a sync fails, this object refuses
  // everything from then on: what is on the disk is then known only by reading it anew.
  Expected<Receipt> Append(AccessRecord record);
  // The same for several: one write, one sync, one checkpoint over all of them. All are durable, or none is
  // there. At most kMaxBatchRecords.
  Expected<std::vector<Receipt>> AppendBatch(std::vector<AccessRecord> records);

  // Whether the last checkpoint is signed by one of the earlier keys and not by the key that is to sign now:
  // then nothing but a change of keys can be appended.
  [[nodiscard]] bool IsKeyChangeDue() const;
  // ChangeKey records that `next` signs from now on, durably, and uses it; it must outlive the object. With
  // kRotation the present key must be the one that the log was opened with, and signs the change too. With
  // kLoss the log was opened with `next`, and its last checkpoint is signed by one of the earlier keys.
  Status ChangeKey(const crypto::Ed25519PrivateKey& next, KeyChange change);

  // KeepLocked holds the lock until the object ends: no other process can append, and bytes that come into
  // the journal are somebody's who heeds no lock: everything is refused then.
  Status KeepLocked();

  // Whether the log, as far as this object has seen it, begins with all that an older checkpoint covers.
  [[nodiscard]] Status CheckExtends(const Checkpoint& older) const;

  [[nodiscard]] std::uint64_t size() const;
  // The last signed checkpoint that this object has seen, for the caller to remember.
  [[nodiscard]] const Checkpoint& checkpoint() const;
  [[nodiscard]] const std::string& checkpoint_note() const;
  [[nodiscard]] const envelope::NoteKey& key() const;
  // What the operator should hear of, that stops nothing yet: a disk or a quota that fills.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  friend class LogWriter;
  struct Parts;
  explicit Log(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

inline constexpr std::size_t kMaxBatchRecords = 1024;

// LogVerification is what VerifyLog found to hold.
struct LogVerification {
  Checkpoint checkpoint;
  std::string anchor;  // what speaks against a rollback: "remembered checkpoint" or "none"
  std::uint64_t unacknowledged_bytes =
      0;  // at the end of the journal, left by a writer that was stopped, and no part of the log
};

using RecordVisitor = std::function<void(std::uint64_t index, const AccessRecord& record)>;

// VerifyLog derives everything anew from the bytes on the disk: every entry, every checkpoint's signature and
// root, the order of times, what index records state, and that `remembered`, if given, is a prefix.
// `log_keys` are those that signed the log, in their order, the one that signs it now last; not one may be
// left out. It needs no private key and writes nothing; `visit`, if given, sees each access record in turn,
// in the calling thread, before the whole is known to be right. It uses all cores, and memory that does not
// grow with the log, but for 120 bytes a bundle. kAltered names the first entry or checkpoint that is wrong;
// kUntrusted: signed by another key than the log's at that point; kRolledBack: shorter than remembered;
// kNotFound: there is no log.
Expected<LogVerification> VerifyLog(FileSystem& files, const std::string& directory,
                                    std::span<const envelope::NoteKey> log_keys,
                                    const std::optional<Checkpoint>& remembered,
                                    const RecordVisitor& visit = {});
// The same for a log that has had one key.
Expected<LogVerification> VerifyLog(FileSystem& files, const std::string& directory,
                                    const envelope::NoteKey& log_key,
                                    const std::optional<Checkpoint>& remembered,
                                    const RecordVisitor& visit = {});

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_LOG_H_
