#include "strongroom/log/completeness.h"

#include <utility>
#include <variant>

#include "log/multiproof.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/log/entry.h"

namespace strongroom::log {
namespace {

constexpr std::size_t kSubtreesAtOnce = 4096;  // a TiledTree keeps the tiles that it has read
constexpr std::size_t kMaxEntryLine = 256;     // what a line may hold beside the entry's bytes, and a hash

std::unexpected<Error> Wrong(std::uint64_t index, std::string_view why) {
  return Fail(ErrorCode::kAltered, "entry " + std::to_string(index) + ": " + std::string(why));
}

// What a log's entry at `index` is.
Expected<Entry> EntryAt(std::uint64_t index, ByteView bytes) {
  auto entry = ParseEntry(bytes);
  if (!entry) return Wrong(index, entry.error().message);
  return entry;
}

struct PlacedIndexRecord {
  std::uint64_t index = 0;
  IndexRecord record;
};

// Reads bundle after bundle from the end.
Expected<std::optional<PlacedIndexRecord>> LastIndexRecord(LogReader& reader) {
  std::optional<PlacedIndexRecord> last;
  for (std::uint64_t end = reader.head().size; end > 0 && !last;) {
    const std::uint64_t begin = (end - 1) / kTileWidth * kTileWidth;
    SR_RETURN_IF_ERROR(reader.Visit(begin, end, [&](std::uint64_t index, ByteView bytes) -> Status {
      SR_ASSIGN_OR_RETURN(const Entry entry, EntryAt(index, bytes));
      if (const auto* record = std::get_if<IndexRecord>(&entry)) last = {index, *record};
      return {};
    }));
    end = begin;
  }
  return last;
}

class ProofBuilder {
 public:
  ProofBuilder(LogReader& reader, const Digest& key) : reader_(reader) {
    proof_.key = key;
    proof_.checkpoint_note = reader.head_note();
  }

  // The entries before the record that name the key, and what the index says of it.
  Status ReadIndexed(const PlacedIndexRecord& last) {
    EntryIndex index;
    proof_.indexed = last.index;
    SR_RETURN_IF_ERROR(reader_.Visit(0, last.index, [&](std::uint64_t at, ByteView bytes) -> Status {
      SR_ASSIGN_OR_RETURN(const Entry entry, EntryAt(at, bytes));
      const auto* access = std::get_if<AccessRecord>(&entry);
      if (access == nullptr) return {};
      index.Add(at, *access);
      return Names(*access, proof_.key) ? Show(at, bytes) : Status();
    }));
    if (auto checked = index.CheckRecord(last.index, last.record); !checked) {
      return Wrong(last.index, checked.error().message);
    }
    proof_.postings = index.Prove(proof_.key);
    return {};
  }

  // All others.
  Status ReadTail() {
    return reader_.Visit(proof_.indexed, reader_.head().size,
                         [&](std::uint64_t at, ByteView bytes) { return Show(at, bytes); });
  }

  Status ReadHashes() {
    std::vector<std::uint64_t> indexes;
    for (const CompletenessProof::Entry& entry : proof_.entries) indexes.push_back(entry.index);
    std::optional<TiledTree> tree;
    for (const LeafRange& range : MultiproofRanges(indexes, reader_.head().size)) {
      if (proof_.hashes.size() % kSubtreesAtOnce == 0) tree.emplace(reader_.tiles(), reader_.head().size);
      SR_ASSIGN_OR_RETURN(proof_.hashes.emplace_back(), tree->HashOf(range));
    }
    return {};
  }

  CompletenessProof Take() && { return std::move(proof_); }

 private:
  Status Show(std::uint64_t index, ByteView bytes) {
    SR_RETURN_IF_ERROR(EntryAt(index, bytes));
    size_ += kMaxEntryLine + bytes.size();
    if (size_ > kMaxCompletenessProofSize) {
      return Fail(ErrorCode::kInvalidArgument, "the proof would be longer than 256 MiB",
                  "export the log and verify it whole");
    }
    proof_.entries.push_back({index, ToBytes(bytes)});
    return {};
  }

  LogReader& reader_;
  CompletenessProof proof_;
  std::size_t size_ = 0;  // of the text, roughly
};

// AnswerReader goes through the entries of a proof that are known to be in the log, and holds them to what
// the proof must show.
class AnswerReader {
 public:
  AnswerReader(const CompletenessProof& proof, std::uint64_t log_size) : proof_(proof), log_size_(log_size) {
    answer_.indexed = proof.indexed;
  }

  Status Read() {
    for (const CompletenessProof::Entry& entry : proof_.entries) {
      SR_ASSIGN_OR_RETURN(const Entry record, EntryAt(entry.index, entry.bytes));
      SR_RETURN_IF_ERROR(entry.index < proof_.indexed ? TakeIndexed(entry.index, record)
                                                      : TakeTail(entry.index, record));
      Match(entry.index, record);
    }
    if (next_of_tail_ == log_size_) return {};
    return Wrong(next_of_tail_, "the proof does not show it");
  }

  CompleteAnswer Take() && { return std::move(answer_); }

 private:
  bool NamesKey(const Entry& record) const {
    const auto* access = std::get_if<AccessRecord>(&record);
    return access != nullptr && Names(*access, proof_.key);
  }

  void Match(std::uint64_t index, const Entry& record) {
    if (NamesKey(record)) answer_.matches.push_back({index, std::get<AccessRecord>(record)});
    answer_.last_time = TimeOf(record);
  }

  Status TakeIndexed(std::uint64_t index, const Entry& record) {
    if (!NamesKey(record)) return Wrong(index, "it does not name the bundle");
    shown_.Count(index);
    return {};
  }

  Status TakeTail(std::uint64_t index, const Entry& record) {
    if (index != next_of_tail_) return Wrong(next_of_tail_, "the proof does not show it");
    ++next_of_tail_;
    if (proof_.indexed == 0 || index != proof_.indexed) return {};
    const auto* index_record = std::get_if<IndexRecord>(&record);
    if (index_record == nullptr || index_record->entries != index) {
      return Wrong(index, "it is not the index record of the entries before it");
    }
    return CheckShown(*index_record);
  }

  // The index record stands behind all entries that it speaks of.
  Status CheckShown(const IndexRecord& record) const {
    SR_ASSIGN_OR_RETURN(const Postings stated, VerifyPostings(proof_.postings, proof_.key, record.root));
    if (stated == shown_) return {};
    return Wrong(proof_.indexed,
                 "its index has " + std::to_string(stated.count) +
                     " entries that name the bundle, and the proof shows " +
                     (stated.count == shown_.count ? "others" : std::to_string(shown_.count)));
  }

  const CompletenessProof& proof_;
  std::uint64_t log_size_;
  std::uint64_t next_of_tail_ = proof_.indexed;
  Postings shown_{.key = proof_.key};
  CompleteAnswer answer_;
};

Status VerifyEntries(const CompletenessProof& proof, const Checkpoint& checkpoint) {
  std::vector<std::uint64_t> indexes;
  std::vector<Digest> leaf_hashes;
  for (const CompletenessProof::Entry& entry : proof.entries) {
    indexes.push_back(entry.index);
    leaf_hashes.push_back(crypto::MerkleLeafHash(entry.bytes));
  }
  return VerifyMultiproof(indexes, leaf_hashes, checkpoint.size, proof.hashes, checkpoint.root);
}

Status CheckQuestion(const CompletenessProof& proof, const CompletenessQuestion& question,
                     std::uint64_t log_size) {
  if (proof.key != question.key) {
    return Fail(ErrorCode::kAltered,
                "the proof is of " + Hex(proof.key) + ", and not of " + Hex(question.key));
  }
  if (log_size < question.min_size) {
    return Fail(ErrorCode::kRolledBack, "the proof is of a log of " + std::to_string(log_size) +
                                            " entries, and the log has at least " +
                                            std::to_string(question.min_size));
  }
  if (proof.indexed == 0 && proof.postings) {
    return Fail(ErrorCode::kAltered, "the proof has a place in an index, and no index record");
  }
  if (proof.indexed == 0 || proof.indexed < log_size) return {};
  return Fail(ErrorCode::kAltered, "the proof's index record is beyond the log's end");
}

}  // namespace

Expected<CompletenessProof> BuildCompletenessProof(LogReader& reader, const Digest& key) {
  ProofBuilder builder(reader, key);
  SR_ASSIGN_OR_RETURN(const auto last, LastIndexRecord(reader));
  if (last) SR_RETURN_IF_ERROR(builder.ReadIndexed(*last));
  SR_RETURN_IF_ERROR(builder.ReadTail());
  SR_RETURN_IF_ERROR(builder.ReadHashes());
  return std::move(builder).Take();
}

Expected<CompleteAnswer> VerifyCompleteness(const CompletenessProof& proof,
                                            const CompletenessQuestion& question,
                                            std::span<const envelope::NoteKey> log_keys,
                                            const WitnessPolicy& policy,
                                            const std::optional<Freshness>& freshness) {
  SR_ASSIGN_OR_RETURN(WitnessedCheckpoint witnessed,
                      VerifyWitnessedCheckpoint(proof.checkpoint_note, log_keys, policy, freshness));
  SR_RETURN_IF_ERROR(CheckQuestion(proof, question, witnessed.checkpoint.size));
  SR_RETURN_IF_ERROR(VerifyEntries(proof, witnessed.checkpoint));
  AnswerReader reader(proof, witnessed.checkpoint.size);
  SR_RETURN_IF_ERROR(reader.Read());
  CompleteAnswer answer = std::move(reader).Take();
  answer.checkpoint = std::move(witnessed);
  return answer;
}

}  // namespace strongroom::log
