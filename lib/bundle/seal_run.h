// The long part of sealing, from a journal that may already say something to a directory whose every file but
// the envelopes is durable.
#ifndef STRONGROOM_BUNDLE_SEAL_RUN_H_
#define STRONGROOM_BUNDLE_SEAL_RUN_H_

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "bundle/journal.h"
#include "bundle/parity.h"
#include "bundle/progress_meter.h"
#include "bundle/shard_set.h"
#include "bundle/source.h"
#include "bundle/stream_reader.h"
#include "strongroom/base/error.h"
#include "strongroom/bundle/seal.h"
#include "strongroom/store/store.h"

namespace strongroom::bundle {

// What a seal works on. Borrowed; outlives the run.
struct SealJob {
  FileSystem& files;
  const SealOptions& options;
  const Source& source;
  const BundleKey& key;
  const Instance& instance;
  std::string directory;  // OUTPUT.partial
  Journal& journal;
};

// The first shards that an earlier run made and that are whole still: their sizes and headers are those that the journal knows.
std::vector<FinishedFile> FinishedShards(store::Store& store, const JournalContents& contents);

class SealRun {
 public:
  SealRun(const SealJob& job, JournalContents contents, ProgressMeter& meter, std::stop_token stop);

  Expected<SealedFiles> Run();

 private:
  // Puts shards that were cut anew in the place of the others, if a run was interrupted before it did.
  Status FinishRecut();
  Status MakePlan();
  // The stream's blocks into shards; after this `stream_size_`, `coded_sizes_` and `shards_` are whole.
  Status WriteStream();
  Expected<Bytes> HeadOfNextShard(const std::vector<std::uint32_t>& coded_sizes);
  Status RecutIfNeeded();
  Status WriteCatalogue();
  Status WriteParityFiles();
  Status WriteParityGroup(const ParityGroup& group, std::uint64_t length);
  Status RemoveStrays();
  Expected<SealedFiles> Collect();

  [[nodiscard]] std::uint64_t ShardSize(std::uint64_t stream_size) const;
  // What the stream is padded to if the plan holds for it, else its own size.
  [[nodiscard]] std::uint64_t PaddedByPlan(std::uint64_t stream_size) const;
  [[nodiscard]] bool PlanHolds(std::uint64_t stream_size) const;
  [[nodiscard]] std::uint64_t PlannedCapacity() const;
  StreamReader OpenStream();

  const SealJob& job_;
  JournalContents contents_;
  ProgressMeter& meter_;
  const std::stop_token stop_;
  const unsigned threads_;
  const std::unique_ptr<store::Store> store_;
  const ShardSet::Place place_;
  SourceReader reader_;
  ShardPlan plan_;  // capacity 0: one shard, as long as the stream
  std::uint64_t stream_size_ = 0;
  std::vector<std::uint32_t> coded_sizes_;
  std::vector<FinishedFile> shards_, parity_;
  SubjectPair catalogue_;
};

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_SEAL_RUN_H_
