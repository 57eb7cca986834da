#include "strongroom/http/client.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "http/coroutine.h"
#include "http/gzip.h"
#include "http/resolve.h"
#include "strongroom/http/lower_case.h"
#include "strongroom/http/url.h"

namespace strongroom::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using BeastRequest = beast::http::request<beast::http::string_body>;
using BeastResponse = beast::http::response<beast::http::string_body>;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::uint32_t kMaxHead = 16 * 1024;
constexpr std::size_t kReadBuffer = 64 * 1024;
constexpr std::size_t kMaxCodingHead = 1024;  // of gzip, with a file's name
constexpr int kMaxInterimAnswers = 8;         // of status 1xx before the one that counts

std::unexpected<Error> Stopped() {
  return Fail(ErrorCode::kInterrupted, "interrupted");
}

// Which error of ours one of Boost's is, for a request to `url`.
Error Translate(const boost::system::error_code& error, const Url& url) {
  const std::string what = url.Authority() + ": ";
  if (error == beast::error::timeout) return {ErrorCode::kUnavailable, what + "no answer in time"};
  if (error == beast::http::error::end_of_stream || error == beast::http::error::partial_message) {
    return {ErrorCode::kUnavailable, what + "the connection ended before the answer did"};
  }
  if (error == beast::http::error::body_limit)
    return {ErrorCode::kMalformed, what + "the answer is too long"};
  if (error.category() == beast::http::make_error_code(beast::http::error::bad_target).category()) {
    return {ErrorCode::kMalformed, what + "the answer is not HTTP: " + error.message()};
  }
  if (error.category() == asio::error::get_ssl_category()) {
    return {ErrorCode::kUnauthenticated, what + "TLS failed: " + error.message()};
  }
  return {ErrorCode::kUnavailable, what + error.message()};
}

// Whether a kept-alive connection has ended, or has sent what nobody asked for.
bool IsStale(tcp::socket& socket) {
  char byte = 0;
  boost::system::error_code error;
  socket.non_blocking(true, error);
  socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error);
  return error != asio::error::would_block;
}

// The longest coded form of a body of `max_body` bytes: what cannot be compressed becomes longer, by five
// bytes for each stored block.
std::size_t MaxCoded(std::size_t max_body) {
  return max_body + max_body / 1024 + kMaxCodingHead;
}

template <typename Stream>
asio::awaitable<boost::system::error_code> Exchange(Stream& stream, const BeastRequest& request,
                                                    std::size_t max_body, BeastResponse& answer) {
  auto [error, size] = co_await beast::http::async_write(stream, request, kAsTuple);
  beast::flat_buffer buffer(kReadBuffer);
  for (int i = 0; !error && i < kMaxInterimAnswers; ++i) {
    beast::http::response_parser<beast::http::string_body> parser;
    parser.header_limit(kMaxHead);
    parser.body_limit(MaxCoded(max_body));
    std::tie(error, size) = co_await beast::http::async_read(stream, buffer, parser, kAsTuple);
    if (error || parser.get().result_int() >= 200) {
      answer = parser.release();
      co_return error;
    }
  }
  co_return error ? error : make_error_code(beast::http::error::bad_status);
}

Expected<Response> FromBeast(BeastResponse answer, std::size_t max_body) {
  Response response{static_cast<int>(answer.result_int()), {}, std::move(answer.body()), {}};
  for (const auto& field : answer) {
    std::string name = LowerCase(field.name_string());
    if (name == "content-type") {
      response.content_type = field.value();
    } else {
      response.headers.emplace_back(std::move(name), field.value());
    }
  }
  if (beast::iequals(answer[beast::http::field::content_encoding], "gzip")) {
    SR_ASSIGN_OR_RETURN(response.body, DecodeGzip(response.body, max_body));
  } else if (response.body.size() > max_body) {
    return Fail(ErrorCode::kMalformed, "the answer is too long");
  }
  return response;
}

}  // namespace

// The last connection, and what it takes to make another.
class Client::Connections {
 public:
  explicit Connections(ClientOptions options) : options_(std::move(options)) {}

  Expected<Response> Send(beast::http::verb method, std::string_view url, std::string_view content_type,
                          std::string_view body, std::size_t max_body);

 private:
  Expected<Response> Attempt(const Url& url, const BeastRequest& request, std::size_t max_body);
  asio::awaitable<boost::system::error_code> Run(const Url& url, const std::vector<tcp::endpoint>& endpoints,
                                                 const BeastRequest& request, std::size_t max_body,
                                                 BeastResponse& answer);
  asio::awaitable<boost::system::error_code> Connect(const Url& url,
                                                     const std::vector<tcp::endpoint>& endpoints);
  asio::awaitable<boost::system::error_code> Handshake(const std::string& host);
  Status PrepareTls();
  void EndAtOnce();
  [[nodiscard]] bool IsConnectedTo(const Url& url);
  beast::tcp_stream& Tcp() { return stream_->next_layer(); }

  ClientOptions options_;
  asio::io_context io_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  bool tls_ready_ = false;
  SteadyTime deadline_;  // of the request under way
  Url connected_to_;
  std::optional<TlsStream> stream_;  // for plain HTTP only its lower half is used
};

// Whatever the request under way waits for ends, and what it would still try has no time left.
void Client::Connections::EndAtOnce() {
  deadline_ = std::chrono::steady_clock::now();
  if (stream_) Tcp().close();
}

bool Client::Connections::IsConnectedTo(const Url& url) {
  return stream_ && connected_to_.Authority() == url.Authority() && connected_to_.tls == url.tls &&
         !IsStale(Tcp().socket());
}

Status Client::Connections::PrepareTls() {
  if (tls_ready_) return {};
  boost::system::error_code error;
  if (options_.ca_file.empty()) {
    tls_.set_default_verify_paths(error);
  } else {
    tls_.load_verify_file(options_.ca_file, error);
  }
  if (error) {
    return Fail(ErrorCode::kUnauthenticated, "certificate authorities cannot be read: " + error.message());
  }
  tls_.set_verify_mode(asio::ssl::verify_peer);
  tls_.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
  tls_ready_ = true;
  return {};
}

asio::awaitable<boost::system::error_code> Client::Connections::Handshake(const std::string& host) {
  stream_->set_verify_callback(asio::ssl::host_name_verification(host));
  // RFC 6066 section 3: an address is no server name.
  boost::system::error_code is_name;
  asio::ip::make_address(host, is_name);
  if (is_name && SSL_set_tlsext_host_name(stream_->native_handle(), host.c_str()) != 1) {
    co_return make_error_code(asio::error::invalid_argument);
  }
  const auto [error] = co_await stream_->async_handshake(asio::ssl::stream_base::client, kAsTuple);
  co_return error;
}

// Tries one address after another, each for an equal part of the time that is left.
asio::awaitable<boost::system::error_code> Client::Connections::Connect(
    const Url& url, const std::vector<tcp::endpoint>& endpoints) {
  boost::system::error_code error = asio::error::host_not_found;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    stream_.emplace(io_, tls_);
    const auto left = deadline_ - std::chrono::steady_clock::now();
    Tcp().expires_after(left / static_cast<int>(endpoints.size() - i));
    std::tie(error) = co_await Tcp().async_connect(endpoints[i], kAsTuple);
    if (!error) break;
  }
  if (error) co_return error;
  connected_to_ = url;
  Tcp().expires_at(deadline_);
  Tcp().socket().set_option(tcp::no_delay(true), error);
  // As two statements: g++ 12 awaits both branches of a conditional expression.
  if (!url.tls) co_return boost::system::error_code();
  co_return co_await Handshake(url.host);
}

asio::awaitable<boost::system::error_code> Client::Connections::Run(
    const Url& url, const std::vector<tcp::endpoint>& endpoints, const BeastRequest& request,
    std::size_t max_body, BeastResponse& answer) {
  if (!endpoints.empty()) {
    const auto error = co_await Connect(url, endpoints);
    if (error) co_return error;
  }
  Tcp().expires_at(deadline_);
  if (url.tls) co_return co_await Exchange(*stream_, request, max_body, answer);
  co_return co_await Exchange(Tcp(), request, max_body, answer);
}

Expected<Response> Client::Connections::Attempt(const Url& url, const BeastRequest& request,
                                                std::size_t max_body) {
  std::vector<tcp::endpoint> endpoints;  // none: over the connection that is there
  if (!IsConnectedTo(url)) {
    stream_.reset();
    if (url.tls) SR_RETURN_IF_ERROR(PrepareTls());
    SR_ASSIGN_OR_RETURN(endpoints, Resolve(url.host, url.port, deadline_, options_.stop));
  }
  BeastResponse answer;
  boost::system::error_code error;
  asio::co_spawn(io_, Run(url, endpoints, request, max_body, answer),
                 [&](const std::exception_ptr& thrown, const boost::system::error_code& result) {
                   error = thrown ? make_error_code(asio::error::no_memory) : result;
                 });
  io_.restart();
  {
    const std::stop_callback on_stop(options_.stop, [this] { asio::post(io_, [this] { EndAtOnce(); }); });
    io_.run();
  }
  if (options_.stop.stop_requested()) return Stopped();
  if (error || !answer.keep_alive()) stream_.reset();
  if (error) return std::unexpected(Translate(error, url));
  auto response = FromBeast(std::move(answer), max_body);
  if (!response) return std::unexpected(std::move(response).error().With(url.Authority()));
  return response;
}

Expected<Response> Client::Connections::Send(beast::http::verb method, std::string_view url_text,
                                             std::string_view content_type, std::string_view body,
                                             std::size_t max_body) {
  if (options_.stop.stop_requested()) return Stopped();
  SR_ASSIGN_OR_RETURN(const Url url, ParseUrl(url_text));
  deadline_ = std::chrono::steady_clock::now() + options_.deadline;
  const bool get = method == beast::http::verb::get;
  BeastRequest request(method, url.target, 11);
  request.set(beast::http::field::host, url.Authority());
  request.set(beast::http::field::user_agent, "strongroom");
  request.set(beast::http::field::accept_encoding, "gzip, identity");
  if (!get) request.set(beast::http::field::content_type, content_type);
  request.body() = body;
  request.prepare_payload();
  const bool kept_alive = IsConnectedTo(url);
  auto response = Attempt(url, request, max_body);
  const bool ended_meanwhile = kept_alive && !response && response.error().code == ErrorCode::kUnavailable;
  if (get && ended_meanwhile) response = Attempt(url, request, max_body);
  return response;
}

Client::Client(ClientOptions options) : connections_(std::make_unique<Connections>(std::move(options))) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Expected<Response> Client::Get(std::string_view url, std::size_t max_body) {
  return connections_->Send(beast::http::verb::get, url, "", "", max_body);
}

Expected<Response> Client::Post(std::string_view url, std::string_view content_type, std::string_view body,
                                std::size_t max_body) {
  return connections_->Send(beast::http::verb::post, url, content_type, body, max_body);
}

}  // namespace strongroom::http
