#include "log/resume_point.h"

#include <algorithm>
#include <ranges>

#include "log/journal.h"
#include "log/tile_levels.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/log/tile.h"

namespace strongroom::log {
namespace {

constexpr std::string_view kHeader = "strongroom.resume.v1\n";
constexpr std::uint64_t kMaxSize = 1 << 28;

// How many hashes the partial tile of a level has in a tree of `size` leaves.
std::size_t RowWidth(std::uint64_t size, std::size_t level) {
  const std::size_t shift = 8 * level;
  return shift >= 64 ? 0 : static_cast<std::size_t>((size >> shift) % kTileWidth);
}

// The rows of a resume point: as many as the tree has levels above that of the leaves.
std::size_t RowCount(std::uint64_t size) {
  std::size_t count = 0;
  while (8 * (count + 1) < 64 && size >> (8 * (count + 1)) != 0) ++count;
  return count;
}

Expected<std::vector<Digest>> ReadRow(ByteReader& reader, std::size_t width) {
  std::vector<Digest> row(width);
  for (Digest& hash : row) SR_RETURN_IF_ERROR(reader.Copy(hash));
  return row;
}

// What is signed: no note can hold the zero byte, so that this signature is none of a checkpoint.
Bytes SignedMessage(ByteView body) {
  constexpr std::string_view kLabel("strongroom.resume.v1\0", 21);
  ByteWriter message;
  message.Append(kLabel).Append(crypto::Sha256(body));
  return std::move(message).Take();
}

}  // namespace

Bytes SerializeResumePoint(const ResumePoint& point, const crypto::Ed25519PrivateKey& log_key) {
  const RecordsSoFar& records = point.records;
  ByteWriter writer;
  writer.Append(kHeader).U64Be(point.offset).U64Be(records.size);
  writer.U8(records.last_time ? 1 : 0);
  writer.U64Be(static_cast<std::uint64_t>(records.last_time ? records.last_time->seconds : 0));
  for (const std::vector<Digest>& row : point.rows) {
    for (const Digest& hash : row) writer.Append(hash);
  }
  writer.U64Be(records.indexed).U64Be(records.keys).Append(records.index_root);
  writer.U64Be(records.index.size()).Append(records.index);
  writer.Append(log_key.Sign(SignedMessage(writer.bytes())));
  return std::move(writer).Take();
}

Expected<ResumePoint> ParseResumePoint(ByteView bytes, const crypto::Ed25519PublicKey& log_key) {
  ByteReader reader(bytes, "resume point");
  ResumePoint point;
  RecordsSoFar& records = point.records;
  SR_ASSIGN_OR_RETURN(const ByteView header, reader.Take(kHeader.size()));
  if (AsText(header) != kHeader) return std::unexpected(reader.Malformed("begins with another header"));
  SR_ASSIGN_OR_RETURN(point.offset, reader.U64Be());
  SR_ASSIGN_OR_RETURN(records.size, reader.U64Be());
  if (records.size % kResumeInterval != 0) return std::unexpected(reader.Malformed("is not at whole tiles"));
  SR_ASSIGN_OR_RETURN(const std::uint8_t has_time, reader.U8());
  SR_ASSIGN_OR_RETURN(const std::uint64_t seconds, reader.U64Be());
  if (has_time > 1 || (has_time == 0 && seconds != 0))
    return std::unexpected(reader.Malformed("has a bad time"));
  if (has_time == 1) records.last_time = Timestamp{static_cast<std::int64_t>(seconds)};
  for (std::size_t level = 1; level <= RowCount(records.size); ++level) {
    SR_ASSIGN_OR_RETURN(point.rows.emplace_back(), ReadRow(reader, RowWidth(records.size, level)));
  }
  SR_ASSIGN_OR_RETURN(records.indexed, reader.U64Be());
  if (records.indexed > records.size)
    return std::unexpected(reader.Malformed("has an index of entries beyond it"));
  SR_ASSIGN_OR_RETURN(records.keys, reader.U64Be());
  SR_RETURN_IF_ERROR(reader.Copy(records.index_root));
  SR_ASSIGN_OR_RETURN(const std::uint64_t index_size, reader.U64Be());
  SR_ASSIGN_OR_RETURN(const ByteView index, reader.Take(index_size));
  records.index = ToBytes(index);
  const Bytes message = SignedMessage(bytes.first(reader.offset()));
  crypto::Ed25519Signature signature{};
  SR_RETURN_IF_ERROR(reader.Copy(signature));
  SR_RETURN_IF_ERROR(reader.Finish());
  if (crypto::Verify(log_key, message, signature)) return point;
  return Fail(ErrorCode::kUntrusted, "resume point is not signed by the log's key");
}

ResumePoint StartOfJournal() {
  ResumePoint start;
  start.offset = kJournalHeader.size();
  return start;
}

Expected<ResumePoint> FindResumePoint(FileSystem& files, const std::string& directory,
                                      const crypto::Ed25519PublicKey& log_key) {
  const auto bytes = ReadWhole(files, JoinPath(directory, kResumeName), kMaxSize);
  if (!bytes && bytes.error().code != ErrorCode::kNotFound && bytes.error().code != ErrorCode::kMalformed) {
    return std::unexpected(bytes.error());
  }
  if (!bytes) return StartOfJournal();
  return ParseResumePoint(*bytes, log_key).value_or(StartOfJournal());
}

std::vector<Digest> SubtreesBefore(const ResumePoint& point) {
  std::vector<Digest> subtrees;
  for (const std::vector<Digest>& row : point.rows | std::views::reverse) AddSubtrees(row, subtrees);
  return subtrees;
}

}  // namespace strongroom::log
