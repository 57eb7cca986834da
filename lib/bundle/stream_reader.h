// The stream, read at any place out of its shards.
#ifndef STRONGROOM_BUNDLE_STREAM_READER_H_
#define STRONGROOM_BUNDLE_STREAM_READER_H_

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "bundle/encrypted_file.h"
#include "strongroom/base/error.h"
#include "strongroom/bundle/layout.h"
#include "strongroom/crypto/bulk.h"
#include "strongroom/store/store.h"

namespace strongroom::bundle {

// Safe from many threads, each with a scratch of its own. Keeps the shards that were read last open, so that
// memory for leaf hashes stays bounded.
class StreamReader {
 public:
  struct Options {
    store::Store& store;
    std::shared_ptr<const crypto::BulkCrypto> bulk;
    const BundleKey& key;  // copied
    Instance instance{};
    std::vector<SubjectPair> shards;
    std::uint64_t capacity = 0;  // stream bytes in a shard
    bool check_leaves = true;
  };
  explicit StreamReader(Options options);

  // Fills `out` with the stream from `offset`; the caller stays inside the shards.
  Status Read(ReadScratch& scratch, std::uint64_t offset, MutableBytes out);
  // Opens a shard, which checks its size, its leaves and its header.
  Expected<std::shared_ptr<EncryptedFile>> Shard(std::uint32_t index);
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  struct Opened {
    std::mutex opening;
    std::shared_ptr<EncryptedFile> file;
  };
  std::shared_ptr<Opened> Find(std::uint32_t index);

  const Options options_;
  const BundleKey key_;
  std::atomic<std::uint64_t> bytes_read_ = 0;
  std::mutex mutex_;
  std::list<std::pair<std::uint32_t, std::shared_ptr<Opened>>> recent_;  // the latest first
};

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_STREAM_READER_H_
