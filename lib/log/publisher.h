// What derives from a log's journal for readers: tiles, entry bundles, checkpoints and the resume point.
#ifndef STRONGROOM_LOG_PUBLISHER_H_
#define STRONGROOM_LOG_PUBLISHER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "log/journal.h"
#include "log/resume_point.h"
#include "log/tile_levels.h"
#include "strongroom/base/file.h"
#include "strongroom/log/checkpoint.h"

namespace strongroom::log {

inline constexpr std::string_view kPublicName = "public";

// How far to publish: to a checkpoint that is durable in the journal.
struct PublicationTarget {
  Checkpoint checkpoint;
  std::string note;
  std::uint64_t end = 0;                           // of its frame in the journal
  std::optional<RecordsSoFar> resumable;           // see Head::resumable
  const crypto::Ed25519PrivateKey* key = nullptr;  // borrowed; signs the resume point
};

// Publisher reads the journal and writes DIRECTORY/public, DIRECTORY/checkpoint and DIRECTORY/resume. Readers
// find each file whole, and tiles before the checkpoint that needs them. Full tiles are durable before the
// resume point passes them; what else a power cut takes is written anew, for each run begins at the resume
// point. Borrows `files`. Not thread-safe, but independent of who appends to the journal meanwhile.
class Publisher {
 public:
  // Where `cosigned_only`, DIRECTORY/public/checkpoint is left to whoever gathers cosignatures.
  Publisher(FileSystem& files, std::string directory, bool cosigned_only);
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // kAltered if the journal's entries are not those of the checkpoint. After any error the next call begins
  // again at the resume point.
  Status CatchUp(const PublicationTarget& target);

 private:
  struct Progress;

  Status Begin(const crypto::Ed25519PublicKey& log_key);
  [[nodiscard]] Expected<bool> HasTilesOf(const ResumePoint& point) const;
  Status ReadTo(const PublicationTarget& target);
  Status Take(const Frame& frame, std::uint64_t end);
  Status PutTile(const TileId& tile, std::span<const Digest> hashes);
  Status PutBundle();
  Status PutDerived(const TileId& tile, ByteView bytes);
  Status Put(const std::string& path, ByteView bytes, bool durable);
  Status MakeDirectories(const std::string& path);
  Status PutCheckpoints(const PublicationTarget& target);
  Status MoveResumePoint(const PublicationTarget& target);
  Status SyncWritten();

  FileSystem* files_;
  std::string directory_;
  bool cosigned_only_;
  std::unique_ptr<Progress> progress_;
};

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_PUBLISHER_H_
