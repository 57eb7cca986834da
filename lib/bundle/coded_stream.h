// Puts coded blocks end to end and hands them out again as runs of shards to encrypt. The meeting point of
// the sealing threads: each asks Next() for work, which is a run whose blocks are all there or else the next
// block to code. Per block there is only bookkeeping here; bytes are copied only for blocks that code to
// little, so that they do not each hold a buffer.
#ifndef STRONGROOM_BUNDLE_CODED_STREAM_H_
#define STRONGROOM_BUNDLE_CODED_STREAM_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <utility>
#include <variant>
#include <vector>

#include "bundle/source.h"
#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/bundle/layout.h"
#include "strongroom/codec/block.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom::bundle {

// Where bytes of the stream are kept until they are encrypted.
class StreamBuffer {
 public:
  PlaintextBuffer plaintext{codec::kMaxBlock};
  codec::CodedBlock coded;

 private:
  friend class CodedStream;
  [[nodiscard]] std::span<const ByteView> pieces() const;
  bool gathers = false;  // holds many small coded blocks in `plaintext`, not one in `coded`
  ByteView gathered;
  unsigned users = 0;  // the stream itself, and runs
};

using StreamBuffers = std::vector<std::unique_ptr<StreamBuffer>>;

// A run that can be encrypted.
struct StreamRun {
  std::uint32_t shard = 0;
  std::uint64_t run = 0;
  bool final = false;               // of its shard
  std::vector<ByteView> plaintext;  // valid until Release
  std::vector<StreamBuffer*> buffers;
};

// A block to be coded into a buffer.
struct StreamBlock {
  SourceBlock block;
  StreamBuffer* buffer = nullptr;
};

class CodedStream {
 public:
  struct Options {
    unsigned threads = 1;
    std::uint64_t shard_capacity = 0;  // 0: one shard, however long
    // Called once with the stream's size, when it is known: what it is to be padded to.
    std::function<std::uint64_t(std::uint64_t)> padded_size;
  };
  // Where a resumed stream goes on.
  struct Position {
    std::uint32_t shard = 0;
    Bytes head;  // of its first block, which began in the shard before: the part that lies in this one
    std::vector<std::uint32_t> coded_sizes;  // of all blocks that are done
  };
  // `buffers` are some to use before new ones are made; none may be in use.
  CodedStream(BlockCursor cursor, const Options& options, Position position, StreamBuffers buffers = {});

  using Work = std::variant<std::monostate, StreamBlock, StreamRun>;
  // Waits until there is work; monostate when there will be none any more. kInterrupted when stopped.
  Expected<Work> Next(std::stop_token stop);
  // Takes back a block that was coded.
  void Place(const StreamBlock& block);
  // Takes back a run that was encrypted.
  void Release(const StreamRun& run);

  // Of all blocks placed so far.
  [[nodiscard]] std::vector<std::uint32_t> CodedSizesIn(std::uint32_t shard) const;
  // Once there is no more work.
  [[nodiscard]] const std::vector<std::uint32_t>& coded_sizes() const { return coded_sizes_; }
  [[nodiscard]] std::uint64_t size() const { return placed_; }
  // Gives the buffers up for another stream, once there is no more work.
  [[nodiscard]] StreamBuffers TakeBuffers() && { return std::move(buffers_); }

 private:
  // Stream bytes [begin, end) in a buffer.
  struct Extent {
    std::uint64_t begin = 0, end = 0;
    StreamBuffer* buffer = nullptr;
  };

  [[nodiscard]] std::uint64_t RunBegin() const;
  [[nodiscard]] std::uint64_t ShardEnd() const;
  [[nodiscard]] bool RunReady() const;
  [[nodiscard]] bool CanCode() const { return !cursor_.done() && !free_.empty(); }
  StreamRun TakeRun();
  void PlaceNext(StreamBuffer* buffer);
  void Gather(std::span<const ByteView> pieces, std::uint64_t size);
  void Put(StreamBuffer* buffer, std::uint64_t size);
  void DropTaken(std::uint64_t end);
  void Drop(StreamBuffer* buffer);
  void EndIfAllPlaced();

  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  BlockCursor cursor_;
  StreamBuffers buffers_;
  std::vector<StreamBuffer*> free_;               // to code into
  std::vector<StreamBuffer*> free_gathers_;       // to gather into
  StreamBuffer* gather_ = nullptr;                // being filled
  std::map<std::uint64_t, StreamBuffer*> coded_;  // blocks that wait for those before them
  std::deque<Extent> extents_;
  std::vector<std::uint32_t> coded_sizes_;
  std::vector<std::uint64_t> first_blocks_;  // of each shard: the first block that begins in it
  std::uint64_t placed_ = 0;                 // stream bytes so far
  std::optional<std::uint64_t> end_;         // of the padded stream, once all blocks are placed
  std::uint32_t shard_ = 0;                  // of the next run
  std::uint64_t run_ = 0;
  bool all_taken_ = false;
};

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_CODED_STREAM_H_
