// What an opened bundle consists of.
#ifndef STRONGROOM_BUNDLE_BUNDLE_STATE_H_
#define STRONGROOM_BUNDLE_BUNDLE_STATE_H_

#include <atomic>
#include <memory>

#include "bundle/block_reader.h"
#include "bundle/scratch_pool.h"
#include "bundle/stream_reader.h"
#include "strongroom/bundle/read.h"

namespace strongroom::bundle {

struct Bundle::State {
  std::shared_ptr<store::Store> store;
  std::shared_ptr<const crypto::BulkCrypto> bulk;
  Manifest manifest;
  Digest bundle_id{};
  std::atomic<std::uint64_t> catalogue_bytes_read = 0;
  std::unique_ptr<CatalogueReader> catalogue;
  std::unique_ptr<StreamReader> stream;
  std::uint64_t padded_size = 0;  // of the stream
  std::unique_ptr<ScratchPool<BlockScratch>> scratches;
};

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_BUNDLE_STATE_H_
