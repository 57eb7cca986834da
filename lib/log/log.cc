#include "strongroom/log/log.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "log/journal.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::log {
namespace {

constexpr std::size_t kProbeSize = 128 * 1024;  // more than one append can need
constexpr std::string_view kProbeName = "writable.probe";
constexpr auto kLockPatience = std::chrono::seconds(10);
constexpr auto kLockInterval = std::chrono::milliseconds(2);

// Bytes of a new log's journal: the header and the signed checkpoint of the empty tree.
Bytes EmptyJournal(std::string_view checkpoint_note) {
  ByteWriter journal;
  journal.Append(kJournalHeader).Append(EncodeFrame(FrameType::kCheckpoint, AsBytes(checkpoint_note)));
  return std::move(journal).Take();
}

Status WriteNewLog(FileSystem& files, const std::string& directory, const std::string& checkpoint_note) {
  SR_RETURN_IF_ERROR(files.RemoveTree(directory));
  SR_RETURN_IF_ERROR(files.MakeDirectory(directory, 0700));
  SR_RETURN_IF_ERROR(WriteDurably(files, JoinPath(directory, kJournalName), EmptyJournal(checkpoint_note)));
  return WriteDurably(files, JoinPath(directory, kCheckpointName), AsBytes(checkpoint_note));
}

std::unexpected<Error> Unavailable(const std::string& directory, Error cause) {
  Error error(ErrorCode::kLogUnavailable, "log " + directory + " cannot be written: " + cause.message,
              cause.next.empty() ? "nothing is released without it; look at it with 'strongroom log verify'"
                                 : cause.next);
  error.why = std::move(cause.why);
  return std::unexpected(std::move(error));
}

}  // namespace

// Lock is the advisory lock on the journal, which every writer holds while it reads the others' frames and
// appends its own.
class Log::Lock {
 public:
  static Expected<Lock> Take(const File& journal) {
    const auto give_up = std::chrono::steady_clock::now() + kLockPatience;
    while (flock(journal.descriptor(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK && errno != EINTR) {
        return std::unexpected(FromErrno(errno, "lock the journal"));
      }
      if (std::chrono::steady_clock::now() > give_up) {
        return Fail(ErrorCode::kLogUnavailable, "another process has held the journal's lock for 10 seconds");
      }
      std::this_thread::sleep_for(kLockInterval);
    }
    return Lock(journal.descriptor());
  }
  Lock(Lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Lock& operator=(Lock&&) = delete;
  ~Lock() {
    if (descriptor_ >= 0) flock(descriptor_, LOCK_UN);
  }

 private:
  explicit Lock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// Tail is what stands in the journal after the frames already known, as far as a checkpoint covers it.
struct Log::Tail {
  std::vector<Digest> leaf_hashes;
  std::vector<std::uint64_t> offsets;
  Bytes last_entry;
  std::string checkpoint_note;  // the last; empty if there is none
  std::uint64_t end = 0;        // of that checkpoint's frame
};

Log::Log(FileSystem& files, std::string directory, envelope::NoteKey log_key,
         const crypto::Ed25519PrivateKey& key, const Clock& clock)
    : files_(&files),
      directory_(std::move(directory)),
      log_key_(std::move(log_key)),
      signing_key_(&key),
      clock_(&clock) {}

std::string Log::Path(std::string_view name) const {
  return JoinPath(directory_, name);
}

Expected<Log> Log::Create(FileSystem& files, const std::string& directory, const std::string& origin,
                          const crypto::Ed25519PrivateKey& key, const Clock& clock) {
  SR_ASSIGN_OR_RETURN(const std::string note, SignCheckpoint({origin, 0, MerkleTree().Root()}, key));
  const auto found = files.Stat(directory);
  if (found) {
    return Fail(ErrorCode::kExists, "log " + directory + " is there already",
                "open it, or choose another directory");
  }
  if (found.error().code != ErrorCode::kNotFound) return Unavailable(directory, found.error());
  const std::string partial = directory + ".partial";
  Status written = WriteNewLog(files, partial, note);
  if (written) written = files.RenameNoReplace(partial, directory);
  if (written) written = files.SyncDirectory(ParentDirectory(directory));
  if (!written) {
    static_cast<void>(files.RemoveTree(partial));
    return Unavailable(directory, written.error());
  }
  return Open(files, directory, origin, key, clock, std::nullopt);
}

Expected<Log> Log::Open(FileSystem& files, const std::string& directory, const std::string& origin,
                        const crypto::Ed25519PrivateKey& key, const Clock& clock,
                        const std::optional<Checkpoint>& remembered) {
  Log log(files, directory, {origin, key.public_key()}, key, clock);
  if (auto opened = log.OpenJournal(remembered); !opened) return Unavailable(directory, opened.error());
  return log;
}

Status Log::OpenJournal(const std::optional<Checkpoint>& remembered) {
  SR_ASSIGN_OR_RETURN(journal_, files_->Open(Path(kJournalName), OpenMode::kReadWrite));
  SR_ASSIGN_OR_RETURN(identity_, journal_->Identity());
  SR_RETURN_IF_ERROR(CheckJournalHeader(*journal_));
  end_ = kJournalHeader.size();
  SR_ASSIGN_OR_RETURN(const Lock lock, Lock::Take(*journal_));
  return Prepare(remembered);
}

// With the lock held: the files are those that were opened, what other writers appended is known, and the
// journal ends with a checkpoint.
Status Log::Prepare(const std::optional<Checkpoint>& remembered) {
  if (broken_) {
    return Fail(ErrorCode::kLogUnavailable, "a sync failed, and what is on the disk is not known",
                "open the log anew");
  }
  SR_RETURN_IF_ERROR(CheckInPlace());
  SR_ASSIGN_OR_RETURN(const FileIdentity found, journal_->Identity());
  if (found.size < end_) {
    return Fail(ErrorCode::kLogUnavailable, "its journal was cut short while it was open");
  }
  SR_ASSIGN_OR_RETURN(const Tail tail, ReadTail(found.size));
  SR_RETURN_IF_ERROR(Adopt(tail));
  SR_RETURN_IF_ERROR(CheckPublished());
  if (remembered) SR_RETURN_IF_ERROR(CheckExtends(*remembered, "the checkpoint remembered of it"));
  if (found.size == end_) return {};
  // What is left is the beginning of an append that was stopped, and nobody was answered for it.
  SR_RETURN_IF_ERROR(journal_->Truncate(end_));
  return SyncJournal();
}

// Permission bits are looked at because they do not stop root.
Status Log::CheckInPlace() const {
  SR_ASSIGN_OR_RETURN(const FileIdentity found, files_->Stat(Path(kJournalName)));
  if (found.device != identity_.device || found.inode != identity_.inode || found.links != 1) {
    return Fail(ErrorCode::kLogUnavailable,
                "its journal was removed, replaced or linked elsewhere while it was open");
  }
  SR_ASSIGN_OR_RETURN(const FileIdentity directory, files_->Stat(directory_));
  if ((found.mode & S_IWUSR) == 0) return Fail(ErrorCode::kLogUnavailable, "its journal is read-only");
  if ((directory.mode & S_IWUSR) == 0) return Fail(ErrorCode::kLogUnavailable, "its directory is read-only");
  return {};
}

Expected<Log::Tail> Log::ReadTail(std::uint64_t journal_size) const {
  JournalReader reader(*journal_, end_, journal_size);
  Tail tail;
  std::size_t covered = 0;
  Bytes entry;
  while (true) {
    const auto frame = reader.Next();
    const bool cut_short = !frame && frame.error().code == ErrorCode::kTruncated;
    if (!frame && !cut_short) return std::unexpected(frame.error());
    if (cut_short || !*frame) break;
    if ((*frame)->type == FrameType::kEntry) {
      tail.leaf_hashes.push_back((*frame)->hash);
      tail.offsets.push_back((*frame)->offset);
      entry.assign((*frame)->payload.begin(), (*frame)->payload.end());
    } else {
      covered = tail.leaf_hashes.size();
      tail.last_entry = entry;
      tail.checkpoint_note = AsText((*frame)->payload);
      tail.end = reader.offset();
    }
  }
  tail.leaf_hashes.resize(covered);
  tail.offsets.resize(covered);
  return tail;
}

Status Log::Adopt(const Tail& tail) {
  if (tail.checkpoint_note.empty()) {
    if (!checkpoint_note_.empty()) return {};
    return Fail(ErrorCode::kLogUnavailable, "its journal holds no checkpoint");
  }
  std::optional<Timestamp> last_time = last_time_;
  if (!tail.leaf_hashes.empty()) {
    SR_ASSIGN_OR_RETURN(const AccessRecord last, ParseAccessRecord(tail.last_entry));
    last_time = last.time;
  }
  SR_ASSIGN_OR_RETURN(Checkpoint checkpoint, VerifyCheckpoint(tail.checkpoint_note, log_key_));
  const std::uint64_t old_size = tree_.size();
  for (const Digest& leaf_hash : tail.leaf_hashes) tree_.Append(leaf_hash);
  if (checkpoint.size != tree_.size() || checkpoint.root != tree_.Root()) {
    tree_.Truncate(old_size);
    return Fail(ErrorCode::kLogUnavailable, "its last checkpoint is not that of its entries");
  }
  last_time_ = last_time;
  entry_offsets_.insert(entry_offsets_.end(), tail.offsets.begin(), tail.offsets.end());
  checkpoint_ = std::move(checkpoint);
  checkpoint_note_ = tail.checkpoint_note;
  end_ = tail.end;
  return {};
}

// The journal must reach the published checkpoint. That is not synced, so that a power cut may leave an older
// one, or an empty file.
Status Log::CheckPublished() {
  SR_ASSIGN_OR_RETURN(const Bytes published_note,
                      ReadWhole(*files_, Path(kCheckpointName), kMaxCheckpointSize));
  if (AsText(published_note) == checkpoint_note_) return {};
  if (published_note.empty()) return Publish();
  SR_ASSIGN_OR_RETURN(const Checkpoint published, VerifyCheckpoint(AsText(published_note), log_key_));
  SR_RETURN_IF_ERROR(CheckExtends(published, "its published checkpoint"));
  if (published.size == tree_.size()) return {};
  return Publish();
}

Status Log::CheckExtends(const Checkpoint& older, std::string_view which) const {
  const std::string sizes =
      std::to_string(older.size) + " records, and " + std::to_string(tree_.size()) + " are there";
  if (older.origin != log_key_.name) {
    return Fail(ErrorCode::kLogUnavailable, std::string(which) + " is of another log");
  }
  if (older.size > tree_.size()) {
    return Fail(ErrorCode::kLogUnavailable, std::string(which) + " has " + sizes);
  }
  if (older.root == tree_.Root(older.size)) return {};
  return Fail(ErrorCode::kLogUnavailable, std::string(which) + " is of a different history");
}

// Readers find the old checkpoint or the new one, whole.
Status Log::Publish() {
  const std::string temporary = Path(kCheckpointName) + ".new";
  SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, files_->Open(temporary, OpenMode::kOpenOrCreate));
  SR_RETURN_IF_ERROR(file->WriteAt(0, AsBytes(checkpoint_note_)));
  SR_RETURN_IF_ERROR(file->Truncate(checkpoint_note_.size()));
  return files_->Rename(temporary, Path(kCheckpointName));
}

// The clock's time, which must not be before the last record's.
Expected<Timestamp> Log::NowInOrder() const {
  const Timestamp now = clock_->Now();
  if (!last_time_ || now >= *last_time_) return now;
  return Fail(
      ErrorCode::kLogUnavailable,
      "the clock says " + ToRfc3339(now) + ", which is before the last record's " + ToRfc3339(*last_time_),
      "set the clock");
}

// Room and permission for one more append, found by writing a file and removing it.
Status Log::CheckRoom() const {
  const std::string path = Path(kProbeName);
  Status written = [&]() -> Status {
    SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> probe, files_->Open(path, OpenMode::kOpenOrCreate));
    return probe->WriteAt(0, Bytes(kProbeSize));
  }();
  const Status removed = files_->Remove(path);
  return written ? removed : written;
}

Status Log::CheckWritable() {
  const auto check = [this]() -> Status {
    SR_ASSIGN_OR_RETURN(const Lock lock, Lock::Take(*journal_));
    SR_RETURN_IF_ERROR(Prepare(std::nullopt));
    SR_RETURN_IF_ERROR(CheckRoom());
    SR_RETURN_IF_ERROR(NowInOrder());
    return {};
  };
  if (auto checked = check(); !checked) return Unavailable(directory_, checked.error());
  return {};
}

Expected<Receipt> Log::Append(AccessRecord record) {
  if (auto parsed = ParseAccessRecord(SerializeAccessRecord(record)); !parsed) {
    return Fail(ErrorCode::kInvalidArgument,
                "a record that the log does not take: " + parsed.error().message);
  }
  const auto append = [&]() -> Expected<Receipt> {
    SR_ASSIGN_OR_RETURN(const Lock lock, Lock::Take(*journal_));
    SR_RETURN_IF_ERROR(Prepare(std::nullopt));
    SR_ASSIGN_OR_RETURN(record.time, NowInOrder());
    SR_RETURN_IF_ERROR(Commit(SerializeAccessRecord(record)));
    last_time_ = record.time;
    SR_RETURN_IF_ERROR(Publish());
    return Prove(tree_.size() - 1);
  };
  auto receipt = append();
  if (!receipt) return Unavailable(directory_, receipt.error());
  return receipt;
}

// Makes an entry and the checkpoint over it durable in the journal, or leaves the log as it was.
Status Log::Commit(ByteView entry) {
  const std::uint64_t old_size = tree_.size();
  tree_.Append(crypto::MerkleLeafHash(entry));
  const Checkpoint checkpoint{log_key_.name, tree_.size(), tree_.Root()};
  const auto write = [&]() -> Status {
    SR_ASSIGN_OR_RETURN(std::string note, SignCheckpoint(checkpoint, *signing_key_));
    ByteWriter frames;
    frames.Append(EncodeFrame(FrameType::kEntry, entry))
        .Append(EncodeFrame(FrameType::kCheckpoint, AsBytes(note)));
    SR_RETURN_IF_ERROR(WriteDurablyAtEnd(frames.bytes()));
    entry_offsets_.push_back(end_);
    end_ += frames.bytes().size();
    checkpoint_note_ = std::move(note);
    return {};
  };
  Status written = write();
  if (written) {
    checkpoint_ = checkpoint;
  } else {
    tree_.Truncate(old_size);
  }
  return written;
}

Status Log::WriteDurablyAtEnd(ByteView frames) {
  Status written = journal_->WriteAt(end_, frames);
  if (written) written = SyncJournal();
  if (written) return {};
  // Cut off again, lest another writer take for durable what the page cache alone may hold.
  if (!journal_->Truncate(end_)) broken_ = true;
  return written;
}

// After a failed sync the page cache may differ from the disk for good, so that nothing read through it
// counts any more.
Status Log::SyncJournal() {
  Status synced = journal_->Sync();
  if (!synced) broken_ = true;
  return synced;
}

Expected<Receipt> Log::Prove(std::uint64_t index) const {
  if (index >= tree_.size()) {
    return Fail(ErrorCode::kNotFound, "log " + directory_ + " has " + std::to_string(tree_.size()) +
                                          " records, and none with index " + std::to_string(index));
  }
  Receipt receipt;
  SR_ASSIGN_OR_RETURN(receipt.record_bytes_, ReadEntry(index));
  SR_ASSIGN_OR_RETURN(receipt.record_, ParseAccessRecord(receipt.record_bytes_));
  receipt.index_ = index;
  receipt.proof_ = tree_.InclusionProof(index, tree_.size());
  receipt.checkpoint_ = checkpoint_;
  receipt.checkpoint_note_ = checkpoint_note_;
  return receipt;
}

Expected<Bytes> Log::ReadEntry(std::uint64_t index) const {
  const std::uint64_t end = index + 1 < entry_offsets_.size() ? entry_offsets_[index + 1] : end_;
  JournalReader reader(*journal_, entry_offsets_[index], end);
  SR_ASSIGN_OR_RETURN(const std::optional<Frame> frame, reader.Next());
  if (frame && frame->type == FrameType::kEntry && frame->hash == tree_.leaf_hash(index)) {
    return ToBytes(frame->payload);
  }
  return Fail(ErrorCode::kAltered,
              "entry " + std::to_string(index) + " of log " + directory_ + " is no longer what was logged");
}

Expected<std::vector<AccessRecord>> Log::Range(std::uint64_t first, std::uint64_t count) const {
  std::vector<AccessRecord> records;
  for (std::uint64_t index = first; index < tree_.size() && records.size() < count; ++index) {
    SR_ASSIGN_OR_RETURN(const Bytes entry, ReadEntry(index));
    SR_ASSIGN_OR_RETURN(records.emplace_back(), ParseAccessRecord(entry));
  }
  return records;
}

}  // namespace strongroom::log
