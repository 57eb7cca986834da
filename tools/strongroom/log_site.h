// The page over a published log, without sockets: what each HTTP request is answered with.
#ifndef STRONGROOM_LOG_SITE_H_
#define STRONGROOM_LOG_SITE_H_

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/envelope/note.h"
#include "strongroom/http/message.h"
#include "strongroom/log/tiled_tree.h"
#include "strongroom/log/witness_policy.h"

namespace strongroom::cli {

// LogSite serves the page at "/", the files of the log as they are stored, and /log.json: what the page
// cannot take from the log itself, for it would be the log's word for itself.
class LogSite {
 public:
  // `tiles` gives the tiles, and the published checkpoint as "checkpoint"; it must outlive the site. `keys`
  // are the log's, the current one last, at least one. Where `hosts` names any, requests that ask for another
  // host are refused: a web page elsewhere could have its own name lead to this machine, and read the log.
  // The case of letters in a host makes no difference.
  LogSite(log::TileReader& tiles, const std::vector<envelope::NoteKey>& keys,
          const log::WitnessPolicy& policy, std::vector<std::string> hosts);

  // Thread-safe: the tiles are read by one request at a time, and whoever waits for them too long is told so.
  [[nodiscard]] http::Response Answer(const http::Request& request) const;

 private:
  [[nodiscard]] bool IsAskedFor(const http::Request& request) const;
  [[nodiscard]] http::Response Find(std::string_view path) const;
  [[nodiscard]] http::Response LogFile(const std::string& path) const;

  log::TileReader& tiles_;
  mutable std::timed_mutex reading_;  // guards tiles_
  std::string description_;           // /log.json
  std::vector<std::string> hosts_;
};

}  // namespace strongroom::cli

#endif  // STRONGROOM_LOG_SITE_H_
