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

Digest FrameHash(std::uint8_t type, ByteView payload) {
  const std::array<ByteView, 2> pieces = {ByteView(&type, 1), payload};
  return crypto::Sha256(pieces);
}

bool IsKnownType(std::uint8_t type) {
  return type == static_cast<std::uint8_t>(FrameType::kEntry) ||
         type == static_cast<std::uint8_t>(FrameType::kCheckpoint);
}

struct Prefix {
  std::uint8_t type = 0;
  std::uint32_t length = 0;  // of the payload
};

// kMalformed if it is not all there.
Expected<Prefix> ReadPrefix(ByteView bytes) {
  ByteReader reader(bytes, "frame");
  Prefix prefix;
  SR_ASSIGN_OR_RETURN(prefix.type, reader.U8());
  SR_ASSIGN_OR_RETURN(prefix.length, reader.U32Le());
  return prefix;
}

bool HasItsHash(std::uint8_t type, ByteView whole, Digest& hash) {
  hash = FrameHash(type, whole.subspan(kPrefixSize, whole.size() - kPrefixSize - sizeof(Digest)));
  return std::ranges::equal(hash, whole.last(sizeof(Digest)));
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

Expected<Frame> ReadFrame(ByteView bytes, std::uint64_t offset) {
  const auto refuse = [offset](ErrorCode code, std::string_view why) {
    return Fail(code, "frame at journal offset " + std::to_string(offset) + " " + std::string(why));
  };
  const auto altered = [&](std::string_view why) { return refuse(ErrorCode::kAltered, why); };
  if (bytes.size() < kPrefixSize) return refuse(ErrorCode::kTruncated, "is cut short");
  const auto prefix = ReadPrefix(bytes);
  if (!IsKnownType(prefix->type)) return altered("has an unknown type");
  if (prefix->length > kMaxRecordSize) return altered("is longer than a frame can be");
  const std::size_t size = FrameSize(prefix->length);
  if (size > bytes.size()) return refuse(ErrorCode::kTruncated, "is cut short");
  Frame frame{static_cast<FrameType>(prefix->type),
              offset,
              offset + size,
              bytes.subspan(kPrefixSize, prefix->length),
              {}};
  if (!HasItsHash(prefix->type, bytes.first(size), frame.hash)) {
    return altered("does not have the hash that stands after it");
  }
  return frame;
}

std::optional<FrameType> TypeOfDamagedFrame(ByteView bytes) {
  const auto prefix = ReadPrefix(bytes);
  if (prefix && prefix->length <= kMaxRecordSize && FrameSize(prefix->length) <= bytes.size()) {
    for (const FrameType type : {FrameType::kEntry, FrameType::kCheckpoint}) {
      Digest hash;
      if (HasItsHash(static_cast<std::uint8_t>(type), bytes.first(FrameSize(prefix->length)), hash))
        return type;
    }
  }
  if (bytes.empty() || !IsKnownType(bytes[0])) return std::nullopt;
  return static_cast<FrameType>(bytes[0]);
}

std::size_t WholeFrames(ByteView bytes) {
  std::size_t whole = 0;
  while (bytes.size() - whole >= kPrefixSize) {
    const auto prefix = ReadPrefix(bytes.subspan(whole));
    if (prefix->length > kMaxRecordSize || FrameSize(prefix->length) > bytes.size() - whole) return whole;
    whole += FrameSize(prefix->length);
  }
  return whole;
}

// The bytes from next_ on, as many as a frame can have.
Expected<ByteView> JournalReader::Peek() {
  const std::uint64_t size = std::min<std::uint64_t>(kMaxFrameSize, end_ - next_);
  if (next_ < window_offset_ || next_ + size > window_offset_ + window_.size()) {
    window_.resize(std::min(kWindowSize, end_ - next_));
    window_offset_ = next_;
    SR_RETURN_IF_ERROR(journal_.ReadAt(window_offset_, window_));
  }
  return ByteView(window_).subspan(next_ - window_offset_, size);
}

Expected<std::optional<Frame>> JournalReader::Next() {
  if (next_ == end_) return std::optional<Frame>();
  SR_ASSIGN_OR_RETURN(const ByteView bytes, Peek());
  SR_ASSIGN_OR_RETURN(const Frame frame, ReadFrame(bytes, next_));
  next_ = frame.end;
  return frame;
}

}  // namespace strongroom::log
