// An HTTP/1.1 server (RFC 9112) for a few small services: plain TCP, kept-alive connections, everything
// bounded. Where TLS is needed, a terminator stands before it.
#ifndef STRONGROOM_HTTP_SERVER_H_
#define STRONGROOM_HTTP_SERVER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "strongroom/base/error.h"
#include "strongroom/http/message.h"

namespace strongroom::http {

struct ServerOptions {
  std::string address = "127.0.0.1";  // an IPv4 or IPv6 address, no name
  std::uint16_t port = 0;             // 0: any that is free
  unsigned threads = 2;               // that run handlers, and everything else
  std::size_t max_body = 1 << 20;     // bytes of a request's body
  std::size_t max_connections = 256;  // more wait in the kernel's queue
  // How long a connection may be idle and its next request be under way, together. An answer may take as
  // long, and a second more for each 64 KiB.
  std::chrono::milliseconds timeout{10'000};
};

// Handler answers a request. It is called from several threads at once. If it throws, the answer is a 500.
using Handler = std::function<Response(const Request&)>;

// Server listens from Listen until Stop. A request that breaks the protocol or a bound is answered with 400,
// 413, 431 or 505, and its connection closed; the head of a request may have 8 KiB.
class Server {
 public:
  // kUnavailable if the port is taken, kInvalidArgument if nobody could listen at that address.
  static Expected<std::unique_ptr<Server>> Listen(const ServerOptions& options, Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  // Stop closes the port and every connection, and returns when the handlers that run have ended; what they
  // answer is not sent any more. Not from a handler. The destructor calls it too.
  void Stop();

 private:
  class Running;
  explicit Server(std::unique_ptr<Running> running);
  std::uint16_t port_;
  std::unique_ptr<Running> running_;
};

}  // namespace strongroom::http

#endif  // STRONGROOM_HTTP_SERVER_H_
