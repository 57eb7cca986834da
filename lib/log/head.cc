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

// Whether these bytes, which begin with something that is no batch, hold a checkpoint of this log before
// their end. A batch is begun only when the one before it is durable: so what precedes such a checkpoint was
// acknowledged.
bool HoldsBatchesBeforeTheLast(ByteView bytes, const std::string& origin) {
  const std::string beginning = origin + "\n";
  for (std::size_t i = 0; i + FrameSize(beginning.size()) < bytes.size(); ++i) {
    if (bytes[i] != static_cast<std::uint8_t>(FrameType::kCheckpoint)) continue;
    const ByteView payload = bytes.subspan(i + FrameSize(0) - sizeof(Digest));
    if (!std::ranges::equal(payload.first(beginning.size()), AsBytes(beginning))) continue;
    ByteReader length(bytes.subspan(i + 1), "frame");
    const std::size_t size = *length.U32Le();
    if (size > payload.size() || payload.size() - size <= sizeof(Digest)) continue;
    Bytes frame;
    AppendFrame(FrameType::kCheckpoint, payload.first(size), frame);
    if (std::ranges::equal(frame, bytes.subspan(i, frame.size()))) return true;
  }
  return false;
}

}  // namespace

Expected<Head> Head::At(const ResumePoint& point) {
  Head head;
  if (point.records.size == 0) return head;
  const RecordsSoFar& records = point.records;
  IndexRecord index;
  index.entries = records.size;
  index.keys = records.keys;
  index.root = records.index_root;
  SR_ASSIGN_OR_RETURN(head.index_, EntryIndex::Parse(records.index, index));
  head.tree_ = MerkleTree(records.size, SubtreesBefore(point));
  head.size_ = records.size;
  head.last_time_ = records.last_time;
  head.indexed_ = records.indexed;
  head.end_ = point.offset;
  return head;
}

RecordsSoFar Head::SoFar() {
  return {size_, last_time_, indexed_, index_.keys(), index_.Root(), index_.Serialize()};
}

std::optional<IndexRecord> Head::DueIndexRecord(Timestamp now) {
  if (size_ - indexed_ < kIndexInterval) return std::nullopt;
  return IndexRecord{now, size_, index_.keys(), index_.Root()};
}

void Head::Propose(std::span<const Digest> leaf_hashes) {
  for (const Digest& leaf_hash : leaf_hashes) tree_.Append(leaf_hash);
}

void Head::Withdraw() {
  tree_.Truncate(size_);
}

Status Head::Take(const Entry& entry) {
  if (const auto* access = std::get_if<AccessRecord>(&entry)) index_.Add(size_, *access);
  if (const auto* index = std::get_if<IndexRecord>(&entry)) {
    SR_RETURN_IF_ERROR(index_.CheckRecord(size_, *index));
    indexed_ = size_ + 1;
  }
  last_time_ = TimeOf(entry);
  ++size_;
  if (size_ % kResumeInterval == 0) resumable_ = SoFar();
  return {};
}

Status Head::Accept(std::span<const Entry> entries, Batch batch) {
  const std::uint64_t before = size_;
  for (const Entry& entry : entries) SR_RETURN_IF_ERROR(Take(entry));
  checkpoint_ = std::move(batch.checkpoint);
  note_ = std::move(batch.note);
  batch_begin_ = end_;
  checkpoint_begin_ = batch.checkpoint_begin;
  end_ = batch.end;
  if (before > tree_.begin() + 2 * kLeavesKept) tree_.ForgetBefore(before - kLeavesKept);
  return {};
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
      SR_RETURN_IF_ERROR(head.Accept(reader.entries(), reader.batch()));
      continue;
    }
    head.Withdraw();
    const std::string where = "the checkpoint after entry " + std::to_string(head.tree().size());
    return JournalRest{Error(ErrorCode::kAltered, where + " is not that of the entries"),
                       journal_size - head.end()};
  }
}

Expected<bool> MayBeAStoppedAppend(const File& journal, std::uint64_t begin, std::uint64_t end,
                                   const std::string& origin) {
  if (end - begin > kMaxBatchBytes + FrameSize(kMaxCheckpointSize)) return false;
  Bytes bytes(end - begin);
  SR_RETURN_IF_ERROR(journal.ReadAt(begin, bytes));
  return !HoldsBatchesBeforeTheLast(bytes, origin);
}

}  // namespace strongroom::log
