#include "log/journal.h"

#include <algorithm>
#include <array>
#include <string>

#include "strongroom/crypto/hash.h"
#include "strongroom/log/record.h"

namespace strongroom::log {
namespace {

constexpr std::uint64_t kPrefixSize = 5;  // type and length
constexpr std::uint64_t kWindowSize = 1 << 20;
constexpr std::size_t kMaxPayload = kMaxRecordSize;

Digest FrameHash(std::uint8_t type, ByteView payload) {
  const std::array<ByteView, 2> pieces = {ByteView(&type, 1), payload};
  return crypto::Sha256(pieces);
}

bool IsKnownType(std::uint8_t type) {
  return type == static_cast<std::uint8_t>(FrameType::kEntry) ||
         type == static_cast<std::uint8_t>(FrameType::kCheckpoint);
}

}  // namespace

Digest AppendFrame(FrameType type, ByteView payload, Bytes& journal) {
  const auto type_byte = static_cast<std::uint8_t>(type);
  journal.push_back(type_byte);
  for (const int shift : {0, 8, 16, 24})
    journal.push_back(static_cast<std::uint8_t>(payload.size() >> shift));
  journal.insert(journal.end(), payload.begin(), payload.end());
  const Digest hash = FrameHash(type_byte, ByteView(journal).last(payload.size()));
  journal.insert(journal.end(), hash.begin(), hash.end());
  return hash;
}

Status CheckJournalHeader(const File& journal) {
  Bytes header(kJournalHeader.size());
  SR_RETURN_IF_ERROR(journal.ReadAt(0, header));
  if (AsText(header) != kJournalHeader) {
    return Fail(ErrorCode::kMalformed, "journal does not begin with its header");
  }
  return {};
}

// The `size` bytes from next_ on; size <= kWindowSize.
Expected<ByteView> JournalReader::Peek(std::uint64_t size) {
  if (size > end_ - next_) {
    return Fail(ErrorCode::kTruncated, "frame at journal offset " + std::to_string(next_) + " is cut short");
  }
  if (next_ < window_offset_ || next_ + size > window_offset_ + window_.size()) {
    window_.resize(std::min(kWindowSize, end_ - next_));
    window_offset_ = next_;
    SR_RETURN_IF_ERROR(journal_.ReadAt(window_offset_, window_));
  }
  return ByteView(window_).subspan(next_ - window_offset_, size);
}

Expected<std::optional<Frame>> JournalReader::Next() {
  if (next_ == end_) return std::optional<Frame>();
  const auto altered = [this](std::string_view why) {
    return Fail(ErrorCode::kAltered,
                "frame at journal offset " + std::to_string(next_) + " " + std::string(why));
  };
  SR_ASSIGN_OR_RETURN(const ByteView prefix_bytes, Peek(kPrefixSize));
  ByteReader prefix(prefix_bytes, "frame");
  SR_ASSIGN_OR_RETURN(const std::uint8_t type, prefix.U8());
  SR_ASSIGN_OR_RETURN(const std::uint32_t length, prefix.U32Le());
  if (!IsKnownType(type)) return altered("has an unknown type");
  if (length > kMaxPayload) return altered("is longer than a frame can be");
  SR_ASSIGN_OR_RETURN(const ByteView whole, Peek(kPrefixSize + length + sizeof(Digest)));
  Frame frame{static_cast<FrameType>(type), next_, whole.subspan(kPrefixSize, length), {}};
  frame.hash = FrameHash(type, frame.payload);
  if (!std::ranges::equal(frame.hash, whole.last(sizeof(Digest)))) {
    return altered("does not have the hash that stands after it");
  }
  next_ += whole.size();
  return frame;
}

}  // namespace strongroom::log
