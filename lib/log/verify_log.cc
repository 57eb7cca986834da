// The audit of a log from its bytes and its public keys alone.
#include <algorithm>
#include <map>
#include <utility>

#include "log/head.h"
#include "log/journal.h"
#include "log/journal_run.h"
#include "log/ordered_tasks.h"
#include "strongroom/log/entry_audit.h"
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

// LogAudit derives a log's tree from its frames, in their order, and holds every entry and checkpoint to it.
class LogAudit {
 public:
  LogAudit(std::span<const envelope::NoteKey> log_keys, const RecordVisitor& visit)
      : log_keys_(log_keys), entries_(log_keys), visit_(visit) {}

  // The sizes of which the roots are wanted afterwards.
  void Watch(std::uint64_t size) { tree_.Watch(size); }

  // Takes the next run of frames, unless a bad one was found before: that is kept for CheckRest, for it may
  // be of an append that was stopped.
  Status Take(const CheckedRun& run) {
    if (bad_) return {};
    std::size_t taken = 0;
    for (const CheckedRun::CheckpointFrame& checkpoint : run.checkpoints) {
      while (taken < checkpoint.entries_before) SR_RETURN_IF_ERROR(TakeEntry(run.entries[taken++]));
      SR_RETURN_IF_ERROR(TakeCheckpoint(checkpoint));
    }
    while (taken < run.entries.size()) SR_RETURN_IF_ERROR(TakeEntry(run.entries[taken++]));
    tree_.ForgetLeaves();
    bad_ = run.bad;
    return {};
  }
  [[nodiscard]] bool found_bad() const { return bad_.has_value(); }

  // What follows the last checkpoint must be no more than the append that was stopped may have left.
  Status CheckRest(const File& journal, std::uint64_t end) const {
    if (!covered_) return Damaged("the journal ends before it");
    if (!bad_ || bad_->error.code == ErrorCode::kTruncated) return {};
    SR_ASSIGN_OR_RETURN(const bool stopped,
                        MayBeAStoppedAppend(journal, covered_end_, end, covered_->origin));
    return stopped ? Status() : Damaged("the journal ends before it");
  }

  // Holds the journal to the published checkpoint.
  Status CheckPublished(const Expected<Checkpoint>& published) const {
    if (!published) return std::unexpected(Error(published.error()).With("published checkpoint"));
    const std::uint64_t size = published->size;
    if (covered_->size < size) {
      return Damaged("the journal ends before it",
                     "; the published checkpoint covers " + std::to_string(size) + " entries");
    }
    if (tree_.RootAt(size) == published->root) return {};
    return Fail(ErrorCode::kAltered, "the published checkpoint's root is not that of the first " +
                                         std::to_string(size) + " entries");
  }

  Status CheckRemembered(const Checkpoint& remembered) const {
    const std::string of = "the older checkpoint";
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

  [[nodiscard]] Status CheckHead() const { return entries_.CheckHead(head_signers_); }
  [[nodiscard]] const Checkpoint& covered() const { return *covered_; }
  [[nodiscard]] std::uint64_t covered_end() const { return covered_end_; }

 private:
  Status TakeEntry(const CheckedRun::EntryFrame& frame) {
    const std::uint64_t index = tree_.size();
    Status taken = [&]() -> Status {
      if (!frame.entry) return Fail(ErrorCode::kAltered, frame.entry.error().message);
      SR_RETURN_IF_ERROR(entries_.Take(index, *frame.entry));
      const auto* access = std::get_if<AccessRecord>(&*frame.entry);
      if (visit_ && access != nullptr) visit_(index, *access);
      return {};
    }();
    if (!taken) {
      return std::unexpected(std::move(taken).error().With(
          "entry " + std::to_string(index) + ", journal offset " + std::to_string(frame.offset)));
    }
    tree_.Append(frame.leaf_hash);
    return {};
  }

  Status TakeCheckpoint(const CheckedRun::CheckpointFrame& frame) {
    const std::string where = "checkpoint over " + std::to_string(tree_.size()) +
                              " entries, journal offset " + std::to_string(frame.offset);
    const auto wrong = [&](std::string_view why) {
      return Fail(ErrorCode::kAltered, where + ": " + std::string(why));
    };
    Status signed_by_its_keys = frame.verified ? entries_.CheckCheckpoint(frame.signers) : frame.verified;
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
    head_signers_ = frame.signers;
    return {};
  }

  // What stands where the journal cannot be read on, or `why` it is not there. Where its type is not known
  // either, it is the checkpoint over the last entry if that has none yet, and else the next entry; but a
  // journal begins with a checkpoint.
  [[nodiscard]] std::unexpected<Error> Damaged(std::string why, const std::string& besides = {}) const {
    if (bad_) why = bad_->error.message;
    why += besides;
    const std::uint64_t size = tree_.size();
    if (!covered_ && size == 0) return Fail(ErrorCode::kAltered, "checkpoint over 0 entries: " + why);
    const bool uncovered = size > (covered_ ? covered_->size : 0);
    const bool type_is_known = bad_ && bad_->type;
    const bool is_checkpoint = type_is_known ? bad_->type == FrameType::kCheckpoint : uncovered;
    const std::string what = is_checkpoint && size > 0
                                 ? "entry " + std::to_string(size - 1) + ": the checkpoint over it: "
                                 : "entry " + std::to_string(size) + ": ";
    return Fail(ErrorCode::kAltered, what + why);
  }

  std::span<const envelope::NoteKey> log_keys_;
  EntryAudit entries_;
  const RecordVisitor& visit_;
  WatchedTree tree_;
  std::optional<Checkpoint> covered_;
  std::uint64_t covered_end_ = 0;
  std::vector<std::size_t> head_signers_;  // of that checkpoint
  std::optional<CheckedRun::BadFrame> bad_;
};

// Reads the journal, and has its runs checked in threads and then given to the audit in their order.
Status AuditJournal(const File& journal, std::uint64_t end, std::span<const envelope::NoteKey> log_keys,
                    LogAudit& audit) {
  OrderedTasks<CheckedRun> checks([&audit](const CheckedRun& run) { return audit.Take(run); });
  std::uint64_t offset = kJournalHeader.size();
  while (offset < end && !audit.found_bad()) {
    SR_ASSIGN_OR_RETURN(Bytes run, ReadRun(journal, offset, end));
    const std::uint64_t begin = offset;
    offset += run.size();
    SR_RETURN_IF_ERROR(
        checks.Start([run = std::move(run), begin, log_keys] { return CheckRun(run, begin, log_keys); }));
  }
  return checks.Finish();
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
  const Expected<Checkpoint> published = VerifyCheckpoint(AsText(note), log_keys);
  LogAudit audit(log_keys, visit);
  if (published) audit.Watch(published->size);
  if (remembered) audit.Watch(remembered->size);
  SR_RETURN_IF_ERROR(AuditJournal(*journal, identity.size, log_keys, audit));
  SR_RETURN_IF_ERROR(audit.CheckRest(*journal, identity.size));
  SR_RETURN_IF_ERROR(audit.CheckPublished(published));
  if (remembered) SR_RETURN_IF_ERROR(audit.CheckRemembered(*remembered));
  SR_RETURN_IF_ERROR(audit.CheckHead());
  return LogVerification{audit.covered(), remembered ? "remembered checkpoint" : "none",
                         identity.size - audit.covered_end()};
}

Expected<LogVerification> VerifyLog(FileSystem& files, const std::string& directory,
                                    const envelope::NoteKey& log_key,
                                    const std::optional<Checkpoint>& remembered, const RecordVisitor& visit) {
  return VerifyLog(files, directory, std::span(&log_key, 1), remembered, visit);
}

}  // namespace strongroom::log
