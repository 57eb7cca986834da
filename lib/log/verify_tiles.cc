#include <algorithm>
#include <optional>

#include "log/tile_levels.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/log/tiled_tree.h"

namespace strongroom::log {
namespace {

// TileAudit derives the tree from the entries and remembers the first hash in which a tile differs from it.
class TileAudit {
 public:
  TileAudit(TileReader& reader, std::uint64_t size, const EntryVisitor& visit)
      : reader_(reader), size_(size), visit_(visit) {}

  Status ReadEverything() {
    for (std::uint64_t i = 0; i < TileCount(0, size_); ++i) {
      const TileId bundle = EntryBundleAt(i, size_);
      SR_ASSIGN_OR_RETURN(const std::vector<Bytes> entries, ReadEntries(reader_, bundle));
      for (const Bytes& entry : entries) {
        if (visit_) SR_RETURN_IF_ERROR(visit_(next_entry_, entry));
        SR_RETURN_IF_ERROR(derived_.Append(crypto::MerkleLeafHash(entry)));
        ++next_entry_;
      }
    }
    return derived_.Finish();
  }

  // Right entries show which tile is wrong, and right tiles which entry.
  Status Verdict(const Digest& root) {
    const bool entries_lead_to_root = derived_.Root() == root;
    if (entries_lead_to_root && !difference_) return {};
    if (!difference_) {
      return Fail(ErrorCode::kAltered, "entries and tiles agree, but do not lead to the checkpoint's root");
    }
    const std::string path = TilePath(difference_->tile);
    const std::string hash = "hash " + std::to_string(difference_->hash) + " of " + path;
    if (entries_lead_to_root) return Fail(ErrorCode::kAltered, hash + " is not that of the entries");
    if (difference_->tile.level > 0) {
      return Fail(ErrorCode::kAltered, "the entries below " + hash + " are not those that it was made of");
    }
    const std::uint64_t entry = difference_->tile.index * kTileWidth + difference_->hash;
    SR_ASSIGN_OR_RETURN(const Digest tiles_root, RootOfTiles());
    const std::string what = "entry " + std::to_string(entry) + " is not that of " + path;
    return Fail(ErrorCode::kAltered,
                tiles_root == root ? what : what + ", and neither leads to the checkpoint's root");
  }

 private:
  struct Difference {
    TileId tile;
    std::uint64_t hash;
  };

  Status Compare(const TileId& tile, std::span<const Digest> derived) {
    SR_ASSIGN_OR_RETURN(const std::vector<Digest> stored, ReadTile(reader_, tile));
    const auto [differs, other] = std::ranges::mismatch(stored, derived);
    if (differs == stored.end() || difference_) return {};
    difference_ = {tile, static_cast<std::uint64_t>(differs - stored.begin())};
    return {};
  }

  // The root that the tiles of level 0 lead to, whatever the entries.
  Expected<Digest> RootOfTiles() const {
    TileLevels levels([](const TileId&, std::span<const Digest>) { return Status(); });
    for (std::uint64_t i = 0; i < TileCount(0, size_); ++i) {
      SR_ASSIGN_OR_RETURN(const std::vector<Digest> hashes, ReadTile(reader_, HashTileAt(0, i, size_)));
      for (const Digest& hash : hashes) SR_RETURN_IF_ERROR(levels.Append(hash));
    }
    return levels.Root();
  }

  TileReader& reader_;
  std::uint64_t size_;
  const EntryVisitor& visit_;
  std::uint64_t next_entry_ = 0;
  TileLevels derived_{
      [this](const TileId& tile, std::span<const Digest> hashes) { return Compare(tile, hashes); }};
  std::optional<Difference> difference_;
};

}  // namespace

Status VerifyTiles(TileReader& reader, std::uint64_t size, const Digest& root, const EntryVisitor& visit) {
  TileAudit audit(reader, size, visit);
  SR_RETURN_IF_ERROR(audit.ReadEverything());
  return audit.Verdict(root);
}

}  // namespace strongroom::log
