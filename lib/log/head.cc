#include "log/head.h"

#include <utility>

#include "strongroom/envelope/note.h"

namespace strongroom::log {
namespace {

// Of the leaves before a batch the tree keeps the subtrees that proofs for the batch need; more would only
// cost memory.
constexpr std::uint64_t kLeavesKept = 1 << 16;

Expected<Checkpoint> ReadCheckpoint(std::string_view note) {
  SR_ASSIGN_OR_RETURN(const envelope::Note parsed, envelope::ParseNote(note, kMaxCheckpointSize));
  return ParseCheckpointText(parsed.text);
}

// BatchReader gathers the frames of one batch.
class BatchReader {
 public:
  BatchReader(const File& journal, std::uint64_t begin, std::uint64_t end) : reader_(journal, begin, end) {}

  // Whether there was another batch: false where the journal ends.
  Expected<bool> Next() {
    const std::uint64_t begin = reader_.offset();
    entries_.clear();
    leaf_hashes_.clear();
    while (true) {
      SR_ASSIGN_OR_RETURN(const std::optional<Frame> frame, reader_.Next());
      if (!frame && leaf_hashes_.empty()) return false;
      if (!frame)
        return Fail(ErrorCode::kTruncated, "the journal ends before the checkpoint over its last entries");
      if (reader_.offset() - begin > kMaxBatchBytes) return Fail(ErrorCode::kAltered, "a batch is too long");
      if (frame->type == FrameType::kCheckpoint) return TakeCheckpoint(*frame);
      SR_RETURN_IF_ERROR(TakeEntry(*frame));
    }
  }

  [[nodiscard]] const std::vector<Digest>& leaf_hashes() const { return leaf_hashes_; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] const Head::Batch& batch() const { return batch_; }

 private:
  static std::unexpected<Error> Altered(const Frame& frame, const Error& why) {
    return Fail(ErrorCode::kAltered,
                "frame at journal offset " + std::to_string(frame.offset) + ": " + why.message);
  }

  Status TakeEntry(const Frame& frame) {
    auto entry = ParseEntry(frame.payload);
    if (!entry) return Altered(frame, entry.error());
    entries_.push_back(*std::move(entry));
    leaf_hashes_.push_back(frame.hash);
    return {};
  }

  Expected<bool> TakeCheckpoint(const Frame& frame) {
    auto checkpoint = ReadCheckpoint(AsText(frame.payload));
    if (!checkpoint) return Altered(frame, checkpoint.error());
    batch_.checkpoint = *std::move(checkpoint);
    batch_.note = AsText(frame.payload);
    batch_.checkpoint_begin = frame.offset;
    batch_.end = reader_.offset();
    return true;
  }

  JournalReader reader_;
  std::vector<Entry> entries_;
  std::vector<Digest> leaf_hashes_;
  Head::Batch batch_;
};

bool IsTrouble(const Error& error) {
  return error.code == ErrorCode::kTruncated || error.code == ErrorCode::kAltered;
}

}  // namespace

Head Head::At(const ResumePoint& point) {
  Head head;
  head.tree_ = MerkleTree(point.records.size, SubtreesBefore(point));
  head.records_ = point.records;
  head.end_ = point.offset;
  return head;
}

void Head::Propose(std::span<const Digest> leaf_hashes) {
  for (const Digest& leaf_hash : leaf_hashes) tree_.Append(leaf_hash);
}

void Head::Withdraw() {
  tree_.Truncate(records_.size);
}

void Head::Take(const Entry& entry) {
  records_.last_time = TimeOf(entry);
  ++records_.size;
  if (records_.size % kResumeInterval == 0) resumable_ = records_;
}

void Head::Accept(std::span<const Entry> entries, Batch batch) {
  const std::uint64_t before = records_.size;
  for (const Entry& entry : entries) Take(entry);
  checkpoint_ = std::move(batch.checkpoint);
  note_ = std::move(batch.note);
  batch_begin_ = end_;
  checkpoint_begin_ = batch.checkpoint_begin;
  end_ = batch.end;
  if (before > tree_.begin() + 2 * kLeavesKept) tree_.ForgetBefore(before - kLeavesKept);
}

Expected<JournalRest> ReadBatches(const File& journal, std::uint64_t journal_size, Head& head) {
  BatchReader reader(journal, head.end(), journal_size);
  while (true) {
    const Expected<bool> more = reader.Next();
    if (!more && !IsTrouble(more.error())) return std::unexpected(more.error());
    if (!more) return JournalRest{more.error(), journal_size - head.end()};
    if (!*more) return JournalRest{std::nullopt, 0};
    if (reader.leaf_hashes().empty() && !head.note().empty()) {
      return JournalRest{Error(ErrorCode::kAltered, "a checkpoint covers no new entry"),
                         journal_size - head.end()};
    }
    head.Propose(reader.leaf_hashes());
    const Checkpoint& stated = reader.batch().checkpoint;
    if (stated.size == head.tree().size() && stated.root == head.tree().Root()) {
      head.Accept(reader.entries(), reader.batch());
      continue;
    }
    head.Withdraw();
    const std::string where = "the checkpoint after entry " + std::to_string(head.tree().size());
    return JournalRest{Error(ErrorCode::kAltered, where + " is not that of the entries"),
                       journal_size - head.end()};
  }
}

}  // namespace strongroom::log
