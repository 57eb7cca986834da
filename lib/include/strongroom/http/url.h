// The URLs that this module asks: http and https (RFC 3986, RFC 9110 section 4.2).
#ifndef STRONGROOM_HTTP_URL_H_
#define STRONGROOM_HTTP_URL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "strongroom/base/error.h"

namespace strongroom::http {

struct Url {
  bool tls = false;
  std::string host;  // a name, or an address without brackets; lower-case
  std::uint16_t port = 0;
  std::string target;  // path and query; begins with '/'

  [[nodiscard]] std::string Authority() const;  // as a Host header has it: without the scheme's own port
  friend bool operator==(const Url&, const Url&) = default;
};

// ParseUrl: kInvalidArgument for another scheme, a user's name, a fragment, and every character that a URL
// must write with '%'. At most 2,048 bytes.
Expected<Url> ParseUrl(std::string_view text);

}  // namespace strongroom::http

#endif  // STRONGROOM_HTTP_URL_H_
