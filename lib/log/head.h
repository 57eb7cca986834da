// The head of a log: what a writer must know of it to append, derived from the frames of its journal.
#ifndef STRONGROOM_LOG_HEAD_H_
#define STRONGROOM_LOG_HEAD_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "log/journal.h"
#include "log/resume_point.h"
#include "strongroom/envelope/note.h"
#include "strongroom/log/checkpoint.h"
#include "strongroom/log/entry.h"
#include "strongroom/log/entry_index.h"
#include "strongroom/log/merkle.h"

namespace strongroom::log {

// Head is the state of a log after its last batch: entries, and the checkpoint over them. A batch is first
// proposed, by its leaf hashes; then accepted or withdrawn. A value type.
class Head {
 public:
  // The head of a log of which no batch has been read yet, to be read from `point` on.
  // kMalformed or kAltered if its index is not what it says.
  static Expected<Head> At(const ResumePoint& point);
  // That of an empty journal.
  Head() = default;

  // The tree, with the entries that are proposed.
  [[nodiscard]] const MerkleTree& tree() const { return tree_; }
  [[nodiscard]] const std::optional<Timestamp>& last_time() const { return last_time_; }
  // Of the last batch; the note is empty before the first.
  [[nodiscard]] const std::string& note() const { return note_; }
  [[nodiscard]] const Checkpoint& checkpoint() const { return checkpoint_; }
  // Where in the journal the last batch begins, the frame of its checkpoint begins, and both end.
  [[nodiscard]] std::uint64_t batch_begin() const { return batch_begin_; }
  [[nodiscard]] std::uint64_t checkpoint_begin() const { return checkpoint_begin_; }
  [[nodiscard]] std::uint64_t end() const { return end_; }
  // The index record that is due as the next entry, if one is.
  [[nodiscard]] std::optional<IndexRecord> DueIndexRecord(Timestamp now);
  // As of the last multiple of kResumeInterval entries that was passed; nothing if none was.
  [[nodiscard]] const std::optional<RecordsSoFar>& resumable() const { return resumable_; }

  // Adds leaves; the checkpoint that covers them is that of tree() then.
  void Propose(std::span<const Digest> leaf_hashes);
  void Withdraw();

  // The end of a batch, as it stands in the journal.
  struct Batch {
    Checkpoint checkpoint;
    std::string note;
    std::uint64_t checkpoint_begin = 0;
    std::uint64_t end = 0;
  };
  // kAltered, and the head is of no use any more, if an index record among the entries does not say what they
  // say.
  Status Accept(std::span<const Entry> entries, Batch batch);

 private:
  Status Take(const Entry& entry);
  [[nodiscard]] RecordsSoFar SoFar();

  MerkleTree tree_;
  std::uint64_t size_ = 0;  // without what is proposed
  std::optional<Timestamp> last_time_;
  std::uint64_t indexed_ = 0;  // one past the last index record
  EntryIndex index_;
  Checkpoint checkpoint_;
  std::string note_;
  std::uint64_t batch_begin_ = 0;
  std::uint64_t checkpoint_begin_ = 0;
  std::uint64_t end_ = kJournalHeader.size();
  std::optional<RecordsSoFar> resumable_;
};

// A batch is one write, and one sync: what a crash can leave half written is no longer than this.
inline constexpr std::uint64_t kMaxBatchBytes = 8 << 20;

// What follows the last whole batch of a journal.
struct JournalRest {
  std::optional<Error> trouble;  // why the next batch is none; nothing where the journal ends
  std::uint64_t bytes = 0;
};

// ReadBatches adds every whole batch that follows in `journal`, up to `journal_size`, to the head. Frames
// that are no batch, entries that do not parse and checkpoints that are not those of the entries are trouble
// in the rest: kTruncated if the journal ends too early, else kAltered. An error is one of reading.
// Signatures are not looked at.
Expected<JournalRest> ReadBatches(const File& journal, std::uint64_t journal_size, Head& head);

// MayBeAStoppedAppend: whether the bytes of a journal from `begin`, where no batch of the log `origin`
// begins, to its `end` may be what an append left that was stopped, for which nobody was answered: at most
// one batch. An error is one of reading.
Expected<bool> MayBeAStoppedAppend(const File& journal, std::uint64_t begin, std::uint64_t end,
                                   const std::string& origin);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_HEAD_H_
