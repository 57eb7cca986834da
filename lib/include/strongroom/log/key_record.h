// The record of a log's change of signing key. docs/LOG.md is the schema.
#ifndef STRONGROOM_LOG_KEY_RECORD_H_
#define STRONGROOM_LOG_KEY_RECORD_H_

#include <string_view>

#include "strongroom/base/bytes.h"
#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"
#include "strongroom/envelope/note.h"

namespace strongroom::log {

inline constexpr std::string_view kKeyRecordType = "strongroom.log-key.v1";

enum class KeyChange {
  kRotation,  // the checkpoint over the record is signed by both keys, so that the old one vouches for the
              // new one
  kLoss,      // by the new one alone: whoever reads the log must have learned of it in another way
};

std::string_view Name(KeyChange change);  // "rotation", "loss"

// KeyRecord is an entry of the log: from its checkpoint on, the new key signs. Both keys have the log's name.
struct KeyRecord {
  Timestamp time;
  KeyChange change = KeyChange::kRotation;
  envelope::NoteKey old_key, new_key;
  friend bool operator==(const KeyRecord&, const KeyRecord&) = default;
};

// Canonical JSON, as access records are.
Bytes SerializeKeyRecord(const KeyRecord& record);
// ParseKeyRecord: kMalformed for anything that SerializeKeyRecord does not write, for keys of two names, and
// for a change from a key to itself.
Expected<KeyRecord> ParseKeyRecord(ByteView bytes);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_KEY_RECORD_H_
