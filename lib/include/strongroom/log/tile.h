// Tiles (https://c2sp.org/tlog-tiles): a log's tree and entries as files that any static server can publish.
// A tile holds up to 256 hashes of one level, an entry bundle the entries below a tile of level 0.
#ifndef STRONGROOM_LOG_TILE_H_
#define STRONGROOM_LOG_TILE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"

namespace strongroom::log {

inline constexpr std::uint16_t kTileWidth = 256;  // of a full tile or bundle
inline constexpr std::uint8_t kMaxTileLevel = 63;
inline constexpr std::size_t kMaxBundledEntry = 65'535;  // bytes of an entry
inline constexpr std::size_t kMaxTileBytes = kTileWidth * sizeof(Digest);
inline constexpr std::size_t kMaxEntryBundleBytes = kTileWidth * (2 + kMaxBundledEntry);

enum class TileKind { kHashes, kEntries };

// TileId names a tile or an entry bundle.
struct TileId {
  TileKind kind = TileKind::kHashes;
  std::uint8_t level = 0;  // 0 for entries
  std::uint64_t index = 0;
  std::uint16_t width = kTileWidth;  // 1 to 256 hashes or entries; less than 256 is a partial one
  friend bool operator==(const TileId&, const TileId&) = default;
};

// The path below the log's prefix, "tile/0/x001/x234/067.p/8" or "tile/entries/000".
std::string TilePath(const TileId& tile);
// ParseTilePath: kMalformed unless TilePath gives the path.
Expected<TileId> ParseTilePath(std::string_view path);

// How many tiles a tree of this size has at a level, a partial one included; the bundles are as many as the
// tiles of level 0. From level 8 on no tree has any.
std::uint64_t TileCount(std::uint8_t level, std::uint64_t tree_size);
// The tile or bundle at this index, as wide as a tree of this size has it; index < TileCount.
TileId HashTileAt(std::uint8_t level, std::uint64_t index, std::uint64_t tree_size);
TileId EntryBundleAt(std::uint64_t index, std::uint64_t tree_size);

// A tile's bytes, which are its hashes. ParseTile: kMalformed unless there are `width` of them.
Bytes SerializeTile(std::span<const Digest> hashes);
Expected<std::vector<Digest>> ParseTile(ByteView bytes, std::uint16_t width);

// The hash of the complete subtree over these hashes, whose number is a power of two; over a full tile, the
// hash that stands for it in the tile above.
Digest SubtreeHash(std::span<const Digest> hashes);

// A bundle's bytes: each entry behind its length in two bytes. kInvalidArgument for an entry above
// kMaxBundledEntry bytes, or none or more than 256 entries.
Expected<Bytes> SerializeEntryBundle(std::span<const Bytes> entries);
// ParseEntryBundle gives views into `bytes`: kMalformed, naming the entry, unless they hold `width` entries
// and nothing else.
Expected<std::vector<ByteView>> ParseEntryBundle(ByteView bytes, std::uint16_t width);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_TILE_H_
