// A server that gives what a test wrote, whatever it is asked, over TCP or TLS.
#ifndef STRONGROOM_TESTS_UNIT_HTTP_SCRIPTED_SERVER_H_
#define STRONGROOM_TESTS_UNIT_HTTP_SCRIPTED_SERVER_H_

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace strongroom::testing {

// Gives answers[i] to the i-th request, and closes after each but those that keep the connection alive, which
// say so by "keep" before the answer. After the last it says nothing more.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<std::string> answers, boost::asio::ssl::context* tls = nullptr)
      : answers_(std::move(answers)), tls_(tls), thread_([this] { Serve(); }) {}
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    done_ = true;
    boost::asio::io_context io;  // wakes accept
    Tcp::socket waker(io);
    boost::system::error_code ignored;
    waker.connect({boost::asio::ip::address_v4::loopback(), port()}, ignored);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  using Tcp = boost::asio::ip::tcp;

  void Serve() {
    while (!done_) {
      Tcp::socket socket(io_);
      acceptor_.accept(socket);
      if (done_) return;
      ++connections_;
      boost::system::error_code error;
      if (tls_ != nullptr) {
        boost::asio::ssl::stream<Tcp::socket> stream(std::move(socket), *tls_);
        stream.handshake(boost::asio::ssl::stream_base::server, error);
        if (!error) Converse(stream);
      } else {
        Converse(socket);
      }
    }
  }

  template <typename Stream>
  void Converse(Stream& stream) {
    for (bool keep = true; keep && next_ < answers_.size();) {
      std::string request;
      boost::system::error_code error;
      boost::asio::read_until(stream, boost::asio::dynamic_buffer(request), "\r\n\r\n", error);
      if (error) return;
      std::string answer = answers_[next_++];
      keep = answer.starts_with("keep");
      if (keep) answer.erase(0, 4);
      boost::asio::write(stream, boost::asio::buffer(answer), error);
    }
  }

  std::vector<std::string> answers_;
  boost::asio::ssl::context* tls_;
  std::size_t next_ = 0;
  std::atomic<int> connections_ = 0;
  std::atomic<bool> done_ = false;
  boost::asio::io_context io_;
  Tcp::acceptor acceptor_{io_, {boost::asio::ip::address_v4::loopback(), 0}};
  std::uint16_t port_ = acceptor_.local_endpoint().port();
  std::jthread thread_;
};

}  // namespace strongroom::testing

#endif  // STRONGROOM_TESTS_UNIT_HTTP_SCRIPTED_SERVER_H_
