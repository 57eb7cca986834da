// A log's tree read from its tiles alone: roots, proofs, and the verification of a whole log.
#ifndef STRONGROOM_LOG_TILED_TREE_H_
#define STRONGROOM_LOG_TILED_TREE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/log/merkle.h"
#include "strongroom/log/tile.h"

namespace strongroom::log {

// TileReader gives the bytes behind a TilePath, from a directory, a server, or memory: kNotFound if there are
// none. It must not give more than `max_bytes`. Errors of other kinds are passed on.
class TileReader {
 public:
  virtual ~TileReader() = default;
  virtual Expected<Bytes> Read(const std::string& path, std::size_t max_bytes) = 0;
};

// ReadTile and ReadEntries read a tile or an entry bundle; where a partial one is gone, the beginning of the
// full one in its place. kTruncated if there is neither, kMalformed if it does not parse; both name the path.
Expected<std::vector<Digest>> ReadTile(TileReader& reader, const TileId& tile);
Expected<std::vector<Bytes>> ReadEntries(TileReader& reader, const TileId& bundle);

// TiledTree computes hashes of a tree of `size` leaves. What it gives is worth no more than the tiles: hold
// Root against a signed checkpoint, and a proof against its root with VerifyInclusion or VerifyConsistency.
// It keeps every tile that it has read: make one for a question or a few. `reader` must outlive it. Errors
// are those of ReadTile. Not thread-safe.
class TiledTree {
 public:
  TiledTree(TileReader& reader, std::uint64_t size) : reader_(&reader), size_(size) {}

  Expected<Digest> Root();
  // The hash of a whole subtree, of any that a proof is made of.
  Expected<Digest> HashOf(LeafRange range);
  Expected<Digest> LeafHash(std::uint64_t index);  // kNotFound beyond the end
  // The proof of RFC 6962 section 2.1.1, leaf to root; kNotFound beyond the end.
  Expected<std::vector<Digest>> InclusionProof(std::uint64_t index);
  // The proof of section 2.1.2 from the tree of `old_size` leaves; kInvalidArgument for 0 or above size.
  Expected<std::vector<Digest>> ConsistencyProof(std::uint64_t old_size);

 private:
  Expected<Digest> CompleteHash(LeafRange subtree);
  Expected<std::vector<Digest>> HashesOf(const std::vector<LeafRange>& ranges);
  Expected<const std::vector<Digest>*> Tile(std::uint8_t level, std::uint64_t index);

  TileReader* reader_;
  std::uint64_t size_;
  std::map<std::pair<std::uint8_t, std::uint64_t>, std::vector<Digest>> tiles_;
};

using EntryVisitor = std::function<Status(std::uint64_t index, ByteView entry)>;

// VerifyTiles derives the whole tree anew from the entry bundles and holds it against every tile and against
// the root of a verified checkpoint. `visit`, if given, sees each entry in turn, before the whole is known to
// be right, and may stop it with an error of its own. Memory is bounded whatever the size. kAltered names the
// entry or the tile that is wrong; kTruncated and kMalformed as ReadTile.
Status VerifyTiles(TileReader& reader, std::uint64_t size, const Digest& root,
                   const EntryVisitor& visit = {});

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_TILED_TREE_H_
