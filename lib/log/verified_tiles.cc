#include "strongroom/log/verified_tiles.h"

#include <span>

#include "strongroom/crypto/hash.h"
#include "strongroom/log/merkle.h"

namespace strongroom::log {

// The partial tiles hold all that is not below a hash of a tile above, so that together they make the root.
Status VerifiedTiles::VerifyEdge() {
  if (edge_verified_) return {};
  std::vector<Digest> subtrees;
  std::string paths;
  for (std::size_t i = kLevels; i-- > 0;) {
    const auto level = static_cast<std::uint8_t>(i);
    const std::uint64_t count = TileCount(level, size_);
    if (count == 0) continue;
    const TileId last = HashTileAt(level, count - 1, size_);
    if (last.width == kTileWidth) continue;
    SR_ASSIGN_OR_RETURN(edge_[i], ReadTile(*source_, last));
    paths += (paths.empty() ? "" : ", ") + TilePath(last);
    const std::span<const Digest> hashes(edge_[i]);
    for (const LeafRange& range : CompleteSubtrees({0, hashes.size()})) {
      subtrees.push_back(SubtreeHash(hashes.subspan(range.begin, range.end - range.begin)));
    }
  }
  if (JoinSubtrees(subtrees) != root_) {
    return Fail(ErrorCode::kAltered, paths.empty() ? "the root is not that of an empty tree"
                                                   : paths + ": not what the checkpoint's root is made of");
  }
  edge_verified_ = true;
  return {};
}

Expected<const std::vector<Digest>*> VerifiedTiles::Tile(std::uint8_t level, std::uint64_t index) {
  SR_RETURN_IF_ERROR(VerifyEdge());
  const TileId id = HashTileAt(level, index, size_);
  if (id.width < kTileWidth) return &edge_[level];
  Kept<Digest>& kept = full_[level];
  if (kept.valid && kept.index == index) return &kept.content;
  SR_ASSIGN_OR_RETURN(const std::vector<Digest>* above,
                      Tile(static_cast<std::uint8_t>(level + 1), index / kTileWidth));
  SR_ASSIGN_OR_RETURN(std::vector<Digest> hashes, ReadTile(*source_, id));
  if (SubtreeHash(hashes) != (*above)[index % kTileWidth]) {
    return Fail(ErrorCode::kAltered, TilePath(id) + ": not what the checkpoint's root is made of");
  }
  kept = {true, index, std::move(hashes)};
  return &kept.content;
}

Expected<const std::vector<Bytes>*> VerifiedTiles::Bundle(std::uint64_t index) {
  if (bundle_.valid && bundle_.index == index) return &bundle_.content;
  SR_ASSIGN_OR_RETURN(const std::vector<Digest>* hashes, Tile(0, index));
  const TileId id = EntryBundleAt(index, size_);
  SR_ASSIGN_OR_RETURN(std::vector<Bytes> entries, ReadEntries(*source_, id));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (crypto::MerkleLeafHash(entries[i]) == (*hashes)[i]) continue;
    return Fail(ErrorCode::kAltered, "entry " + std::to_string(index * kTileWidth + i) + " in " +
                                         TilePath(id) + ": not what the checkpoint's root is made of");
  }
  bundle_ = {true, index, std::move(entries)};
  return &bundle_.content;
}

Expected<Bytes> VerifiedTiles::Read(const std::string& path, std::size_t max_bytes) {
  const auto id = ParseTilePath(path);
  if (!id || id->index >= TileCount(id->level, size_) ||
      id->width > HashTileAt(id->level, id->index, size_).width) {
    return Fail(ErrorCode::kNotFound, path + " is no part of the tree");
  }
  Expected<Bytes> bytes;
  if (id->kind == TileKind::kHashes) {
    SR_ASSIGN_OR_RETURN(const std::vector<Digest>* hashes, Tile(id->level, id->index));
    bytes = SerializeTile(std::span(*hashes).first(id->width));
  } else {
    SR_ASSIGN_OR_RETURN(const std::vector<Bytes>* entries, Bundle(id->index));
    bytes = SerializeEntryBundle(std::span(*entries).first(id->width));
  }
  if (bytes && bytes->size() > max_bytes) return Fail(ErrorCode::kMalformed, path + " is too long");
  return bytes;
}

}  // namespace strongroom::log
