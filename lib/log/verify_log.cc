// The audit of a log from its bytes and its public keys alone.
#include <algorithm>
#include <map>
#include <utility>

#include "log/journal.h"
#include "log/journal_run.h"
#include "log/ordered_tasks.h"
#include "strongroom/log/entry_index.h"
#include "strongroom/log/log.h"
#include "strongroom/log/merkle.h"

namespace strongroom::log {
namespace {

// WatchedTree is a tree that keeps no leaves, and the roots that it had at the sizes asked for beforehand.
class WatchedTree {
 public:
  void Watch(std::uint64_t size) {
    if (size >= tree_.size()) roots_.emplace(size, tree_.Root());
  }
  void Append(const Digest& leaf_hash) {
    tree_.Append(leaf_hash);
    if (const auto watched = roots_.find(tree_.size()); watched != roots_.end())
      watched->second = tree_.Root();
  }
  void ForgetLeaves() { tree_.ForgetBefore(tree_.size()); }
  [[nodiscard]] std::uint64_t size() const { return tree_.size(); }
  [[nodiscard]] Digest Root() const { return tree_.Root(); }
  // At a size that is watched, and no larger than this->size().
  [[nodiscard]] const Digest& RootAt(std::uint64_t size) const { return roots_.at(size); }

 private:
  MerkleTree tree_;
  std::map<std::uint64_t, Digest> roots_;
};

// SigningKeys knows which of a log's keys must have signed its next checkpoint.
class SigningKeys {
 public:
  explicit SigningKeys(std::span<const envelope::NoteKey> keys) : keys_(keys) {}

  // From the checkpoint over a key record on the new key signs; where the old one vouches for it, that
  // checkpoint carries both signatures.
  Status Change(const KeyRecord& record) {
    if (record.old_key != keys_[current_]) {
      return Fail(ErrorCode::kAltered, "it changes a key that did not sign the log then");
    }
    if (current_ + 1 == keys_.size() || record.new_key != keys_[current_ + 1]) {
      return Fail(ErrorCode::kUntrusted,
                  "it changes the log's key to " + record.new_key.ToText() + ", which is not trusted");
    }
    if (record.change == KeyChange::kRotation) vouching_.push_back(current_);
    ++current_;
    return {};
  }

  // Holds the next checkpoint to them.
  Status Check(std::span<const std::size_t> signers) {
    const auto signed_by = [&](std::size_t key) { return std::ranges::find(signers, key) != signers.end(); };
    if (!signed_by(current_)) return Fail(ErrorCode::kUntrusted, "the log's key then did not sign it");
    if (!std::ranges::all_of(vouching_, signed_by)) {
      return Fail(ErrorCode::kUntrusted, "the key before did not sign it, though it was there to vouch");
    }
    vouching_.clear();
    return {};
  }

 private:
  std::span<const envelope::NoteKey> keys_;
  std::size_t current_ = 0;
  std::vector<std::size_t> vouching_;  // keys that the next checkpoint also needs
};

// LogAudit derives a log's tree from its frames, in their order, and holds every entry and checkpoint to it.
class LogAudit {
 public:
  LogAudit(std::span<const envelope::NoteKey> log_keys, const RecordVisitor& visit)
      : log_keys_(log_keys), keys_(log_keys), visit_(visit) {}

  // The sizes of which the roots are wanted afterwards.
  void Watch(std::uint64_t size) { tree_.Watch(size); }

  // Takes the next run of frames. A last frame that is cut short is kept for CheckPublished: it may be an
  // append that was stopped.
  Status Take(const CheckedRun& run) {
    std::size_t taken = 0;
    for (const CheckedRun::CheckpointFrame& checkpoint : run.checkpoints) {
      while (taken < checkpoint.entries_before) SR_RETURN_IF_ERROR(TakeEntry(run.entries[taken++]));
      SR_RETURN_IF_ERROR(TakeCheckpoint(checkpoint));
    }
    while (taken < run.entries.size()) SR_RETURN_IF_ERROR(TakeEntry(run.entries[taken++]));
    tree_.ForgetLeaves();
    if (!run.bad) return {};
    if (run.bad->error.code == ErrorCode::kAltered) return Damaged(run.bad->error.message, run.bad->type);
    cut_short_ = run.bad->error.message;
    cut_short_type_ = run.bad->type;
    return {};
  }

  // Holds the journal to the published checkpoint, if that says anything.
  Status CheckPublished(const Expected<std::optional<Checkpoint>>& published) const {
    if (!covered_) return Damaged(cut_short_, cut_short_type_);
    if (!published) return std::unexpected(Error(published.error()).With("published checkpoint"));
    if (!*published) return {};
    const std::uint64_t size = (*published)->size;
    if (covered_->size < size) {
      return Damaged(cut_short_ + "; the published checkpoint covers " + std::to_string(size) + " entries",
                     cut_short_type_);
    }
    if (tree_.RootAt(size) == (*published)->root) return {};
    return Fail(ErrorCode::kAltered, "the published checkpoint's root is not that of the first " +
                                         std::to_string(size) + " entries");
  }

  Status CheckRemembered(const Checkpoint& remembered) const {
    const std::string of = "the checkpoint remembered of it";
    if (remembered.origin != log_keys_.front().name) {
      return Fail(ErrorCode::kAltered, of + " is of '" + remembered.origin + "'");
    }
    if (remembered.size > covered_->size) {
      return Fail(ErrorCode::kRolledBack, of + " has " + std::to_string(remembered.size) + " entries, and " +
                                              std::to_string(covered_->size) + " are there");
    }
    if (tree_.RootAt(remembered.size) == remembered.root) return {};
    return Fail(ErrorCode::kAltered,
                "the first " + std::to_string(remembered.size) + " entries are not those of " + of);
  }

  [[nodiscard]] const Checkpoint& covered() const { return *covered_; }
  [[nodiscard]] std::uint64_t covered_end() const { return covered_end_; }

 private:
  Status TakeEntry(const CheckedRun::EntryFrame& frame) {
    const std::uint64_t index = tree_.size();
    Status taken = [&]() -> Status {
      if (!frame.entry) return Fail(ErrorCode::kAltered, frame.entry.error().message);
      const Timestamp time = TimeOf(*frame.entry);
      if (last_time_ && time < *last_time_) {
        return Fail(ErrorCode::kAltered, "its time is before that of the entry before it");
      }
      last_time_ = time;
      return std::visit([&](const auto& record) { return TakeRecord(index, record); }, *frame.entry);
    }();
    if (!taken) {
      return std::unexpected(std::move(taken).error().With(
          "entry " + std::to_string(index) + ", journal offset " + std::to_string(frame.offset)));
    }
    tree_.Append(frame.leaf_hash);
    return {};
  }

  Status TakeRecord(std::uint64_t index, const AccessRecord& record) {
    index_.Add(index, record);
    if (visit_) visit_(index, record);
    return {};
  }
  Status TakeRecord(std::uint64_t index, const IndexRecord& record) {
    return index_.CheckRecord(index, record);
  }
  Status TakeRecord(std::uint64_t /*index*/, const KeyRecord& record) { return keys_.Change(record); }

  Status TakeCheckpoint(const CheckedRun::CheckpointFrame& frame) {
    const std::string where = "checkpoint over " + std::to_string(tree_.size()) +
                              " entries, journal offset " + std::to_string(frame.offset);
    const auto wrong = [&](std::string_view why) {
      return Fail(ErrorCode::kAltered, where + ": " + std::string(why));
    };
    Status signed_by_its_keys = frame.verified ? keys_.Check(frame.signers) : frame.verified;
    if (!signed_by_its_keys) return std::unexpected(std::move(signed_by_its_keys).error().With(where));
    const Checkpoint& checkpoint = frame.checkpoint;
    if (checkpoint.size != tree_.size()) {
      return wrong("it states " + std::to_string(checkpoint.size) + " entries");
    }
    if (!covered_ && checkpoint.size != 0) return wrong("the first is not that of the empty log");
    if (covered_ && covered_->size == tree_.size()) return wrong("it covers no new entry");
    if (checkpoint.root != tree_.Root()) return wrong("its root is not that of the entries");
    covered_ = checkpoint;
    covered_end_ = frame.end;
    return {};
  }

  // Where the type of what could not be read is not known either, it is the checkpoint over the last entry if
  // that has none yet, and else the next entry; but a journal begins with a checkpoint.
  [[nodiscard]] std::unexpected<Error> Damaged(const std::string& why, std::optional<FrameType> type) const {
    const std::uint64_t size = tree_.size();
    if (!covered_ && size == 0) return Fail(ErrorCode::kAltered, "checkpoint over 0 entries: " + why);
    const bool uncovered = size > (covered_ ? covered_->size : 0);
    const bool is_checkpoint = type ? *type == FrameType::kCheckpoint : uncovered;
    const std::string what = is_checkpoint && size > 0
                                 ? "entry " + std::to_string(size - 1) + ": the checkpoint over it: "
                                 : "entry " + std::to_string(size) + ": ";
    return Fail(ErrorCode::kAltered, what + why);
  }

  std::span<const envelope::NoteKey> log_keys_;
  SigningKeys keys_;
  const RecordVisitor& visit_;
  WatchedTree tree_;
  EntryIndex index_;
  std::optional<Timestamp> last_time_;
  std::optional<Checkpoint> covered_;
  std::uint64_t covered_end_ = 0;
  std::string cut_short_ = "the journal ends before it";
  std::optional<FrameType> cut_short_type_;
};

// Reads the journal, and has its runs checked in threads and then given to the audit in their order.
Status AuditJournal(const File& journal, std::uint64_t end, std::span<const envelope::NoteKey> log_keys,
                    LogAudit& audit) {
  OrderedTasks<CheckedRun> checks([&audit](const CheckedRun& run) { return audit.Take(run); });
  std::uint64_t offset = kJournalHeader.size();
  while (offset < end) {
    SR_ASSIGN_OR_RETURN(Bytes run, ReadRun(journal, offset, end));
    const std::uint64_t begin = offset;
    offset += run.size();
    SR_RETURN_IF_ERROR(
        checks.Start([run = std::move(run), begin, log_keys] { return CheckRun(run, begin, log_keys); }));
  }
  return checks.Finish();
}

// The published checkpoint is not synced: an empty one is what a power cut may leave, and says nothing.
Expected<std::optional<Checkpoint>> VerifyPublished(std::string_view note,
                                                    std::span<const envelope::NoteKey> log_keys) {
  if (note.empty()) return std::optional<Checkpoint>();
  SR_ASSIGN_OR_RETURN(const envelope::Note parsed, envelope::ParseNote(note, kMaxCheckpointSize));
  return VerifyCheckpoint(parsed, log_keys);
}

}  // namespace

Expected<LogVerification> VerifyLog(FileSystem& files, const std::string& directory,
                                    std::span<const envelope::NoteKey> log_keys,
                                    const std::optional<Checkpoint>& remembered, const RecordVisitor& visit) {
  if (log_keys.empty()) return Fail(ErrorCode::kInvalidArgument, "no key of the log is given");
  SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> journal,
                      files.Open(JoinPath(directory, kJournalName), OpenMode::kRead));
  SR_ASSIGN_OR_RETURN(const Bytes note,
                      ReadWhole(files, JoinPath(directory, kCheckpointName), kMaxCheckpointSize));
  SR_ASSIGN_OR_RETURN(const FileIdentity identity, journal->Identity());
  SR_RETURN_IF_ERROR(CheckJournalHeader(*journal));
  const Expected<std::optional<Checkpoint>> published = VerifyPublished(AsText(note), log_keys);
  LogAudit audit(log_keys, visit);
  if (published && *published) audit.Watch((*published)->size);
  if (remembered) audit.Watch(remembered->size);
  SR_RETURN_IF_ERROR(AuditJournal(*journal, identity.size, log_keys, audit));
  SR_RETURN_IF_ERROR(audit.CheckPublished(published));
  if (remembered) SR_RETURN_IF_ERROR(audit.CheckRemembered(*remembered));
  return LogVerification{audit.covered(), remembered ? "remembered checkpoint" : "none",
                         identity.size - audit.covered_end()};
}

Expected<LogVerification> VerifyLog(FileSystem& files, const std::string& directory,
                                    const envelope::NoteKey& log_key,
                                    const std::optional<Checkpoint>& remembered, const RecordVisitor& visit) {
  return VerifyLog(files, directory, std::span(&log_key, 1), remembered, visit);
}

}  // namespace strongroom::log
