// The catalogue of a bundle, read segment by segment as it is needed.
#ifndef STRONGROOM_BUNDLE_PAGED_CATALOGUE_H_
#define STRONGROOM_BUNDLE_PAGED_CATALOGUE_H_

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

#include "bundle/encrypted_file.h"
#include "bundle/scratch_pool.h"
#include "strongroom/bundle/catalogue.h"

namespace strongroom::bundle {

class PagedCatalogue final : public CatalogueBytes {
 public:
  PagedCatalogue(std::unique_ptr<EncryptedFile> file, std::shared_ptr<const crypto::BulkCrypto> bulk);

  [[nodiscard]] std::uint64_t size() const override { return file_->plaintext_size(); }
  Status Read(std::uint64_t offset, MutableBytes out) override;

 private:
  // One segment's plaintext.
  using Page = std::shared_ptr<const PlaintextBuffer>;
  Expected<Page> Get(std::uint64_t number);

  const std::unique_ptr<EncryptedFile> file_;
  ScratchPool<ReadScratch> scratches_;
  std::mutex mutex_;
  std::list<std::pair<std::uint64_t, Page>> recent_;  // the latest first
};

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_PAGED_CATALOGUE_H_
