// The shards of a stream while they are written: begun as their first run comes, and finished in order.
#ifndef STRONGROOM_BUNDLE_SHARD_SET_H_
#define STRONGROOM_BUNDLE_SHARD_SET_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <thread>

#include "bundle/encrypted_file.h"
#include "bundle/journal.h"
#include "strongroom/base/error.h"
#include "strongroom/bundle/layout.h"
#include "strongroom/store/store.h"

namespace strongroom::bundle {

class ShardSet {
 public:
  // What all of them need; outlives the set.
  struct Place {
    store::Store& store;
    std::shared_ptr<const crypto::BulkCrypto> bulk;
    const BundleKey& key;
    const Instance& instance;
  };
  // Told of each shard, in order, once it is durable. Called on a thread of the set's own.
  using OnFinished = std::function<Status(std::uint32_t shard, FinishedFile file)>;

  ShardSet(const Place& place, std::uint32_t first, OnFinished on_finished);
  ~ShardSet();

  // Encrypts and writes a run of a shard. Safe from many threads; the runs of a shard may come in any order.
  Status WriteRun(RunScratch& scratch, std::uint32_t shard, std::uint64_t run, bool final,
                  std::span<const ByteView> plaintext);
  // Waits until every shard that is whole is durable too; no shard is written after this.
  Status Finish();

 private:
  struct Shard {
    std::unique_ptr<EncryptedFileWriter> writer;
    std::uint64_t runs_done = 0;
    std::uint64_t runs = 0;  // 0 until the final one has come
    FinishedFile finished;   // set when all runs are done
  };

  Expected<Shard*> Begin(std::uint32_t index);
  void MakeDurableInOrder();
  Status MakeDurable(std::uint32_t index, Shard& shard);

  const Place& place_;
  const OnFinished on_finished_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint32_t, std::unique_ptr<Shard>> shards_;  // begun and not yet durable
  std::map<std::uint32_t, std::unique_ptr<Shard>> whole_;   // all runs written
  std::uint32_t next_;                                      // to become durable
  bool no_more_ = false;
  Status result_;
  std::jthread syncing_;  // syncs while others encrypt; the last member, so that it ends first
};

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_SHARD_SET_H_
