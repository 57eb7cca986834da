#include "bundle/coded_stream.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <utility>

#include "bundle/encrypted_run.h"
#include "bundle/pieces.h"
#include "bundle/tasks.h"

namespace strongroom::bundle {
namespace {

// Blocks that code to less are gathered, so that a run never needs more than kRunCapacity / kGatherBelow
// buffers.
constexpr std::uint64_t kGatherBelow = 128 * 1024;
constexpr std::size_t kBuffersInRun = kRunCapacity / kGatherBelow + 2;
constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();

constexpr std::array<std::uint8_t, kSegmentSize> kPadding{};

}  // namespace

std::span<const ByteView> StreamBuffer::pieces() const {
  return gathers ? std::span(&gathered, 1) : coded.pieces();
}

CodedStream::CodedStream(BlockCursor cursor, const Options& options, Position position, StreamBuffers buffers)
    : options_(options),
      cursor_(std::move(cursor)),
      buffers_(std::move(buffers)),
      coded_sizes_(std::move(position.coded_sizes)),
      shard_(position.shard) {
  for (std::size_t i = 0; i < coded_sizes_.size(); ++i) cursor_.Next();
  const std::size_t wanted = options.threads + options.threads / 2 + kBuffersInRun;
  while (buffers_.size() < wanted) buffers_.push_back(std::make_unique<StreamBuffer>());
  for (const auto& buffer : buffers_) {
    buffer->gathers = false;
    buffer->users = 0;
    free_.push_back(buffer.get());
  }
  placed_ = std::reduce(coded_sizes_.begin(), coded_sizes_.end(), std::uint64_t{0}) - position.head.size();
  first_blocks_.assign(std::size_t{shard_} + 1, coded_sizes_.size());
  const ByteView head = position.head;
  if (!head.empty()) Gather(std::span(&head, 1), head.size());
  EndIfAllPlaced();
}

std::uint64_t CodedStream::RunBegin() const {
  return options_.shard_capacity * shard_ + run_ * kRunCapacity;
}

std::uint64_t CodedStream::ShardEnd() const {
  const std::uint64_t end = end_.value_or(kNoEnd);
  return options_.shard_capacity == 0 ? end
                                      : std::min(end, options_.shard_capacity * (shard_ + std::uint64_t{1}));
}

bool CodedStream::RunReady() const {
  if (all_taken_) return false;
  if (end_) return true;
  const std::uint64_t end = std::min(RunBegin() + kRunCapacity, ShardEnd());
  // A full run in the middle is known not to be the last one only when more follows.
  return placed_ > end || (placed_ == end && end == ShardEnd());
}

Expected<CodedStream::Work> CodedStream::Next(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [&] { return RunReady() || CanCode() || all_taken_; });
  if (stop.stop_requested()) return Interrupted();
  if (RunReady()) return Work(TakeRun());
  if (all_taken_) return Work();
  StreamBuffer* buffer = free_.back();
  free_.pop_back();
  return Work(StreamBlock{cursor_.Next(), buffer});
}

StreamRun CodedStream::TakeRun() {
  const std::uint64_t begin = RunBegin(), shard_end = ShardEnd(),
                      end = std::min(begin + kRunCapacity, shard_end);
  StreamRun run{.shard = shard_, .run = run_, .final = end == shard_end, .plaintext = {}, .buffers = {}};
  std::uint64_t taken = begin;
  for (const Extent& extent : extents_) {
    if (extent.begin >= end) break;
    AppendRange(extent.buffer->pieces(), taken - extent.begin, std::min(end, extent.end) - extent.begin,
                run.plaintext);
    taken = std::min(end, extent.end);
    run.buffers.push_back(extent.buffer);
    ++extent.buffer->users;
  }
  for (; taken < end; taken += run.plaintext.back().size()) {
    run.plaintext.push_back(ByteView(kPadding).first(std::min<std::uint64_t>(kPadding.size(), end - taken)));
  }
  DropTaken(end);
  ++run_;
  if (run.final) {
    ++shard_;
    run_ = 0;
  }
  all_taken_ = end_ && end == *end_;
  if (all_taken_) changed_.notify_all();
  return run;
}

// Forgets the extents before `end`. A buffer that is gathered into is closed with its extent, for a buffer
// has one at most.
void CodedStream::DropTaken(std::uint64_t end) {
  while (!extents_.empty() && extents_.front().end <= end) {
    StreamBuffer* buffer = extents_.front().buffer;
    if (buffer == gather_) gather_ = nullptr;
    extents_.pop_front();
    Drop(buffer);
  }
}

void CodedStream::Place(const StreamBlock& block) {
  const std::scoped_lock lock(mutex_);
  coded_[block.block.index] = block.buffer;
  while (!coded_.empty() && coded_.begin()->first == coded_sizes_.size()) {
    PlaceNext(coded_.begin()->second);
    coded_.erase(coded_.begin());
  }
  EndIfAllPlaced();
  changed_.notify_all();
}

void CodedStream::PlaceNext(StreamBuffer* buffer) {
  while (options_.shard_capacity != 0 && placed_ >= options_.shard_capacity * first_blocks_.size()) {
    first_blocks_.push_back(coded_sizes_.size());
  }
  const std::size_t size = buffer->coded.size();
  coded_sizes_.push_back(static_cast<std::uint32_t>(size));
  if (size >= kGatherBelow) {
    gather_ = nullptr;
    return Put(buffer, size);
  }
  Gather(buffer->coded.pieces(), size);
  free_.push_back(buffer);
}

void CodedStream::Put(StreamBuffer* buffer, std::uint64_t size) {
  extents_.push_back({.begin = placed_, .end = placed_ + size, .buffer = buffer});
  ++buffer->users;
  placed_ += size;
}

void CodedStream::Gather(std::span<const ByteView> pieces, std::uint64_t size) {
  if (gather_ == nullptr || gather_->gathered.size() + size > codec::kMaxBlock) {
    if (free_gathers_.empty()) {
      buffers_.push_back(std::make_unique<StreamBuffer>());
      free_gathers_.push_back(buffers_.back().get());
    }
    gather_ = free_gathers_.back();
    free_gathers_.pop_back();
    gather_->gathers = true;
    gather_->gathered = {};
  }
  std::size_t filled = gather_->gathered.size();
  for (const ByteView piece : pieces) {
    std::ranges::copy(piece, gather_->plaintext.bytes().subspan(filled).begin());
    filled += piece.size();
  }
  gather_->gathered = std::as_const(gather_->plaintext).bytes().first(filled);
  if (extents_.empty() || extents_.back().buffer != gather_) return Put(gather_, size);
  extents_.back().end += size;
  placed_ += size;
}

void CodedStream::Drop(StreamBuffer* buffer) {
  if (--buffer->users > 0) return;
  (buffer->gathers ? free_gathers_ : free_).push_back(buffer);
}

void CodedStream::Release(const StreamRun& run) {
  const std::scoped_lock lock(mutex_);
  for (StreamBuffer* buffer : run.buffers) Drop(buffer);
  changed_.notify_all();
}

void CodedStream::EndIfAllPlaced() {
  if (!cursor_.done() || cursor_.count() != coded_sizes_.size()) return;
  end_ = options_.padded_size(placed_);
  all_taken_ = *end_ > 0 && RunBegin() >= *end_;
}

std::vector<std::uint32_t> CodedStream::CodedSizesIn(std::uint32_t shard) const {
  const std::scoped_lock lock(mutex_);
  const std::size_t size = coded_sizes_.size();
  const std::size_t begin = shard < first_blocks_.size() ? first_blocks_[shard] : size;
  const std::size_t end = shard + std::size_t{1} < first_blocks_.size() ? first_blocks_[shard + 1] : size;
  return {coded_sizes_.begin() + static_cast<std::ptrdiff_t>(begin),
          coded_sizes_.begin() + static_cast<std::ptrdiff_t>(end)};
}

}  // namespace strongroom::bundle
