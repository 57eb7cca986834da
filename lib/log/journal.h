// The journal: the file in which a log's entries and checkpoints stand, one frame after another. docs/LOG.md
// section 3 is its specification.
#ifndef STRONGROOM_LOG_JOURNAL_H_
#define STRONGROOM_LOG_JOURNAL_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "strongroom/base/bytes.h"
#include "strongroom/base/file.h"
#include "strongroom/log/record.h"

namespace strongroom::log {

inline constexpr std::string_view kJournalName = "journal";
inline constexpr std::string_view kCheckpointName = "checkpoint";
inline constexpr std::string_view kJournalHeader = "strongroom.journal.v1\n";

enum class FrameType : std::uint8_t { kEntry = 0, kCheckpoint = 2 };

// Frame is one frame read. Its hash is SHA-256 over the type byte and the payload: for an entry that is the
// leaf hash of RFC 6962.
struct Frame {
  FrameType type = FrameType::kEntry;
  std::uint64_t offset = 0;
  std::uint64_t end = 0;
  ByteView payload;
  Digest hash{};
};

// AppendFrame returns the frame's hash, computed from the payload as it stands in `journal` then.
Digest AppendFrame(FrameType type, ByteView payload, Bytes& journal);
// The bytes of a frame with a payload of this size.
inline constexpr std::size_t FrameSize(std::size_t payload_size) {
  return 1 + 4 + payload_size + sizeof(Digest);
}
inline constexpr std::size_t kMaxFrameSize = FrameSize(kMaxRecordSize);

// ReadFrame gives the first frame of `bytes`, which stand at `offset` of the journal: kTruncated if they end
// before it does, kAltered if its type, length or hash is wrong.
Expected<Frame> ReadFrame(ByteView bytes, std::uint64_t offset);
// What kind of frame begins here, though ReadFrame refuses it: the one that its hash is right for, or else
// the one that it says it is. Nothing if that cannot be told.
std::optional<FrameType> TypeOfDamagedFrame(ByteView bytes);
// How many of `bytes` are whole frames, by the lengths that they state.
std::size_t WholeFrames(ByteView bytes);

// CheckJournalHeader: kTruncated or kMalformed unless the file begins as a journal does.
Status CheckJournalHeader(const File& journal);

// JournalReader reads the frames of [begin, end) in order, holding at most a window of the file. The file
// must outlive it.
class JournalReader {
 public:
  JournalReader(const File& journal, std::uint64_t begin, std::uint64_t end)
      : journal_(journal), next_(begin), end_(end) {}

  // The next frame, borrowed until the next call; nothing at the end. kTruncated if the file ends inside the
  // frame, kAltered if its hash or its type is wrong. After an error offset() is where the bad frame begins.
  Expected<std::optional<Frame>> Next();
  [[nodiscard]] std::uint64_t offset() const { return next_; }  // the end of the frames read so far

 private:
  Expected<ByteView> Peek();

  const File& journal_;
  std::uint64_t next_;
  std::uint64_t end_;
  Bytes window_;
  std::uint64_t window_offset_ = 0;
};

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_JOURNAL_H_
