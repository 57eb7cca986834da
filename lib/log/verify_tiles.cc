#include <algorithm>
#include <optional>

#include "log/ordered_tasks.h"
#include "log/stored_tile.h"
#include "log/tile_levels.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/log/tiled_tree.h"

namespace strongroom::log {
namespace {

constexpr std::size_t kTaskBytes = 1 << 20;  // of bundles that make one task, at the least

// A bundle as read, and the tile over it if that is full.
struct ReadBundle {
  TileId id;
  StoredTile stored;
  std::vector<Digest> tile;
};

// What a bundle's entries come to.
struct HashedBundle {
  ReadBundle read;
  std::vector<ByteView> entries;  // in `read`
  std::vector<Digest> leaf_hashes;
  std::optional<std::uint64_t> difference;  // the first hash in which the full tile over it is not theirs
  Digest tile_hash{};                       // of the full tile that they make
};

using ReadBundles = std::vector<Expected<ReadBundle>>;
using HashedBundles = std::vector<Expected<HashedBundle>>;

Expected<ReadBundle> ReadBundleAt(TileReader& reader, std::uint64_t index, std::uint64_t size) {
  ReadBundle read{EntryBundleAt(index, size), {}, {}};
  SR_ASSIGN_OR_RETURN(read.stored, ReadStored(reader, read.id));
  if (read.id.width == kTileWidth) {
    SR_ASSIGN_OR_RETURN(read.tile, ReadTile(reader, HashTileAt(0, index, size)));
  }
  return read;
}

Expected<HashedBundle> HashBundle(ReadBundle read) {
  HashedBundle hashed;
  hashed.read = std::move(read);
  SR_ASSIGN_OR_RETURN(hashed.entries, ParseStoredBundle(hashed.read.stored, hashed.read.id.width));
  for (const ByteView entry : hashed.entries) hashed.leaf_hashes.push_back(crypto::MerkleLeafHash(entry));
  if (hashed.read.id.width < kTileWidth) return hashed;
  const auto [stored, derived] = std::ranges::mismatch(hashed.read.tile, hashed.leaf_hashes);
  if (stored != hashed.read.tile.end()) {
    hashed.difference = static_cast<std::uint64_t>(stored - hashed.read.tile.begin());
  }
  hashed.tile_hash = SubtreeHash(hashed.leaf_hashes);
  return hashed;
}

HashedBundles HashBundles(ReadBundles read) {
  HashedBundles hashed;
  for (Expected<ReadBundle>& bundle : read) {
    hashed.push_back(bundle ? HashBundle(*std::move(bundle)) : std::unexpected(std::move(bundle).error()));
  }
  return hashed;
}

// TileAudit derives the tree from the entries and remembers the first hash in which a tile differs from it.
// It reads in the calling thread alone.
class TileAudit {
 public:
  TileAudit(TileReader& reader, std::uint64_t size, const EntryVisitor& visit)
      : reader_(reader), size_(size), visit_(visit) {}

  Status ReadEverything() {
    OrderedTasks<HashedBundles> tasks([this](const HashedBundles& bundles) { return Take(bundles); });
    const std::uint64_t count = TileCount(0, size_);
    bool failed = false;
    for (std::uint64_t next = 0; next < count && !failed;) {
      ReadBundles read = ReadSome(next, count);
      next += read.size();
      failed = !read.back();
      SR_RETURN_IF_ERROR(
          tasks.Start([read = std::move(read)]() mutable { return HashBundles(std::move(read)); }));
    }
    SR_RETURN_IF_ERROR(tasks.Finish());
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

  // At least one; an error is the last.
  ReadBundles ReadSome(std::uint64_t first, std::uint64_t count) {
    ReadBundles read;
    for (std::size_t bytes = 0; bytes < kTaskBytes && first + read.size() < count;) {
      read.push_back(ReadBundleAt(reader_, first + read.size(), size_));
      if (!read.back()) break;
      bytes += read.back()->stored.bytes.size();
    }
    return read;
  }

  Status Take(const HashedBundles& bundles) {
    for (const Expected<HashedBundle>& bundle : bundles) {
      if (!bundle) return std::unexpected(bundle.error());
      for (const ByteView entry : bundle->entries) {
        if (visit_) SR_RETURN_IF_ERROR(visit_(next_entry_, entry));
        ++next_entry_;
      }
      SR_RETURN_IF_ERROR(Derive(*bundle));
    }
    return {};
  }

  Status Derive(const HashedBundle& bundle) {
    if (bundle.read.id.width == kTileWidth) {
      const TileId tile = HashTileAt(0, bundle.read.id.index, size_);
      if (bundle.difference && !difference_) difference_ = {tile, *bundle.difference};
      return derived_.AppendTile(bundle.tile_hash);
    }
    for (const Digest& hash : bundle.leaf_hashes) SR_RETURN_IF_ERROR(derived_.Append(hash));
    return {};
  }

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
