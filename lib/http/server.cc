#include "strongroom/http/server.h"

#include <algorithm>
#include <array>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "http/coroutine.h"
#include "strongroom/http/lower_case.h"

namespace strongroom::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using BeastRequest = beast::http::request<beast::http::string_body>;
using BeastResponse = beast::http::response<beast::http::string_body>;

constexpr std::uint32_t kMaxHead = 8 * 1024;
constexpr std::size_t kReadBuffer = 16 * 1024;
constexpr std::size_t kSlowestAnswer = 64 * 1024;  // bytes a second
constexpr std::chrono::milliseconds kRestBeforeAccepting{100};
constexpr std::chrono::seconds kLastReading{
    2};  // for a client to see the last answer before the connection ends

// The status that answers a request that could not be read, or 0 where nobody is left to answer.
int StatusOf(const boost::system::error_code& why) {
  using beast::http::error;
  const auto& category = beast::http::make_error_code(error::bad_target).category();
  if (why.category() != category || why == error::end_of_stream || why == error::partial_message) return 0;
  if (why == error::body_limit) return 413;
  if (why == error::header_limit || why == error::buffer_overflow) return 431;
  return why == error::bad_version ? 505 : 400;
}

Response Refusal(int status) {
  const auto reason = beast::http::obsolete_reason(static_cast<beast::http::status>(status));
  return {status, "text/plain; charset=utf-8", std::string(reason) + "\n", {}};
}

bool IsProper(const BeastRequest& request) {
  const auto hosts = request.count(beast::http::field::host);
  return request.target().starts_with('/') && (hosts == 1 || (hosts == 0 && request.version() < 11));
}

Request ToRequest(BeastRequest& from) {
  const bool head = from.method() == beast::http::verb::head;
  Request request{head ? "GET" : std::string(from.method_string()),
                  std::string(from.target()),
                  std::move(from.body()),
                  {}};
  for (const auto& field : from) {
    std::string& value = request.headers[LowerCase(field.name_string())];
    if (!value.empty()) value += ", ";
    value += field.value();
  }
  return request;
}

BeastResponse ToBeast(Response response, bool keep_alive) {
  BeastResponse message(static_cast<beast::http::status>(response.status), 11);
  message.set(beast::http::field::content_type, response.content_type);
  for (const auto& [name, value] : response.headers) message.insert(name, value);
  message.body() = std::move(response.body);
  message.keep_alive(keep_alive);
  message.prepare_payload();
  return message;
}

// Ends a connection so that the client sees the last answer: what it still sends is read for a while, since
// the kernel would reset the connection over bytes that nobody read.
asio::awaitable<void> Close(beast::tcp_stream& stream) {
  boost::system::error_code error;
  stream.socket().shutdown(tcp::socket::shutdown_send, error);
  stream.expires_after(kLastReading);
  std::array<char, 4096> unread{};
  while (!error)
    std::tie(error, std::ignore) = co_await stream.async_read_some(asio::buffer(unread), kAsTuple);
}

}  // namespace

class Server::Running {
 public:
  Running(const ServerOptions& options, Handler handler)
      : options_(options),
        handler_(std::move(handler)),
        accepting_(asio::make_strand(io_)),
        acceptor_(accepting_),
        room_(accepting_) {}
  ~Running();

  Status Start();
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  Status Bind();
  asio::awaitable<void> Accept();
  asio::awaitable<void> WaitForRoom();
  void Spawn(tcp::socket socket);
  asio::awaitable<void> Serve(tcp::socket socket);
  asio::awaitable<bool> ServeOne(beast::tcp_stream& stream, beast::flat_buffer& buffer);
  asio::awaitable<bool> Send(beast::tcp_stream& stream, BeastResponse response, bool head_only);
  BeastResponse Answer(BeastRequest request);

  ServerOptions options_;
  Handler handler_;
  asio::io_context io_;
  asio::strand<asio::io_context::executor_type> accepting_;  // guards the three below
  tcp::acceptor acceptor_;
  asio::steady_timer room_;  // cancelled when a connection ends
  std::size_t connections_ = 0;
  std::uint16_t port_ = 0;
  std::vector<std::jthread> threads_;
};

Status Server::Running::Bind() {
  const std::string place = options_.address + " port " + std::to_string(options_.port);
  boost::system::error_code error;
  const asio::ip::address address = asio::ip::make_address(options_.address, error);
  if (error) return Fail(ErrorCode::kInvalidArgument, "'" + options_.address + "' is not an IP address");
  const tcp::endpoint endpoint(address, options_.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) port_ = acceptor_.local_endpoint(error).port();
  if (!error) return {};
  const bool taken = error == asio::error::address_in_use;
  return Fail(taken ? ErrorCode::kUnavailable : ErrorCode::kInvalidArgument,
              "cannot listen at " + place + ": " + error.message());
}

Status Server::Running::Start() {
  SR_RETURN_IF_ERROR(Bind());
  asio::co_spawn(accepting_, Accept(), asio::detached);
  for (unsigned i = 0; i < std::max(1U, options_.threads); ++i) threads_.emplace_back([this] { io_.run(); });
  return {};
}

Server::Running::~Running() {
  io_.stop();
  threads_.clear();  // joins them; the connections end with io_
}

asio::awaitable<void> Server::Running::WaitForRoom() {
  while (connections_ >= options_.max_connections) {
    room_.expires_at(asio::steady_timer::time_point::max());
    co_await room_.async_wait(kAsTuple);
  }
}

asio::awaitable<void> Server::Running::Accept() {
  for (;;) {
    co_await WaitForRoom();
    auto [error, socket] = co_await acceptor_.async_accept(asio::make_strand(io_), kAsTuple);
    if (!error) {
      Spawn(std::move(socket));
      continue;
    }
    // As when this process has no descriptor left: at once it would fail again.
    room_.expires_after(kRestBeforeAccepting);
    co_await room_.async_wait(kAsTuple);
  }
}

void Server::Running::Spawn(tcp::socket socket) {
  ++connections_;
  const auto executor = socket.get_executor();
  asio::co_spawn(executor, Serve(std::move(socket)),
                 asio::bind_executor(accepting_, [this](std::exception_ptr) {
                   --connections_;
                   room_.cancel();
                 }));
}

asio::awaitable<void> Server::Running::Serve(tcp::socket socket) {
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer(kReadBuffer);
  while (co_await ServeOne(stream, buffer)) {
  }
  co_await Close(stream);
}

// Reads a request and answers it. Whether the connection may go on.
asio::awaitable<bool> Server::Running::ServeOne(beast::tcp_stream& stream, beast::flat_buffer& buffer) {
  beast::http::request_parser<beast::http::string_body> parser;
  parser.header_limit(kMaxHead);
  parser.body_limit(options_.max_body);
  stream.expires_after(options_.timeout);
  auto [error, size] = co_await beast::http::async_read_header(stream, buffer, parser, kAsTuple);
  if (!error && beast::iequals(parser.get()[beast::http::field::expect], "100-continue")) {
    const BeastResponse go_on(beast::http::status::continue_, 11);
    co_await beast::http::async_write(stream, go_on, kAsTuple);
  }
  if (!error) std::tie(error, size) = co_await beast::http::async_read(stream, buffer, parser, kAsTuple);
  const int refused = error ? StatusOf(error) : IsProper(parser.get()) ? 0 : 400;
  if (refused != 0) co_await Send(stream, ToBeast(Refusal(refused), false), false);
  if (error || refused != 0) co_return false;
  const bool head_only = parser.get().method() == beast::http::verb::head;
  co_return co_await Send(stream, Answer(parser.release()), head_only);
}

BeastResponse Server::Running::Answer(BeastRequest request) {
  const bool keep_alive = request.keep_alive();
  try {
    return ToBeast(handler_(ToRequest(request)), keep_alive);
  } catch (const std::exception&) {
    return ToBeast(Refusal(500), false);
  }
}

asio::awaitable<bool> Server::Running::Send(beast::tcp_stream& stream, BeastResponse response,
                                            bool head_only) {
  stream.expires_after(options_.timeout + std::chrono::seconds(response.body().size() / kSlowestAnswer));
  beast::http::response_serializer<beast::http::string_body> serializer(response);
  boost::system::error_code error;
  if (head_only) {
    std::tie(error, std::ignore) = co_await beast::http::async_write_header(stream, serializer, kAsTuple);
  } else {
    std::tie(error, std::ignore) = co_await beast::http::async_write(stream, serializer, kAsTuple);
  }
  co_return !error && response.keep_alive();
}

Expected<std::unique_ptr<Server>> Server::Listen(const ServerOptions& options, Handler handler) {
  auto running = std::make_unique<Running>(options, std::move(handler));
  SR_RETURN_IF_ERROR(running->Start());
  return std::unique_ptr<Server>(new Server(std::move(running)));
}

Server::Server(std::unique_ptr<Running> running) : port_(running->port()), running_(std::move(running)) {}
Server::~Server() = default;

void Server::Stop() {
  running_.reset();
}

}  // namespace strongroom::http
