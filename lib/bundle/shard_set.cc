#include "bundle/shard_set.h"

#include <utility>

namespace strongroom::bundle {

ShardSet::ShardSet(const Place& place, std::uint32_t first, OnFinished on_finished)
    : place_(place),
      on_finished_(std::move(on_finished)),
      next_(first),
      syncing_([this] { MakeDurableInOrder(); }) {}

ShardSet::~ShardSet() {
  const std::scoped_lock lock(mutex_);
  no_more_ = true;
  changed_.notify_all();
}

Expected<ShardSet::Shard*> ShardSet::Begin(std::uint32_t index) {
  const std::scoped_lock lock(mutex_);
  if (!result_) return std::unexpected(result_.error());
  std::unique_ptr<Shard>& shard = shards_[index];
  if (shard == nullptr) {
    SR_ASSIGN_OR_RETURN(std::unique_ptr<File> file, CreateAnew(place_.store, ShardName(index)));
    const FileKey key = MakeFileKey(place_.bulk, place_.key, place_.instance, KeyUse::kShard, index);
    shard = std::make_unique<Shard>();
    shard->writer = std::make_unique<EncryptedFileWriter>(std::move(file), key);
  }
  return shard.get();
}

Status ShardSet::WriteRun(RunScratch& scratch, std::uint32_t index, std::uint64_t run, bool final,
                          std::span<const ByteView> plaintext) {
  SR_ASSIGN_OR_RETURN(Shard * shard, Begin(index));
  SR_RETURN_IF_ERROR(shard->writer->WriteRun(scratch, run, final, plaintext));
  {
    const std::scoped_lock lock(mutex_);
    if (final) shard->runs = run + 1;
    if (++shard->runs_done != shard->runs) return {};
  }
  // The thread that wrote the last run makes the tree; only the syncing waits for its turn.
  shard->finished.subjects = MakeSubjects(ShardName(index), shard->writer->size(), shard->writer->leaves());
  shard->finished.header = shard->writer->header();
  const std::scoped_lock lock(mutex_);
  whole_[index] = std::move(shards_[index]);
  shards_.erase(index);
  changed_.notify_all();
  return {};
}

void ShardSet::MakeDurableInOrder() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return no_more_ || whole_.contains(next_); });
    const auto found = whole_.find(next_);
    if (found == whole_.end()) return;
    const std::unique_ptr<Shard> shard = std::move(found->second);
    whole_.erase(found);
    lock.unlock();
    Status durable = MakeDurable(next_, *shard);
    lock.lock();
    if (!durable) {
      result_ = std::move(durable);
      return;
    }
    ++next_;
  }
}

Status ShardSet::MakeDurable(std::uint32_t index, Shard& shard) {
  SR_RETURN_IF_ERROR(shard.writer->Sync());
  SR_RETURN_IF_ERROR(WriteLeaves(place_.store, shard.finished.subjects.leaves.name, shard.writer->leaves()));
  SR_RETURN_IF_ERROR(place_.store.SyncNames());
  return on_finished_(index, std::move(shard.finished));
}

Status ShardSet::Finish() {
  {
    const std::scoped_lock lock(mutex_);
    no_more_ = true;
    changed_.notify_all();
  }
  syncing_.join();
  return result_;
}

}  // namespace strongroom::bundle
