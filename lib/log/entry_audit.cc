#include "strongroom/log/entry_audit.h"

#include <algorithm>

namespace strongroom::log {
namespace {

bool Contains(std::span<const std::size_t> signers, std::size_t key) {
  return std::ranges::find(signers, key) != signers.end();
}

}  // namespace

Status EntryAudit::Take(std::uint64_t index, const Entry& entry) {
  const Timestamp time = TimeOf(entry);
  if (last_time_ && time < *last_time_) {
    return Fail(ErrorCode::kAltered, "its time is before that of the entry before it");
  }
  last_time_ = time;
  return std::visit([&](const auto& record) { return TakeRecord(index, record); }, entry);
}

Status EntryAudit::TakeRecord(std::uint64_t index, const AccessRecord& record) {
  index_.Add(index, record);
  return {};
}

Status EntryAudit::TakeRecord(std::uint64_t index, const IndexRecord& record) {
  return index_.CheckRecord(index, record);
}

Status EntryAudit::TakeRecord(std::uint64_t /*index*/, const KeyRecord& record) {
  if (record.old_key != keys_[current_]) {
    return Fail(ErrorCode::kAltered, "it changes a key that did not sign the log then");
  }
  if (current_ + 1 == keys_.size() || record.new_key != keys_[current_ + 1]) {
    return Fail(ErrorCode::kUntrusted,
                "it changes the log's key to " + record.new_key.ToText() + ", which is not trusted");
  }
  if (record.change == KeyChange::kRotation) vouching_.push_back(current_);
  ++current_;
  return {};
}

Status EntryAudit::CheckCheckpoint(std::span<const std::size_t> signers) {
  if (!Contains(signers, current_)) return Fail(ErrorCode::kUntrusted, "the log's key then did not sign it");
  if (!std::ranges::all_of(vouching_, [&](std::size_t key) { return Contains(signers, key); })) {
    return Fail(ErrorCode::kUntrusted, "the key before did not sign it, though it was there to vouch");
  }
  vouching_.clear();
  return {};
}

Status EntryAudit::CheckHead(std::span<const std::size_t> signers) const {
  if (!Contains(signers, current_)) {
    return Fail(ErrorCode::kUntrusted,
                "the newest checkpoint is not signed by the log's key then, " + keys_[current_].ToText());
  }
  if (current_ + 1 == keys_.size()) return {};
  return Fail(
      ErrorCode::kUntrusted,
      "the log never changed to its newest trusted key, " + keys_.back().ToText() +
          ": it is a copy from before that, or somebody goes on from one with a key that was given up",
      "get a newer copy; to check one as of then, name only the keys of then");
}

}  // namespace strongroom::log
