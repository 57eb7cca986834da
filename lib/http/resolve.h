// From a host's name to addresses, within a time.
#ifndef STRONGROOM_HTTP_RESOLVE_H_
#define STRONGROOM_HTTP_RESOLVE_H_

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "strongroom/base/error.h"

namespace strongroom::http {

// Resolve gives at least one endpoint, or kUnavailable; kInterrupted once `stop` is requested. An address
// resolves to itself.
Expected<std::vector<boost::asio::ip::tcp::endpoint>> Resolve(const std::string& host, std::uint16_t port,
                                                              std::chrono::steady_clock::time_point deadline,
                                                              const std::stop_token& stop);

}  // namespace strongroom::http

#endif  // STRONGROOM_HTTP_RESOLVE_H_
