#include "strongroom/http/server.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "testing/raw_connection.h"

namespace strongroom::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawConnection;
using ::testing::StartsWith;

constexpr std::string_view kGet = "GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n";

Response Echo(const Request& request) {
  std::string headers;
  for (const auto& [name, value] : request.headers) headers += name + "=" + value + ";";
  return {200,
          "text/plain",
          request.method + " " + request.target + " " + headers + " " + request.body,
          {{"x-a", "b"}}};
}

std::unique_ptr<Server> Start(ServerOptions options = {}, Handler handler = Echo) {
  auto server = Server::Listen(options, std::move(handler));
  EXPECT_TRUE(server) << server.error().message;
  return *std::move(server);
}

std::string Ask(const Server& server, std::string_view bytes) {
  const RawConnection connection(server.port());
  connection.Send(bytes);
  connection.EndSending();
  return connection.Receive();
}

TEST(Server, RequestReachesTheHandlerAndItsAnswerTheClient) {
  const auto server = Start();
  const std::string answer =
      Ask(*server, "POST /p HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nx-one: 2\r\nContent-Length: 4\r\n\r\nbody");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain\r\n"));
  EXPECT_THAT(answer, HasSubstr("x-a: b\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\nPOST /p content-length=4;host=h;x-one=1, 2; body"));
}

TEST(Server, ChunkedBodyIsJoined) {
  const auto server = Start();
  EXPECT_THAT(
      Ask(*server,
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"),
      HasSubstr(" abc"));
}

TEST(Server, HeadIsAnsweredWithoutABody) {
  const auto server = Start();
  const std::string answer = Ask(*server, "HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 15\r\n"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
  const auto server = Start();
  std::string requests;
  for (int i = 0; i < 50; ++i) requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string answers = Ask(*server, requests);
  std::size_t at = 0;
  for (int i = 0; i < 50; ++i) {
    at = answers.find("GET /" + std::to_string(i) + " ", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

TEST(Server, OneByteAtATimeIsARequest) {
  const auto server = Start();
  const RawConnection connection(server->port());
  for (const char byte : kGet) {
    connection.Send({&byte, 1});
    std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_THAT(connection.Receive("host=h;"), StartsWith("HTTP/1.1 200"));
}

TEST(Server, ContinueIsSentToAClientThatWaitsForIt) {
  const auto server = Start();
  const RawConnection connection(server->port());
  connection.Send("POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_THAT(connection.Receive("\r\n\r\n"), StartsWith("HTTP/1.1 100 "));
  connection.Send("hi");
  EXPECT_THAT(connection.Receive(" hi"), HasSubstr("200 OK"));
}

TEST(Server, WhatBreaksTheProtocolIsRefusedAndTheConnectionEnds) {
  const auto server = Start({.max_body = 100});
  const std::string long_header(9000, 'a');
  const std::pair<std::string, std::string> cases[] = {
      {"NONSENSE\r\n\r\n", "400"},
      {"\x16\x03\x01\x02\x00\x01", "400"},  // the beginning of TLS
      {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", "505"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
      {"GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: h\r\nX: " + long_header + "\r\n\r\n", "431"},
      {"GET /" + long_header, "431"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n", "413"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "400"},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + std::string(255, 'x') +
           "\r\n0\r\n\r\n",
       "413"},
      {"GET / HTTP/1.1\r\nHost: h\r\nbad header\r\n\r\n", "400"},
  };
  for (const auto& [bytes, status] : cases) {
    const RawConnection connection(server->port());
    connection.Send(bytes);
    if (bytes.find("\r\n\r\n") == std::string::npos) connection.EndSending();
    const std::string answer = connection.Receive();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + status)) << bytes.substr(0, 80);
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  }
  EXPECT_THAT(Ask(*server, kGet), HasSubstr("200 OK"));
}

TEST(Server, HandlerThatThrowsIsAnErrorOfTheServer) {
  const auto server = Start({}, [](const Request&) -> Response { throw std::runtime_error("secret"); });
  const std::string answer = Ask(*server, kGet);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(answer, Not(HasSubstr("secret")));
}

TEST(Server, HalfARequestEndsWithItsTime) {
  const auto server = Start({.timeout = milliseconds(200)});
  const RawConnection half(server->port());
  half.Send(kGet.substr(0, 10));
  const RawConnection idle(server->port());
  const auto start = steady_clock::now();
  EXPECT_EQ(half.Receive(), "");
  EXPECT_EQ(idle.Receive(), "");
  EXPECT_LT(steady_clock::now() - start, milliseconds(5000));
}

TEST(Server, DripOfBytesDoesNotExtendTheTime) {
  const auto server = Start({.timeout = milliseconds(300)});
  const RawConnection slow(server->port());
  slow.Send("GET / HTTP/1.1\r\nX: ");
  const auto start = steady_clock::now();
  while (slow.Send("a") && steady_clock::now() - start < milliseconds(10'000)) {
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_LT(steady_clock::now() - start, milliseconds(5000));
}

TEST(Server, ReaderThatStopsReadingIsDropped) {
  std::atomic<int> calls = 0;
  const auto server = Start({.max_connections = 1, .timeout = milliseconds(200)}, [&](const Request&) {
    ++calls;
    return Response{200, "text/plain", std::string(calls == 1 ? 64 << 10 : 1, 'x'), {}};
  });
  const RawConnection deaf(server->port());
  for (int i = 0; i < 500; ++i) deaf.Send(kGet);
  EXPECT_THAT(Ask(*server, kGet), HasSubstr("200 OK"));
}

TEST(Server, ConnectionsDroppedAnywhereDoNoHarm) {
  const auto server = Start({.max_connections = 4});
  const std::string request = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789";
  for (std::size_t end = 0; end <= request.size(); ++end) {
    const RawConnection connection(server->port());
    connection.Send(std::string_view(request).substr(0, end));
  }
  EXPECT_THAT(Ask(*server, kGet), HasSubstr("200 OK"));
}

TEST(Server, ConnectionsAboveTheBoundWaitForRoom) {
  const auto server = Start({.max_connections = 2});
  auto first = std::make_unique<RawConnection>(server->port());
  const RawConnection second(server->port());
  second.Send(kGet);
  EXPECT_THAT(second.Receive("host=h;"), HasSubstr("200 OK"));
  std::jthread leaver([&] {
    std::this_thread::sleep_for(milliseconds(200));
    first.reset();
  });
  const auto start = steady_clock::now();
  EXPECT_THAT(Ask(*server, kGet), HasSubstr("200 OK"));
  EXPECT_GE(steady_clock::now() - start, milliseconds(150));
}

TEST(Server, ManyConnectionsAtOnceAreAllAnswered) {
  const auto server = Start({.threads = 4, .max_connections = 16});
  std::atomic<int> answered = 0;
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 32; ++i) {
      clients.emplace_back([&] {
        for (int j = 0; j < 20; ++j) answered += Ask(*server, kGet).find("200 OK") != std::string::npos;
      });
    }
  }
  EXPECT_EQ(answered, 32 * 20);
}

TEST(Server, StopIsPromptAndClosesWhatIsOpen) {
  const auto server = Start();
  const RawConnection idle(server->port());
  const RawConnection half(server->port());
  half.Send(kGet.substr(0, 10));
  const auto start = steady_clock::now();
  server->Stop();
  EXPECT_LT(steady_clock::now() - start, milliseconds(1000));
  EXPECT_EQ(idle.Receive(), "");
  EXPECT_EQ(half.Receive(), "");
  EXPECT_THROW(RawConnection(server->port()), std::runtime_error);
  server->Stop();
}

TEST(Server, StopWaitsForTheHandlerThatRuns) {
  std::atomic<bool> entered = false, left = false;
  const auto server = Start({}, [&](const Request&) {
    entered = true;
    std::this_thread::sleep_for(milliseconds(200));
    left = true;
    return Response{};
  });
  const RawConnection connection(server->port());
  connection.Send(kGet);
  while (!entered) std::this_thread::yield();
  server->Stop();
  EXPECT_TRUE(left);
}

TEST(Server, PortInUseAndBadAddressAreRefused) {
  const auto server = Start();
  EXPECT_EQ(Server::Listen({.port = server->port()}, Echo).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(Server::Listen({.address = "localhost"}, Echo).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Server::Listen({.address = "192.0.2.1"}, Echo).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace strongroom::http
