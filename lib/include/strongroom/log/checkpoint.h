// Checkpoints (https://c2sp.org/tlog-checkpoint@v1.0.0): the signed statement of a log's size and root.
#ifndef STRONGROOM_LOG_CHECKPOINT_H_
#define STRONGROOM_LOG_CHECKPOINT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/crypto/signature.h"
#include "strongroom/envelope/note.h"

namespace strongroom::log {

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

// VerifyCheckpoint gives what the log's key signed: kMalformed, kUntrusted or kAltered as VerifyNote,
// kMalformed for another origin than the key's name.
Expected<Checkpoint> VerifyCheckpoint(std::string_view note, const envelope::NoteKey& log_key);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_CHECKPOINT_H_
