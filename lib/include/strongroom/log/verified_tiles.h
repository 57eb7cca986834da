// Tiles that are known to be right before anybody sees them.
#ifndef STRONGROOM_LOG_VERIFIED_TILES_H_
#define STRONGROOM_LOG_VERIFIED_TILES_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/log/tiled_tree.h"

namespace strongroom::log {

// VerifiedTiles reads the tiles of one tree and gives only those that lead to its root, which the caller has
// from a verified checkpoint. The partial tiles on the right edge of the tree make the root; each full tile
// is made of by one hash of the tile above it. It keeps one tile of each level and one entry bundle, so that
// runs of neighbours are cheap and memory is bounded. `tiles` must outlive it. Not thread-safe.
//
// Errors, all naming the tile or the entry: kAltered if it does not lead to the root, and those of ReadTile.
class VerifiedTiles final : public TileReader {
 public:
  VerifiedTiles(TileReader& tiles, std::uint64_t size, const Digest& root)
      : source_(&tiles), size_(size), root_(root) {}

  // The bytes behind a TilePath. A tile that is narrower than the tree has it is the beginning of that one;
  // what is no part of the tree is kNotFound.
  Expected<Bytes> Read(const std::string& path, std::size_t max_bytes) override;

  // The hashes of a tile or the entries of a bundle, as many as the tree has there; index < TileCount.
  // Borrowed until the next call.
  Expected<const std::vector<Digest>*> Tile(std::uint8_t level, std::uint64_t index);
  Expected<const std::vector<Bytes>*> Bundle(std::uint64_t index);

 private:
  static constexpr std::size_t kLevels = 8;  // that a tree of fewer than 2^64 leaves can have

  template <typename T>
  struct Kept {
    bool valid = false;
    std::uint64_t index = 0;
    std::vector<T> content;
  };

  Status VerifyEdge();

  TileReader* source_;
  std::uint64_t size_;
  Digest root_;
  bool edge_verified_ = false;
  std::array<std::vector<Digest>, kLevels> edge_;  // the partial tile of each level, or none
  std::array<Kept<Digest>, kLevels> full_;
  Kept<Bytes> bundle_;
};

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_VERIFIED_TILES_H_
