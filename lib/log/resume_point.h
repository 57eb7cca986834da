// Where in a journal a reader may begin: what is before it is in the tiles. docs/LOG.md section 3.3.
#ifndef STRONGROOM_LOG_RESUME_POINT_H_
#define STRONGROOM_LOG_RESUME_POINT_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/clock.h"
#include "strongroom/base/file.h"
#include "strongroom/crypto/signature.h"

namespace strongroom::log {

inline constexpr std::string_view kResumeName = "resume";
// Resume points stand at multiples of this many entries, which are whole tiles.
inline constexpr std::uint64_t kResumeInterval = 4096;

// What a log knows of the records before a resume point that the tree does not tell.
struct RecordsSoFar {
  std::uint64_t size = 0;  // how many entries they are
  std::optional<Timestamp> last_time;
  std::uint64_t indexed = 0;  // one past the last index record, 0 if there is none
  // The EntryIndex over them: how many keys, its root, and itself, serialized.
  std::uint64_t keys = 0;
  Digest index_root{};
  Bytes index;
  friend bool operator==(const RecordsSoFar&, const RecordsSoFar&) = default;
};

// ResumePoint is derived from the journal, and signed by the log's key: what it says of the records is not in
// the tree. Who begins there holds what he gets against the next signed checkpoint, and begins at the start
// if that does not fit.
struct ResumePoint {
  std::uint64_t offset = 0;  // in the journal, after the frame of the last entry before it
  RecordsSoFar records;
  std::vector<std::vector<Digest>>
      rows;  // [i]: the hashes of the partial tile at level i + 1, fewer than 256
  friend bool operator==(const ResumePoint&, const ResumePoint&) = default;
};

Bytes SerializeResumePoint(const ResumePoint& point, const crypto::Ed25519PrivateKey& log_key);
// ParseResumePoint: kMalformed for anything that SerializeResumePoint does not write, kUntrusted if another
// key signed it or a bit of it was changed.
Expected<ResumePoint> ParseResumePoint(ByteView bytes, const crypto::Ed25519PublicKey& log_key);

// The resume point of the log in `directory`, or the journal's start if there is none that this key signed.
// Any other error of reading it is passed on.
Expected<ResumePoint> FindResumePoint(FileSystem& files, const std::string& directory,
                                      const crypto::Ed25519PublicKey& log_key);
ResumePoint StartOfJournal();

// The hashes of the complete subtrees of the first `point.records.size` entries, left to right.
std::vector<Digest> SubtreesBefore(const ResumePoint& point);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_RESUME_POINT_H_
