#include "strongroom/log/tile_source.h"

namespace strongroom::log {

Expected<Bytes> DirectoryTiles::Read(const std::string& path, std::size_t max_bytes) {
  return ReadWhole(*files_, JoinPath(directory_, path), max_bytes);
}

}  // namespace strongroom::log
