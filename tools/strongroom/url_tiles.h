// A log's published files, read from a URL.
#ifndef STRONGROOM_URL_TILES_H_
#define STRONGROOM_URL_TILES_H_

#include <string>
#include <utility>

#include "strongroom/http/client.h"
#include "strongroom/log/tiled_tree.h"

namespace strongroom::cli {

// UrlTiles reads what stands below the prefix of a log (tlog-tiles), "checkpoint" too. Errors: kNotFound, and
// those of http::Client; kUnavailable for a status that a retry may mend. Not thread-safe.
class UrlTiles final : public log::TileReader {
 public:
  explicit UrlTiles(std::string prefix, http::ClientOptions options = {});

  Expected<Bytes> Read(const std::string& path, std::size_t max_bytes) override;

 private:
  std::string prefix_;  // ends with '/'
  http::Client client_;
};

}  // namespace strongroom::cli

#endif  // STRONGROOM_URL_TILES_H_
