// The threads of sealing: each codes blocks and encrypts runs, whichever is there to do.
#ifndef STRONGROOM_BUNDLE_SEAL_STREAM_H_
#define STRONGROOM_BUNDLE_SEAL_STREAM_H_

#include <cstdint>
#include <memory>
#include <stop_token>

#include "bundle/coded_stream.h"
#include "bundle/progress_meter.h"
#include "bundle/shard_set.h"
#include "bundle/source.h"
#include "strongroom/base/error.h"

namespace strongroom::bundle {

// BlockMaker reads and codes blocks. One per thread.
class BlockMaker {
 public:
  explicit BlockMaker(SourceReader& reader) : reader_(reader) {}
  Status Make(const SourceBlock& block, StreamBuffer& out);

 private:
  SourceReader& reader_;
  SourceReader::Handle handle_;
  codec::BlockCoder coder_;
  PlaintextBuffer zeros_{codec::kMaxBlock};  // stands for holes; never written
};

// Codes what `stream` hands out and writes it to `shards`.
Status SealStream(SourceReader& reader, CodedStream& stream, ShardSet& shards, const crypto::BulkCrypto& bulk,
                  unsigned threads, ProgressMeter& meter, std::stop_token stop);

// About how long the stream will be, from coding a sample of its blocks: every one of few, every 64th of
// many.
Expected<std::uint64_t> EstimateStream(const Source& source, SourceReader& reader, unsigned threads,
                                       std::stop_token stop);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_SEAL_STREAM_H_
