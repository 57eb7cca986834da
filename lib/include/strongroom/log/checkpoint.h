// Checkpoints (https://c2sp.org/tlog-checkpoint@v1.0.0): the signed statement of a log's size and root.
#ifndef STRONGROOM_LOG_CHECKPOINT_H_
#define STRONGROOM_LOG_CHECKPOINT_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/crypto/signature.h"
#include "strongroom/envelope/note.h"

namespace strongroom::log {

inline constexpr std::size_t kMaxCheckpointSize = 64 * 1024;  // of the signed note, in bytes

struct Checkpoint {
  std::string origin;  // the log's name, and the name of its key
  std::uint64_t size = 0;
  Digest root{};
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The note's text: three lines. ParseCheckpointText refuses extension lines, which nobody could audit:
// kMalformed.
std::string CheckpointText(const Checkpoint& checkpoint);
Expected<Checkpoint> ParseCheckpointText(std::string_view text);

// SignCheckpoint gives the signed note. kInvalidArgument if the origin cannot name a key.
Expected<std::string> SignCheckpoint(const Checkpoint& checkpoint, const crypto::Ed25519PrivateKey& key);

// The same, signed by several keys of one name; at least one.
Expected<std::string> SignCheckpoint(const Checkpoint& checkpoint,
                                     std::span<const crypto::Ed25519PrivateKey* const> keys);

// VerifyCheckpoint gives what the log's key signed: kMalformed, kUntrusted or kAltered as VerifyNote,
// kMalformed for another origin than the key's name.
Expected<Checkpoint> VerifyCheckpoint(std::string_view note, const envelope::NoteKey& log_key);
// The same where several keys are known: the origin must be the name of one of `log_keys` that signed it.
Expected<Checkpoint> VerifyCheckpoint(std::string_view note, std::span<const envelope::NoteKey> log_keys);
// The same of a note that has been parsed.
Expected<Checkpoint> VerifyCheckpoint(const envelope::Note& note,
                                      std::span<const envelope::NoteKey> log_keys);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_CHECKPOINT_H_
