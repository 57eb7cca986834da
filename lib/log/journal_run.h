// Runs of a journal's frames, each checked by itself and so in any thread, before all of them are held to one
// another in their order.
#ifndef STRONGROOM_LOG_JOURNAL_RUN_H_
#define STRONGROOM_LOG_JOURNAL_RUN_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "log/journal.h"
#include "strongroom/base/file.h"
#include "strongroom/envelope/note.h"
#include "strongroom/log/checkpoint.h"
#include "strongroom/log/entry.h"

namespace strongroom::log {

// CheckedRun is what the frames of a run hold. An error ends it: what stands after is not looked at.
struct CheckedRun {
  struct EntryFrame {
    std::uint64_t offset = 0;
    Digest leaf_hash{};
    Expected<Entry> entry;
  };
  struct CheckpointFrame {
    std::size_t entries_before = 0;  // of the run
    std::uint64_t offset = 0;
    std::uint64_t end = 0;
    Checkpoint checkpoint;
    std::vector<std::size_t> signers;  // which of the log's keys signed it
    Status verified;                   // that checkpoint and signers are there
  };
  struct BadFrame {
    Error error;
    std::optional<FrameType> type;  // as far as it can be told
  };

  std::vector<EntryFrame> entries;
  std::vector<CheckpointFrame> checkpoints;
  std::optional<BadFrame> bad;  // after all of those
};

// ReadRun gives the bytes of the next whole frames from `offset` on, of a journal that ends at `end`; where
// no frame is whole, what is there.
Expected<Bytes> ReadRun(const File& journal, std::uint64_t offset, std::uint64_t end);

// CheckRun checks every hash, parses every entry, and verifies every checkpoint's signatures by the log's
// keys, which have one name.
CheckedRun CheckRun(ByteView run, std::uint64_t offset, std::span<const envelope::NoteKey> log_keys);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_JOURNAL_RUN_H_
