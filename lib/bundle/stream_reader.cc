#include "bundle/stream_reader.h"

#include <algorithm>
#include <utility>

namespace strongroom::bundle {
namespace {

constexpr std::size_t kOpenShards = 16;

}  // namespace

StreamReader::StreamReader(Options options) : options_(std::move(options)), key_(options_.key.Clone()) {}

Status StreamReader::Read(ReadScratch& scratch, std::uint64_t offset, MutableBytes out) {
  while (!out.empty()) {
    SR_ASSIGN_OR_RETURN(const auto shard, Shard(static_cast<std::uint32_t>(offset / options_.capacity)));
    const std::uint64_t at = offset % options_.capacity;
    const std::uint64_t size = std::min<std::uint64_t>(out.size(), options_.capacity - at);
    SR_RETURN_IF_ERROR(shard->Read(scratch, at, out.first(size)));
    offset += size;
    out = out.subspan(size);
  }
  return {};
}

Expected<std::shared_ptr<EncryptedFile>> StreamReader::Shard(std::uint32_t index) {
  const std::shared_ptr<Opened> opened = Find(index);
  const std::scoped_lock lock(opened->opening);
  if (opened->file == nullptr) {
    const FileKey key = MakeFileKey(options_.bulk, key_, options_.instance, KeyUse::kShard, index);
    SR_ASSIGN_OR_RETURN(opened->file, EncryptedFile::Open(options_.store, options_.shards.at(index), key,
                                                          options_.check_leaves, bytes_read_));
  }
  return opened->file;
}

std::shared_ptr<StreamReader::Opened> StreamReader::Find(std::uint32_t index) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::find(recent_, index, [](const auto& entry) { return entry.first; });
  if (found != recent_.end()) {
    recent_.splice(recent_.begin(), recent_, found);
  } else {
    recent_.emplace_front(index, std::make_shared<Opened>());
    if (recent_.size() > kOpenShards) recent_.pop_back();
  }
  return recent_.front().second;
}

}  // namespace strongroom::bundle
