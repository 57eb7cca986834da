// Where a server of this program listens, as --listen says it.
#ifndef STRONGROOM_LISTEN_ADDRESS_H_
#define STRONGROOM_LISTEN_ADDRESS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "strongroom/base/error.h"

namespace strongroom::cli {

struct ListenAddress {
  std::string host;  // an IPv4 or IPv6 address, without brackets
  std::uint16_t port = 0;

  [[nodiscard]] bool IsLoopback() const;
  // "http://127.0.0.1:8480/", with this port in place of its own.
  [[nodiscard]] std::string Url(std::uint16_t actual_port) const;
};

// ParseListenAddress reads "127.0.0.1:8480" or "[::1]:8480"; kInvalidArgument for anything else.
Expected<ListenAddress> ParseListenAddress(std::string_view text);

}  // namespace strongroom::cli

#endif  // STRONGROOM_LISTEN_ADDRESS_H_
