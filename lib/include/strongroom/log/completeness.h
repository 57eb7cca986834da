// Answers that leave nothing out: all access records of a log that name a bundle, in one text that shows it
// to whoever has the log's public key. docs/LOG.md specifies the text and what it proves.
#ifndef STRONGROOM_LOG_COMPLETENESS_H_
#define STRONGROOM_LOG_COMPLETENESS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"
#include "strongroom/envelope/note.h"
#include "strongroom/log/entry_index.h"
#include "strongroom/log/log_reader.h"
#include "strongroom/log/record.h"
#include "strongroom/log/witness_policy.h"

namespace strongroom::log {

inline constexpr std::size_t kMaxCompletenessProofSize = std::size_t{256} << 20;

// CompletenessProof shows the entries below an index record that name a key, what the record's index says of
// that key, and every entry from the record on.
struct CompletenessProof {
  struct Entry {
    std::uint64_t index = 0;
    Bytes bytes;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  Digest key{};
  std::uint64_t indexed = 0;  // index of the index record; 0 if there is none, and every entry is shown
  std::optional<PostingsProof> postings;  // nothing where the index is empty
  std::vector<Entry> entries;             // in the order of the log
  std::vector<Digest> hashes;  // of the largest subtrees that hold none of these entries, left to right
  std::string checkpoint_note;
  friend bool operator==(const CompletenessProof&, const CompletenessProof&) = default;
};

// BuildCompletenessProof reads the whole log up to the reader's head. `key` is a bundle's instance or id.
// kAltered, naming the entry, if one is no record or the last index record is false; kInvalidArgument if the
// text would be longer than kMaxCompletenessProofSize. Errors of the reader are passed on.
Expected<CompletenessProof> BuildCompletenessProof(LogReader& reader, const Digest& key);

std::string SerializeCompletenessProof(const CompletenessProof& proof);
// ParseCompletenessProof parses what SerializeCompletenessProof writes; kMalformed, naming the line,
// otherwise. Nothing is verified, and neither entries nor checkpoint are looked into.
Expected<CompletenessProof> ParseCompletenessProof(std::string_view text);

// What an answer must be an answer to.
struct CompletenessQuestion {
  Digest key{};                // a bundle's instance or id
  std::uint64_t min_size = 0;  // of the log: an older answer is none
};

struct CompleteAnswer {
  struct Match {
    std::uint64_t index = 0;
    AccessRecord record;
    friend bool operator==(const Match&, const Match&) = default;
  };
  WitnessedCheckpoint checkpoint;      // the answer is complete for the log of this size, and says no more
  std::optional<Timestamp> last_time;  // of that log's last entry
  std::uint64_t indexed = 0;           // as in CompletenessProof
  std::vector<Match> matches;          // in the order of the log
};

// VerifyCompleteness gives all access records that name the key, among the entries that the proof's
// checkpoint covers: one that VerifyWitnessedCheckpoint accepts, whose errors it gives. That no entry below
// the index record is missing rests on that record, which is the log's word and which VerifyLog checks.
// kAltered if the proof is of another key, or shows more, less or something else than the log holds;
// kRolledBack if its log is smaller than asked for; kMalformed for an entry that is none.
Expected<CompleteAnswer> VerifyCompleteness(const CompletenessProof& proof,
                                            const CompletenessQuestion& question,
                                            std::span<const envelope::NoteKey> log_keys,
                                            const WitnessPolicy& policy,
                                            const std::optional<Freshness>& freshness);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_COMPLETENESS_H_
