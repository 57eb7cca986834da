// A tile or an entry bundle as it is stored.
#ifndef STRONGROOM_LOG_STORED_TILE_H_
#define STRONGROOM_LOG_STORED_TILE_H_

#include <vector>

#include "strongroom/log/tile.h"
#include "strongroom/log/tiled_tree.h"

namespace strongroom::log {

struct StoredTile {
  TileId id;  // of what was read: a full tile in the place of a partial one that is gone
  Bytes bytes;
};

// kTruncated, naming the path, if there is neither; other errors are the reader's.
Expected<StoredTile> ReadStored(TileReader& reader, const TileId& tile);

// The first `width` entries of a stored bundle, borrowed. kMalformed, naming the path, unless it holds all
// that its own width says.
Expected<std::vector<ByteView>> ParseStoredBundle(const StoredTile& bundle, std::size_t width);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_STORED_TILE_H_
