#include "strongroom/log/tiled_tree.h"

#include <bit>

#include "log/stored_tile.h"

namespace strongroom::log {
namespace {

constexpr unsigned kTileHeight = std::countr_zero(kTileWidth);

std::size_t MaxBytes(const TileId& tile) {
  return tile.kind == TileKind::kEntries ? kMaxEntryBundleBytes : kMaxTileBytes;
}

}  // namespace

// A log may drop a partial tile once the full one is there.
Expected<StoredTile> ReadStored(TileReader& reader, const TileId& tile) {
  const std::string path = TilePath(tile);
  TileId full = tile;
  full.width = kTileWidth;
  TileId read = tile;
  auto bytes = reader.Read(path, MaxBytes(tile));
  if (!bytes && bytes.error().code == ErrorCode::kNotFound && full != tile) {
    read = full;
    bytes = reader.Read(TilePath(full), MaxBytes(full));
  }
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
    return Fail(ErrorCode::kTruncated, path + " is missing");
  }
  if (!bytes && bytes.error().message.find(path) == std::string::npos) {
    return std::unexpected(std::move(bytes.error()).With(path));
  }
  SR_RETURN_IF_ERROR(bytes);
  return StoredTile{read, std::move(*bytes)};
}

Expected<std::vector<ByteView>> ParseStoredBundle(const StoredTile& bundle, std::size_t width) {
  auto entries = ParseEntryBundle(bundle.bytes, bundle.id.width);
  if (!entries) return std::unexpected(std::move(entries).error().With(TilePath(bundle.id)));
  entries->resize(width);
  return entries;
}

Expected<std::vector<Digest>> ReadTile(TileReader& reader, const TileId& tile) {
  SR_ASSIGN_OR_RETURN(const StoredTile stored, ReadStored(reader, tile));
  auto hashes = ParseTile(stored.bytes, stored.id.width);
  if (!hashes) return std::unexpected(std::move(hashes.error()).With(TilePath(stored.id)));
  hashes->resize(tile.width);
  return std::move(*hashes);
}

Expected<std::vector<Bytes>> ReadEntries(TileReader& reader, const TileId& bundle) {
  SR_ASSIGN_OR_RETURN(const StoredTile stored, ReadStored(reader, bundle));
  SR_ASSIGN_OR_RETURN(const std::vector<ByteView> views, ParseStoredBundle(stored, bundle.width));
  std::vector<Bytes> entries;
  for (const ByteView entry : views) entries.push_back(ToBytes(entry));
  return entries;
}

Expected<Digest> TiledTree::Root() {
  return HashOf({0, size_});
}

Expected<Digest> TiledTree::LeafHash(std::uint64_t index) {
  if (index >= size_) return Fail(ErrorCode::kNotFound, "the tree has no entry " + std::to_string(index));
  return CompleteHash({index, index + 1});
}

Expected<std::vector<Digest>> TiledTree::InclusionProof(std::uint64_t index) {
  if (index >= size_) return Fail(ErrorCode::kNotFound, "the tree has no entry " + std::to_string(index));
  return HashesOf(InclusionRanges(index, size_));
}

Expected<std::vector<Digest>> TiledTree::ConsistencyProof(std::uint64_t old_size) {
  if (old_size == 0 || old_size > size_) {
    return Fail(ErrorCode::kInvalidArgument, "there is no consistency proof from " +
                                                 std::to_string(old_size) + " entries to " +
                                                 std::to_string(size_));
  }
  return HashesOf(ConsistencyRanges(old_size, size_));
}

Expected<std::vector<Digest>> TiledTree::HashesOf(const std::vector<LeafRange>& ranges) {
  std::vector<Digest> hashes;
  for (const LeafRange& range : ranges) {
    SR_ASSIGN_OR_RETURN(hashes.emplace_back(), HashOf(range));
  }
  return hashes;
}

Expected<Digest> TiledTree::HashOf(LeafRange range) {
  std::vector<Digest> subtrees;
  for (const LeafRange& subtree : CompleteSubtrees(range)) {
    SR_ASSIGN_OR_RETURN(subtrees.emplace_back(), CompleteHash(subtree));
  }
  return JoinSubtrees(subtrees);
}

// A complete subtree is the tree over a run of one tile's hashes, which are those of the highest level of
// tiles that is not above it.
Expected<Digest> TiledTree::CompleteHash(LeafRange subtree) {
  const auto height = static_cast<unsigned>(std::countr_zero(subtree.end - subtree.begin));
  const auto level = static_cast<std::uint8_t>(height / kTileHeight);
  const std::uint64_t first = subtree.begin >> level * kTileHeight;
  const std::size_t count = std::size_t{1} << height % kTileHeight;
  SR_ASSIGN_OR_RETURN(const std::vector<Digest>* tile, Tile(level, first / kTileWidth));
  return SubtreeHash(std::span(*tile).subspan(first % kTileWidth, count));
}

Expected<const std::vector<Digest>*> TiledTree::Tile(std::uint8_t level, std::uint64_t index) {
  const auto found = tiles_.find({level, index});
  if (found != tiles_.end()) return &found->second;
  SR_ASSIGN_OR_RETURN(std::vector<Digest> hashes, ReadTile(*reader_, HashTileAt(level, index, size_)));
  return &tiles_.emplace(std::pair(level, index), std::move(hashes)).first->second;
}

}  // namespace strongroom::log
