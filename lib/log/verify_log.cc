// The audit of a log from its bytes and its public key alone.
#include <algorithm>
#include <utility>

#include "log/journal.h"
#include "strongroom/log/entry.h"
#include "strongroom/log/log.h"
#include "strongroom/log/merkle.h"

namespace strongroom::log {
namespace {

// LogAudit derives a log's tree from its frames and holds every record and checkpoint to it.
class LogAudit {
 public:
  LogAudit(const envelope::NoteKey& log_key, const RecordVisitor& visit) : log_key_(log_key), visit_(visit) {}

  // Takes frames until the journal ends. A last frame that is cut short is kept for CheckPublished: it may be
  // an append that was stopped.
  Status Read(JournalReader& reader) {
    while (true) {
      const auto frame = reader.Next();
      if (!frame && frame.error().code == ErrorCode::kAltered) return Damaged(frame.error().message);
      if (!frame && frame.error().code != ErrorCode::kTruncated) return std::unexpected(frame.error());
      if (!frame) cut_short_ = frame.error().message;
      if (!frame || !*frame) return {};
      if ((*frame)->type == FrameType::kEntry) {
        SR_RETURN_IF_ERROR(TakeEntry(**frame));
      } else {
        SR_RETURN_IF_ERROR(TakeCheckpoint(**frame));
        covered_end_ = reader.offset();
      }
    }
  }

  // Holds the journal to the published checkpoint. An empty one is what a power cut may leave, and says
  // nothing.
  Status CheckPublished(std::string_view note) const {
    if (!covered_) return Damaged(cut_short_);
    if (note.empty()) return {};
    auto published = VerifyCheckpoint(note, log_key_);
    if (!published) return std::unexpected(std::move(published.error()).With("published checkpoint"));
    if (covered_->size < published->size) {
      return Damaged(cut_short_ + "; the published checkpoint covers " + std::to_string(published->size) +
                     " entries");
    }
    if (tree_.Root(published->size) == published->root) return {};
    return Fail(ErrorCode::kAltered, "the published checkpoint's root is not that of the first " +
                                         std::to_string(published->size) + " entries");
  }

  Status CheckRemembered(const Checkpoint& remembered) const {
    const std::string of = "the checkpoint remembered of it";
    if (remembered.origin != log_key_.name) {
      return Fail(ErrorCode::kAltered, of + " is of '" + remembered.origin + "'");
    }
    if (remembered.size > covered_->size) {
      return Fail(ErrorCode::kRolledBack, of + " has " + std::to_string(remembered.size) + " entries, and " +
                                              std::to_string(covered_->size) + " are there");
    }
    if (tree_.Root(remembered.size) == remembered.root) return {};
    return Fail(ErrorCode::kAltered,
                "the first " + std::to_string(remembered.size) + " entries are not those of " + of);
  }

  [[nodiscard]] const Checkpoint& covered() const { return *covered_; }
  [[nodiscard]] std::uint64_t covered_end() const { return covered_end_; }

 private:
  static std::string EntryAt(std::uint64_t index, std::uint64_t offset) {
    return "entry " + std::to_string(index) + ", journal offset " + std::to_string(offset) + ": ";
  }

  Status TakeEntry(const Frame& frame) {
    const std::uint64_t index = tree_.size();
    const auto entry = ParseEntry(frame.payload);
    if (!entry) return Fail(ErrorCode::kAltered, EntryAt(index, frame.offset) + entry.error().message);
    const Timestamp time = TimeOf(*entry);
    if (last_time_ && time < *last_time_) {
      return Fail(ErrorCode::kAltered,
                  EntryAt(index, frame.offset) + "its time is before that of the entry before it");
    }
    last_time_ = time;
    tree_.Append(frame.hash);
    const auto* record = std::get_if<AccessRecord>(&*entry);
    if (visit_ && record != nullptr) visit_(index, *record);
    return {};
  }

  Status TakeCheckpoint(const Frame& frame) {
    const std::string where = "checkpoint over " + std::to_string(tree_.size()) +
                              " entries, journal offset " + std::to_string(frame.offset);
    const auto wrong = [&](std::string_view why) {
      return Fail(ErrorCode::kAltered, where + ": " + std::string(why));
    };
    auto checkpoint = VerifyCheckpoint(AsText(frame.payload), log_key_);
    if (!checkpoint) return std::unexpected(std::move(checkpoint.error()).With(where));
    if (checkpoint->size != tree_.size()) {
      return wrong("it states " + std::to_string(checkpoint->size) + " entries");
    }
    if (covered_ && covered_->size == tree_.size()) return wrong("it covers no new entry");
    if (checkpoint->root != tree_.Root()) return wrong("its root is not that of the entries");
    covered_ = *checkpoint;
    return {};
  }

  // A writer puts a checkpoint after each entry, so what could not be read is either the next entry or the
  // checkpoint over the last one.
  [[nodiscard]] std::unexpected<Error> Damaged(const std::string& why) const {
    const std::uint64_t covered = covered_ ? covered_->size : 0;
    const std::string what =
        "entry " + std::to_string(covered) + (tree_.size() > covered ? ": the checkpoint over it: " : ": ");
    return Fail(ErrorCode::kAltered, what + why);
  }

  const envelope::NoteKey& log_key_;
  const RecordVisitor& visit_;
  MerkleTree tree_;
  std::optional<Timestamp> last_time_;
  std::optional<Checkpoint> covered_;
  std::uint64_t covered_end_ = 0;
  std::string cut_short_ = "the journal ends before it";
};

}  // namespace

Expected<LogVerification> VerifyLog(FileSystem& files, const std::string& directory,
                                    const envelope::NoteKey& log_key,
                                    const std::optional<Checkpoint>& remembered, const RecordVisitor& visit) {
  SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> journal,
                      files.Open(JoinPath(directory, kJournalName), OpenMode::kRead));
  SR_ASSIGN_OR_RETURN(const Bytes note,
                      ReadWhole(files, JoinPath(directory, kCheckpointName), kMaxCheckpointSize));
  SR_ASSIGN_OR_RETURN(const FileIdentity identity, journal->Identity());
  SR_RETURN_IF_ERROR(CheckJournalHeader(*journal));
  JournalReader reader(*journal, kJournalHeader.size(), identity.size);
  LogAudit audit(log_key, visit);
  SR_RETURN_IF_ERROR(audit.Read(reader));
  SR_RETURN_IF_ERROR(audit.CheckPublished(AsText(note)));
  if (remembered) SR_RETURN_IF_ERROR(audit.CheckRemembered(*remembered));
  return LogVerification{audit.covered(), remembered ? "remembered checkpoint" : "none",
                         identity.size - audit.covered_end()};
}

}  // namespace strongroom::log
