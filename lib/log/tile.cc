#include "strongroom/log/tile.h"

#include <algorithm>
#include <optional>

#include "log/c2sp_lines.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::log {
namespace {

constexpr std::string_view kTilePrefix = "tile/";
constexpr std::string_view kEntries = "entries";
constexpr std::string_view kPartial = ".p/";
constexpr std::size_t kDigitsInGroup = 3;
constexpr unsigned kTileHeight = 8;  // of the tree over a full tile

// 1234067 is x001/x234/067.
std::string IndexPath(std::uint64_t index) {
  std::string digits = std::to_string(index);
  digits.insert(0, (kDigitsInGroup - digits.size() % kDigitsInGroup) % kDigitsInGroup, '0');
  std::string path;
  for (std::size_t i = 0; i < digits.size(); i += kDigitsInGroup) {
    const bool last = i + kDigitsInGroup == digits.size();
    path += (last ? "" : "x") + digits.substr(i, kDigitsInGroup) + (last ? "" : "/");
  }
  return path;
}

// The index that a path's digits spell, however they are grouped.
std::optional<std::uint64_t> IndexOf(std::string_view path) {
  std::string digits(path);
  std::erase_if(digits, [](char c) { return c == 'x' || c == '/'; });
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  return digits.empty() ? 0 : ParseDecimal(digits);
}

// The hashes that a tree has at a level of tiles.
std::uint64_t HashCount(std::uint8_t level, std::uint64_t tree_size) {
  const unsigned shift = level * kTileHeight;
  return shift < 64 ? tree_size >> shift : 0;
}

std::unexpected<Error> BadPath(std::string_view path) {
  return Fail(ErrorCode::kMalformed, "'" + std::string(path) + "' is not the path of a tile");
}

std::unexpected<Error> BadBundle(std::size_t entry, std::string_view why) {
  return Fail(ErrorCode::kMalformed,
              "entry bundle, its entry " + std::to_string(entry) + ": " + std::string(why));
}

}  // namespace

std::string TilePath(const TileId& tile) {
  std::string path(kTilePrefix);
  path += tile.kind == TileKind::kEntries ? std::string(kEntries) : std::to_string(tile.level);
  path += "/" + IndexPath(tile.index);
  return tile.width == kTileWidth ? path : path + std::string(kPartial) + std::to_string(tile.width);
}

Expected<TileId> ParseTilePath(std::string_view path) {
  std::string_view rest = path;
  if (!rest.starts_with(kTilePrefix)) return BadPath(path);
  rest.remove_prefix(kTilePrefix.size());
  const std::string_view level = rest.substr(0, rest.find('/'));
  rest.remove_prefix(std::min(level.size() + 1, rest.size()));
  TileId tile;
  if (const std::size_t partial = rest.find(kPartial); partial != std::string_view::npos) {
    const auto width = ParseDecimal(rest.substr(partial + kPartial.size()));
    if (!width || *width == 0 || *width >= kTileWidth) return BadPath(path);
    tile.width = static_cast<std::uint16_t>(*width);
    rest = rest.substr(0, partial);
  }
  if (level == kEntries) {
    tile.kind = TileKind::kEntries;
  } else {
    const auto number = ParseDecimal(level);
    if (!number || *number > kMaxTileLevel) return BadPath(path);
    tile.level = static_cast<std::uint8_t>(*number);
  }
  const auto index = IndexOf(rest);
  if (!index) return BadPath(path);
  tile.index = *index;
  if (TilePath(tile) != path) return BadPath(path);
  return tile;
}

std::uint64_t TileCount(std::uint8_t level, std::uint64_t tree_size) {
  const std::uint64_t hashes = HashCount(level, tree_size);
  return hashes / kTileWidth + (hashes % kTileWidth != 0 ? 1 : 0);
}

TileId HashTileAt(std::uint8_t level, std::uint64_t index, std::uint64_t tree_size) {
  const std::uint64_t hashes = HashCount(level, tree_size) - index * kTileWidth;
  const auto width = static_cast<std::uint16_t>(std::min<std::uint64_t>(hashes, kTileWidth));
  return {TileKind::kHashes, level, index, width};
}

TileId EntryBundleAt(std::uint64_t index, std::uint64_t tree_size) {
  TileId bundle = HashTileAt(0, index, tree_size);
  bundle.kind = TileKind::kEntries;
  return bundle;
}

Bytes SerializeTile(std::span<const Digest> hashes) {
  ByteWriter writer;
  for (const Digest& hash : hashes) writer.Append(hash);
  return std::move(writer).Take();
}

Expected<std::vector<Digest>> ParseTile(ByteView bytes, std::uint16_t width) {
  ByteReader reader(bytes, "tile");
  if (bytes.size() != width * sizeof(Digest)) {
    return std::unexpected(reader.Malformed("it holds " + std::to_string(bytes.size()) + " bytes, and not " +
                                            std::to_string(width) + " hashes"));
  }
  std::vector<Digest> hashes(width);
  for (Digest& hash : hashes) SR_RETURN_IF_ERROR(reader.Copy(hash));
  return hashes;
}

Digest SubtreeHash(std::span<const Digest> hashes) {
  std::vector<Digest> level(hashes.begin(), hashes.end());
  while (level.size() > 1) {
    for (std::size_t i = 0; i + 1 < level.size(); i += 2) {
      level[i / 2] = crypto::MerkleNodeHash(level[i], level[i + 1]);
    }
    level.resize(level.size() / 2);
  }
  return level.front();
}

Expected<Bytes> SerializeEntryBundle(std::span<const Bytes> entries) {
  if (entries.empty() || entries.size() > kTileWidth) {
    return Fail(ErrorCode::kInvalidArgument, "an entry bundle holds 1 to 256 entries");
  }
  ByteWriter writer;
  for (const Bytes& entry : entries) {
    if (entry.size() > kMaxBundledEntry) {
      return Fail(ErrorCode::kInvalidArgument, "an entry of a bundle has more than 65535 bytes");
    }
    writer.U16Be(static_cast<std::uint16_t>(entry.size())).Append(entry);
  }
  return std::move(writer).Take();
}

Expected<std::vector<ByteView>> ParseEntryBundle(ByteView bytes, std::uint16_t width) {
  ByteReader reader(bytes, "entry bundle");
  std::vector<ByteView> entries;
  for (std::size_t i = 0; i < width; ++i) {
    const auto size = reader.U16Be();
    if (!size) return BadBundle(i, "the bundle ends before it");
    const auto entry = reader.Take(*size);
    if (!entry) return BadBundle(i, "it runs over the bundle's end");
    entries.push_back(*entry);
  }
  SR_RETURN_IF_ERROR(reader.Finish());
  return entries;
}

}  // namespace strongroom::log
