#include "bundle/recut.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "bundle/tasks.h"

namespace strongroom::bundle {
namespace {

struct RecutScratch {
  explicit RecutScratch(const crypto::BulkCrypto& bulk) : read(bulk), write(bulk) {}
  ReadScratch read;
  RunScratch write;
  PlaintextBuffer plaintext{kRunCapacity};
};

}  // namespace

Expected<std::vector<FinishedFile>> Recut(StreamReader& stream, std::uint64_t stream_size,
                                          const ShardPlan& plan, const ShardSet::Place& place,
                                          unsigned threads, std::stop_token stop) {
  std::vector<FinishedFile> finished;
  ShardSet shards(place, 0, [&](std::uint32_t, FinishedFile file) -> Status {
    finished.push_back(std::move(file));
    return {};
  });
  const std::uint64_t runs = RunCount(plan.capacity);
  SR_RETURN_IF_ERROR(ForEachTask(
      threads, plan.shards * runs, stop, [&] { return std::make_unique<RecutScratch>(*place.bulk); },
      [&](std::unique_ptr<RecutScratch>& scratch, std::uint64_t i) -> Status {
        const std::uint64_t in_shard = i % runs * kRunCapacity, begin = i / runs * plan.capacity + in_shard;
        const MutableBytes plaintext =
            scratch->plaintext.bytes().first(std::min(kRunCapacity, plan.capacity - in_shard));
        const std::uint64_t there =
            std::min<std::uint64_t>(plaintext.size(), stream_size - std::min(stream_size, begin));
        SR_RETURN_IF_ERROR(stream.Read(scratch->read, begin, plaintext.first(there)));
        std::ranges::fill(plaintext.subspan(there), std::uint8_t{0});
        const ByteView piece = plaintext;
        return shards.WriteRun(scratch->write, static_cast<std::uint32_t>(i / runs), i % runs,
                               i % runs + 1 == runs, std::span(&piece, 1));
      }));
  SR_RETURN_IF_ERROR(shards.Finish());
  return finished;
}

}  // namespace strongroom::bundle
