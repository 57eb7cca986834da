#include "sample_log.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "strongroom/crypto/hash.h"
#include "strongroom/log/tile.h"

namespace strongroom::testing {

log::AccessRecord SampleRecord(std::uint64_t index) {
  const bool refused = index % 3 == 2;
  log::AccessRecord record;
  record.time = Timestamp{kSampleStart + 60 * static_cast<std::int64_t>(index)};
  record.action = index % 5 == 0 ? log::Action::kSeal : log::Action::kOpen;
  record.outcome = refused ? log::Outcome::kRefuse : log::Outcome::kPermit;
  if (refused) record.reasons = {"the place is not permitted"};
  Digest instance{}, id{};
  instance[0] = static_cast<std::uint8_t>(0xA0 + index % 4);
  id[0] = static_cast<std::uint8_t>(index % 4 << 4);
  record.bundle = log::RecordedBundle{instance, id, 1};
  record.node = log::RecordedNode{"node-" + std::to_string(index % 2), index % 2 == 0 ? "even" : "odd"};
  record.place = log::RecordedPlace{refused ? "NO" : "NL", "declared"};
  return record;
}

crypto::Ed25519PrivateKey SampleKey(std::uint8_t fill) {
  return *crypto::Ed25519PrivateKey::FromSeed(SecretBytes::CopyOf(Bytes(32, fill)));
}

SampleLog::SampleLog(std::string directory, std::uint8_t key)
    : directory_(std::move(directory)), key_(SampleKey(key)) {
  WriteCheckpoint(Head());
}

void SampleLog::Append(std::vector<Bytes> entries) {
  for (Bytes& entry : entries) {
    tree_.Append(crypto::MerkleLeafHash(entry));
    entries_.push_back(std::move(entry));
  }
  WriteBundles();
  WriteTiles();
  WriteCheckpoint(Head());
}

void SampleLog::AppendRecords(std::uint64_t count) {
  std::vector<Bytes> entries;
  for (std::uint64_t i = size(); entries.size() < count; ++i)
    entries.push_back(log::SerializeAccessRecord(SampleRecord(i)));
  Append(std::move(entries));
}

void SampleLog::WriteBundles() const {
  for (std::uint64_t i = 0; i < log::TileCount(0, size()); ++i) {
    const log::TileId bundle = log::EntryBundleAt(i, size());
    const auto entries = std::span(entries_).subspan(i * log::kTileWidth, bundle.width);
    Write(log::TilePath(bundle), *log::SerializeEntryBundle(entries));
  }
}

void SampleLog::WriteTiles() const {
  std::vector<Digest> row;
  for (std::uint64_t i = 0; i < size(); ++i) row.push_back(tree_.leaf_hash(i));
  for (std::uint8_t level = 0; !row.empty(); ++level) {
    std::vector<Digest> above;
    for (std::uint64_t i = 0; i < log::TileCount(level, size()); ++i) {
      const log::TileId tile = log::HashTileAt(level, i, size());
      const auto hashes = std::span<const Digest>(row).subspan(i * log::kTileWidth, tile.width);
      Write(log::TilePath(tile), log::SerializeTile(hashes));
      if (tile.width == log::kTileWidth) above.push_back(log::SubtreeHash(hashes));
    }
    row = std::move(above);
  }
}

log::Checkpoint SampleLog::Head() const {
  return {std::string(kSampleOrigin), size(), tree_.Root()};
}

std::string SampleLog::vkey() const {
  return envelope::NoteKey{std::string(kSampleOrigin), key_.public_key()}.ToText();
}

std::string SampleLog::Sign(const log::Checkpoint& checkpoint) const {
  return *log::SignCheckpoint(checkpoint, key_);
}

void SampleLog::WriteCheckpoint(const log::Checkpoint& checkpoint) const {
  Write("checkpoint", AsBytes(Sign(checkpoint)));
}

void SampleLog::Cosign(const std::string& witness, const crypto::Ed25519PrivateKey& key) const {
  const Timestamp later{kSampleStart + 1'000'000};
  const auto cosignature = log::Cosign(log::CheckpointText(Head()), witness, key, later);
  std::ofstream(directory_ + "/checkpoint", std::ios::binary | std::ios::app)
      << envelope::SerializeNoteSignature(*cosignature);
}

void SampleLog::Write(const std::string& path, ByteView bytes) const {
  const std::filesystem::path file = std::filesystem::path(directory_) / path;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary | std::ios::trunc) << AsText(bytes);
}

}  // namespace strongroom::testing
