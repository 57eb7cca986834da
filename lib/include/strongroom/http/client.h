// An HTTP/1.1 client (RFC 9112) over TCP or TLS: one request at a time, everything bounded.
#ifndef STRONGROOM_HTTP_CLIENT_H_
#define STRONGROOM_HTTP_CLIENT_H_

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "strongroom/base/error.h"
#include "strongroom/http/message.h"

namespace strongroom::http {

struct ClientOptions {
  std::chrono::milliseconds deadline{10'000};  // for the whole of a request: name, connection, answer
  std::string ca_file = {};                    // PEM, in the place of the system's certificate authorities
  std::stop_token stop = {};                   // ends the request under way and refuses every later one
};

// Client keeps its last connection alive for the next request to the same host. Redirects are not followed,
// proxies not used, cookies not kept. The server's certificate must be valid for the URL's host. Not
// thread-safe.
//
// An answer of any status is an answer. Errors: kInvalidArgument for a URL that ParseUrl refuses;
// kUnauthenticated if TLS fails; kMalformed for an answer that breaks the protocol or exceeds `max_body`
// bytes; kInterrupted after a request to stop; kUnavailable for whatever else the network does, the deadline
// included.
class Client {
 public:
  explicit Client(ClientOptions options = {});
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // A body in the coding gzip is decoded, `max_body` binding what comes out.
  Expected<Response> Get(std::string_view url, std::size_t max_body);
  // Post sends its request once at most; Get repeats it if a kept-alive connection turns out to be closed.
  Expected<Response> Post(std::string_view url, std::string_view content_type, std::string_view body,
                          std::size_t max_body);

 private:
  class Connections;
  std::unique_ptr<Connections> connections_;
};

}  // namespace strongroom::http

#endif  // STRONGROOM_HTTP_CLIENT_H_
