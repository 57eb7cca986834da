// Where a log's published files come from: a directory laid out as tlog-tiles has it.
#ifndef STRONGROOM_LOG_TILE_SOURCE_H_
#define STRONGROOM_LOG_TILE_SOURCE_H_

#include <string>
#include <utility>

#include "strongroom/base/file.h"
#include "strongroom/log/tiled_tree.h"

namespace strongroom::log {

// DirectoryTiles reads tiles, and the file "checkpoint", below a directory. Anything but a regular file is
// kMalformed, and so is one that is too long. `files` must outlive it. As thread-safe as `files`.
class DirectoryTiles final : public TileReader {
 public:
  DirectoryTiles(FileSystem& files, std::string directory)
      : files_(&files), directory_(std::move(directory)) {}

  Expected<Bytes> Read(const std::string& path, std::size_t max_bytes) override;

 private:
  FileSystem* files_;
  std::string directory_;
};

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_TILE_SOURCE_H_
