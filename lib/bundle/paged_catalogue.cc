#include "bundle/paged_catalogue.h"

#include <algorithm>

namespace strongroom::bundle {
namespace {

constexpr std::size_t kCachedPages = 64;  // 4 MiB

}  // namespace

PagedCatalogue::PagedCatalogue(std::unique_ptr<EncryptedFile> file,
                               std::shared_ptr<const crypto::BulkCrypto> bulk)
    : file_(std::move(file)),
      scratches_([bulk = std::move(bulk)] { return std::make_unique<ReadScratch>(*bulk); }) {}

Status PagedCatalogue::Read(std::uint64_t offset, MutableBytes out) {
  while (!out.empty()) {
    SR_ASSIGN_OR_RETURN(const Page page, Get(offset / kSegmentCapacity));
    const ByteView rest = page->bytes().subspan(offset % kSegmentCapacity);
    const std::size_t size = std::min(rest.size(), out.size());
    std::ranges::copy(rest.first(size), out.begin());
    offset += size;
    out = out.subspan(size);
  }
  return {};
}

Expected<PagedCatalogue::Page> PagedCatalogue::Get(std::uint64_t number) {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(recent_, number, [](const auto& entry) { return entry.first; });
    if (found != recent_.end()) {
      recent_.splice(recent_.begin(), recent_, found);
      return recent_.front().second;
    }
  }
  const std::uint64_t begin = number * kSegmentCapacity;
  auto page = std::make_shared<PlaintextBuffer>(std::min(kSegmentCapacity, size() - begin));
  const auto scratch = scratches_.Borrow();
  SR_RETURN_IF_ERROR(file_->Read(*scratch, begin, page->bytes()));
  const std::scoped_lock lock(mutex_);
  recent_.emplace_front(number, page);
  if (recent_.size() > kCachedPages) recent_.pop_back();
  return page;
}

}  // namespace strongroom::bundle
