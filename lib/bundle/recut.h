// Cutting the stream anew when its length turned out not to fit the plan: shards are decrypted and encrypted
// again, nothing is coded.
#ifndef STRONGROOM_BUNDLE_RECUT_H_
#define STRONGROOM_BUNDLE_RECUT_H_

#include <cstdint>
#include <stop_token>
#include <vector>

#include "bundle/journal.h"
#include "bundle/shard_set.h"
#include "bundle/stream_reader.h"
#include "strongroom/base/error.h"

namespace strongroom::bundle {

// Writes the first `stream_size` bytes that `stream` reads, and zeros up to the plan's end, as the plan's
// shards; all durable on return.
Expected<std::vector<FinishedFile>> Recut(StreamReader& stream, std::uint64_t stream_size,
                                          const ShardPlan& plan, const ShardSet::Place& place,
                                          unsigned threads, std::stop_token stop);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_RECUT_H_
