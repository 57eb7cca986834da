// A log's tiles and entry bundles in a map, written as a server would publish them.
#ifndef STRONGROOM_TESTS_UNIT_LOG_TILES_IN_MEMORY_H_
#define STRONGROOM_TESTS_UNIT_LOG_TILES_IN_MEMORY_H_

#include <map>
#include <string>
#include <vector>

#include "strongroom/crypto/hash.h"
#include "strongroom/log/merkle.h"
#include "strongroom/log/tiled_tree.h"

namespace strongroom::log {

inline Bytes EntryNumber(std::uint64_t index) {
  return ToBytes(AsBytes("entry " + std::to_string(index)));
}

class TilesInMemory final : public TileReader {
 public:
  explicit TilesInMemory(std::uint64_t size) : TilesInMemory(NumberedEntries(size)) {}
  explicit TilesInMemory(const std::vector<Bytes>& entries) {
    const std::uint64_t size = entries.size();
    for (const Bytes& entry : entries) tree.Append(crypto::MerkleLeafHash(entry));
    for (std::uint64_t i = 0; i < TileCount(0, size); ++i) {
      const TileId bundle = EntryBundleAt(i, size);
      files[TilePath(bundle)] =
          *SerializeEntryBundle(std::span(entries).subspan(i * kTileWidth, bundle.width));
    }
    for (std::uint8_t level = 0; TileCount(level, size) != 0; ++level) {
      for (std::uint64_t i = 0; i < TileCount(level, size); ++i) AddTile(HashTileAt(level, i, size));
    }
  }

  Expected<Bytes> Read(const std::string& path, std::size_t max_bytes) override {
    ++reads;
    const auto found = files.find(path);
    if (found == files.end()) return Fail(ErrorCode::kNotFound, "there is no " + path);
    if (found->second.size() > max_bytes) return Fail(ErrorCode::kMalformed, path + " is too long");
    return found->second;
  }

  std::map<std::string, Bytes> files;
  MerkleTree tree;
  std::size_t reads = 0;

 private:
  static std::vector<Bytes> NumberedEntries(std::uint64_t size) {
    std::vector<Bytes> entries;
    for (std::uint64_t i = 0; i < size; ++i) entries.push_back(EntryNumber(i));
    return entries;
  }

  // From the definition: hash i of tile n at level l is MTH(D[(n * 256 + i) * 256^l : (n * 256 + i + 1) *
  // 256^l]), taken from the tree and not from the tiles below.
  void AddTile(const TileId& id) {
    std::vector<Digest> hashes;
    const std::uint64_t leaves = std::uint64_t{1} << 8 * id.level;
    for (std::uint64_t i = 0; i < id.width; ++i) {
      const std::uint64_t first = (id.index * kTileWidth + i) * leaves;
      MerkleTree below;
      for (std::uint64_t leaf = first; leaf < first + leaves; ++leaf) below.Append(tree.leaf_hash(leaf));
      hashes.push_back(below.Root());
    }
    files[TilePath(id)] = SerializeTile(hashes);
  }
};

}  // namespace strongroom::log

#endif  // STRONGROOM_TESTS_UNIT_LOG_TILES_IN_MEMORY_H_
