// Which country stands where on the tile map of the world.
#ifndef STRONGROOM_POLICY_TILE_LAYOUT_H_
#define STRONGROOM_POLICY_TILE_LAYOUT_H_

#include <cstddef>
#include <span>
#include <string_view>

namespace strongroom::policy {

inline constexpr std::size_t kTileColumns = 25;
inline constexpr std::size_t kTileRows = 22;

// The code of the country on a tile, or nothing where there is sea. Static storage.
std::string_view CodeAt(std::size_t column, std::size_t row);

// A name that stands in the sea from this tile on, for orientation.
struct RegionName {
  std::string_view name;
  std::size_t column, row;
};
std::span<const RegionName> RegionNames();

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_TILE_LAYOUT_H_
