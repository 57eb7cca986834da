// Witnessing (https://c2sp.org/tlog-witness): what a witness answers to add-checkpoint, as a pure function of
// the request and of what it cosigned before, and the messages between a log and a witness. No sockets, no
// files, no clock.
#ifndef STRONGROOM_LOG_WITNESS_H_
#define STRONGROOM_LOG_WITNESS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"
#include "strongroom/crypto/signature.h"
#include "strongroom/envelope/note.h"
#include "strongroom/log/checkpoint.h"
#include "strongroom/log/cosignature.h"

namespace strongroom::log {

inline constexpr std::size_t kMaxAddCheckpointRequest = 128 * 1024;  // bytes

// The body of POST <submission prefix>/add-checkpoint.
struct AddCheckpointRequest {
  std::uint64_t old_size = 0;  // of the checkpoint that the witness cosigned last, as the log knows
  std::vector<Digest> proof;   // of consistency from there, at most 63 hashes; empty from size 0
  std::string checkpoint_note;
  friend bool operator==(const AddCheckpointRequest&, const AddCheckpointRequest&) = default;
};

std::string SerializeAddCheckpointRequest(const AddCheckpointRequest& request);
// ParseAddCheckpointRequest parses what SerializeAddCheckpointRequest writes; kMalformed otherwise.
Expected<AddCheckpointRequest> ParseAddCheckpointRequest(std::string_view body);

// What a witness remembers of a log.
struct WitnessedTree {
  std::uint64_t size = 0;
  Digest root{};
  Timestamp cosigned_at;
  friend bool operator==(const WitnessedTree&, const WitnessedTree&) = default;
};

// WitnessState is everything that a witness remembers, by origin. A witness that loses it, or goes back to an
// older one, may cosign a fork.
using WitnessState = std::map<std::string, WitnessedTree, std::less<>>;

// The state as text, for storage. ParseWitnessState: kMalformed unless SerializeWitnessState gives the text.
std::string SerializeWitnessState(const WitnessState& state);
Expected<WitnessState> ParseWitnessState(std::string_view text);

// Witness is who cosigns, and for whom. `key` must outlive it.
struct Witness {
  std::string name;
  const crypto::Ed25519PrivateKey* key = nullptr;
  std::vector<envelope::NoteKey> logs;  // several of one name are keys of one log
};

// A checkpoint that a log's key signed, and that contradicts what the witness cosigned before.
struct Fork {
  Checkpoint checkpoint;
  std::uint64_t cosigned_size = 0;
};

// The answer to a request. Where `next` is given, it is to be durable before the answer leaves, and no other
// request may be decided meanwhile: two decisions from one state could take back what the first cosigned.
struct AddCheckpointAnswer {
  int status = 0;  // of HTTP
  std::string content_type;
  std::string body;
  std::optional<WitnessState> next;  // what to remember from now on
  std::optional<Fork> fork;          // only with a 422, and only where ShowsFork says so
};

// AnswerAddCheckpoint decides:
//   400  the request does not parse, or its old size is above the checkpoint's
//   404  the checkpoint's origin is no log of this witness
//   403  no log key signed the checkpoint, or the signature of one is wrong
//   409  the old size is not that of the last checkpoint cosigned: the body is that size
//   422  the proof does not lead from that checkpoint to this one; at equal sizes the roots differ; the root
//        of size 0 is not that of the empty tree
//   503  the clock is before the last cosignature's time
//   200  the body is the cosignature's line
AddCheckpointAnswer AnswerAddCheckpoint(std::string_view body, const Witness& witness,
                                        const WitnessState& state, Timestamp now);

// AddCheckpointOutcome is what a log learns from an answer.
struct AddCheckpointOutcome {
  std::string note;  // the checkpoint with the witness's cosignature added; empty on a conflict
  std::optional<std::uint64_t> witness_size;  // on a conflict: prove consistency from here, and ask again
};

// ReadAddCheckpointAnswer reads an answer to a request with this checkpoint. Cosignatures by others than
// `witnesses` are left out, and of those by one key, in the note and in the answer, the latest alone is kept:
// an answer that is played back takes no newer one's place. kUntrusted if none is left, or the witness does
// not trust the log's key (403); kAltered for a cosignature that does not verify, a proof that the witness
// refused (422) and a conflict without a size; kNotFound if it does not know the log (404), kInvalidArgument
// if it could not read the request (400), kMalformed for a body that does not parse or a note that would have
// too many signatures, kUnavailable for any other status.
Expected<AddCheckpointOutcome> ReadAddCheckpointAnswer(std::string_view checkpoint_note, int status,
                                                       std::string_view body,
                                                       std::span<const CosignerKey> witnesses);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_WITNESS_H_
