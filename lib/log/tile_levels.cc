#include "log/tile_levels.h"

#include <ranges>

#include "strongroom/log/merkle.h"

namespace strongroom::log {

TileLevels::TileLevels(std::uint64_t size, std::vector<std::vector<Digest>> rows, Sink sink)
    : sink_(std::move(sink)) {
  if (size == 0) return;
  levels_.push_back({size / kTileWidth, {}});
  for (std::vector<Digest>& row : rows) {
    size /= kTileWidth;
    levels_.push_back({size / kTileWidth, std::move(row)});
  }
}

Status TileLevels::Give(std::size_t level) const {
  const Level& given = levels_[level];
  const TileId tile{TileKind::kHashes, static_cast<std::uint8_t>(level), given.tile,
                    static_cast<std::uint16_t>(given.hashes.size())};
  return sink_(tile, given.hashes);
}

Status TileLevels::Append(const Digest& leaf_hash) {
  return AppendAt(0, leaf_hash);
}

Status TileLevels::AppendTile(const Digest& tile_hash) {
  if (levels_.empty()) levels_.emplace_back();
  ++levels_.front().tile;
  return AppendAt(1, tile_hash);
}

Status TileLevels::AppendAt(std::size_t level, Digest hash) {
  for (;; ++level) {
    if (level == levels_.size()) levels_.emplace_back();
    levels_[level].hashes.push_back(hash);
    if (levels_[level].hashes.size() < kTileWidth) return {};
    SR_RETURN_IF_ERROR(Give(level));
    hash = SubtreeHash(levels_[level].hashes);
    levels_[level].hashes.clear();
    ++levels_[level].tile;
  }
}

std::vector<std::vector<Digest>> TileLevels::Rows() const {
  std::vector<std::vector<Digest>> rows;
  for (std::size_t level = 1; level < levels_.size(); ++level) rows.push_back(levels_[level].hashes);
  return rows;
}

Status TileLevels::Finish() const {
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    if (!levels_[level].hashes.empty()) SR_RETURN_IF_ERROR(Give(level));
  }
  return {};
}

Digest TileLevels::Root() const {
  std::vector<Digest> subtrees;
  for (const Level& level : levels_ | std::views::reverse) AddSubtrees(level.hashes, subtrees);
  return JoinSubtrees(subtrees);
}

void AddSubtrees(std::span<const Digest> tile, std::vector<Digest>& subtrees) {
  for (const LeafRange& range : CompleteSubtrees({0, tile.size()})) {
    subtrees.push_back(SubtreeHash(tile.subspan(range.begin, range.end - range.begin)));
  }
}

}  // namespace strongroom::log
