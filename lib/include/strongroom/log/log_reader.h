// Reading a log by its public key: everything that comes out is proven against a signed checkpoint.
#ifndef STRONGROOM_LOG_LOG_READER_H_
#define STRONGROOM_LOG_LOG_READER_H_

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/envelope/note.h"
#include "strongroom/log/checkpoint.h"
#include "strongroom/log/tiled_tree.h"
#include "strongroom/log/tlog_proof.h"
#include "strongroom/log/verified_tiles.h"

namespace strongroom::log {

// LogReader reads the log that one checkpoint signed, from tiles that may be anybody's. What was appended
// since is seen by opening another. Errors beyond those named are those of VerifiedTiles. Not thread-safe.
class LogReader {
 public:
  // Open verifies a signed checkpoint: kMalformed, kUntrusted or kAltered as VerifyCheckpoint. Nothing is
  // read yet. `tiles` must outlive the LogReader.
  static Expected<LogReader> Open(TileReader& tiles, std::string checkpoint_note,
                                  std::span<const envelope::NoteKey> log_keys);

  [[nodiscard]] const Checkpoint& head() const { return head_; }
  [[nodiscard]] const std::string& head_note() const { return note_; }

  // The bytes of an entry; kNotFound beyond the end. Neighbours of the last one asked for are cheap.
  Expected<Bytes> Entry(std::uint64_t index);
  // Shows the entries of [begin, end) in order; end <= head().size. `visit` may stop it with its own error.
  Status Visit(std::uint64_t begin, std::uint64_t end, const EntryVisitor& visit);
  // The proof that an entry is in the log under head(); kNotFound beyond the end.
  Expected<TlogProof> Prove(std::uint64_t index);
  // Whether the log begins with all that an older checkpoint covers: kRolledBack if that covers more,
  // kAltered if it is of another history or another log.
  Status CheckExtends(const Checkpoint& older);

  // The tiles of the log under head(), verified.
  [[nodiscard]] VerifiedTiles& tiles() { return tiles_; }

 private:
  LogReader(TileReader& tiles, Checkpoint head, std::string note)
      : tiles_(tiles, head.size, head.root), head_(std::move(head)), note_(std::move(note)) {}

  VerifiedTiles tiles_;
  Checkpoint head_;
  std::string note_;
};

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_LOG_READER_H_
