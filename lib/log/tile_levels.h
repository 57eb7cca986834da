// The levels of tiles above a row of leaf hashes.
#ifndef STRONGROOM_LOG_TILE_LEVELS_H_
#define STRONGROOM_LOG_TILE_LEVELS_H_

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/log/tile.h"

namespace strongroom::log {

// TileLevels takes a tree's leaf hashes in order and gives each tile to `sink`: the full ones once, as they
// fill, the partial ones at Finish. It holds at most one tile a level. Not thread-safe.
class TileLevels {
 public:
  using Sink = std::function<Status(const TileId& tile, std::span<const Digest> hashes)>;

  explicit TileLevels(Sink sink) : sink_(std::move(sink)) {}
  // Goes on after the first `size` leaves, a multiple of 256; rows[i] are the hashes of the partial tile at
  // level i + 1 then.
  TileLevels(std::uint64_t size, std::vector<std::vector<Digest>> rows, Sink sink);

  Status Append(const Digest& leaf_hash);  // an error is the sink's
  // Takes 256 leaves, where the tile of level 0 over them begins, by the hash of that tile, which the sink is
  // not given.
  Status AppendTile(const Digest& tile_hash);
  // Gives the partial tiles. More leaves may follow, and another Finish.
  Status Finish() const;
  // The hashes of the partial tiles at the levels above that of the leaves.
  [[nodiscard]] std::vector<std::vector<Digest>> Rows() const;
  [[nodiscard]] Digest Root() const;  // of the leaves so far

 private:
  struct Level {
    std::uint64_t tile = 0;  // index of the one that fills
    std::vector<Digest> hashes;
  };

  Status Give(std::size_t level) const;
  Status AppendAt(std::size_t level, Digest hash);

  Sink sink_;
  std::vector<Level> levels_;
};

// Adds the hashes of the complete subtrees that a partial tile's hashes fall into, left to right.
void AddSubtrees(std::span<const Digest> tile, std::vector<Digest>& subtrees);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_TILE_LEVELS_H_
