// Proofs that an entry is in a log, for offline verification (https://c2sp.org/tlog-proof): index, inclusion
// proof and signed checkpoint in one text, by custom in a file with the extension .tlog-proof.
#ifndef STRONGROOM_LOG_TLOG_PROOF_H_
#define STRONGROOM_LOG_TLOG_PROOF_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/envelope/note.h"
#include "strongroom/log/witness_policy.h"

namespace strongroom::log {

inline constexpr std::size_t kMaxTlogProofSize = 1 << 20;

struct TlogProof {
  std::uint64_t index = 0;
  std::vector<Digest> hashes;  // of the inclusion proof, leaf to root; at most 64
  std::string checkpoint_note;
  std::optional<Bytes> extra;  // not empty; whatever somebody put there: nothing vouches for it
  friend bool operator==(const TlogProof&, const TlogProof&) = default;
};

std::string SerializeTlogProof(const TlogProof& proof);

// ParseTlogProof parses what SerializeTlogProof writes; kMalformed otherwise. Nothing is verified, and the
// checkpoint is not looked into.
Expected<TlogProof> ParseTlogProof(std::string_view text);

// VerifyTlogProof shows that the bytes `entry` are in the log at the proof's index, and returns the
// checkpoint under which they are: one that VerifyWitnessedCheckpoint accepts, whose errors it gives.
// kAltered if the entry is not there.
Expected<WitnessedCheckpoint> VerifyTlogProof(const TlogProof& proof, ByteView entry,
                                              std::span<const envelope::NoteKey> log_keys,
                                              const WitnessPolicy& policy,
                                              const std::optional<Freshness>& freshness);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_TLOG_PROOF_H_
