#include "strongroom/http/client.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <zlib.h>

#include <chrono>
#include <memory>
#include <random>

#include "scripted_server.h"
#include "strongroom/base/bytes.h"
#include "strongroom/http/server.h"
#include "testing/temporary_directory.h"

namespace strongroom::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::Pair;
using testing::ScriptedServer;

constexpr std::size_t kEnough = 1 << 20;

std::string At(std::uint16_t port, std::string_view target = "/") {
  return "http://127.0.0.1:" + std::to_string(port) + std::string(target);
}

std::string Ok(std::string_view body, std::string_view headers = "") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(headers) +
         "\r\n" + std::string(body);
}

ErrorCode CodeOfGet(const std::string& answer, std::size_t max_body = kEnough) {
  const ScriptedServer server({answer});
  Client client({.deadline = milliseconds(2000)});
  const auto response = client.Get(At(server.port()), max_body);
  EXPECT_FALSE(response) << answer;
  return response ? ErrorCode::kInternal : response.error().code;
}

TEST(Client, AsksOurServerOverOneConnection) {
  const auto server = Server::Listen({.max_connections = 1}, [](const Request& request) {
    return Response{
        201,
        "text/x",
        request.method + " " + request.target + " " + request.headers.at("host") + " " + request.body,
        {{"X-A", "b"}}};
  });
  ASSERT_TRUE(server);
  Client client;
  const std::string host = "127.0.0.1:" + std::to_string((*server)->port());
  for (int i = 0; i < 3; ++i) {
    const auto got = client.Get(At((*server)->port(), "/a?b"), kEnough);
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->status, 201);
    EXPECT_EQ(got->content_type, "text/x");
    EXPECT_EQ(got->body, "GET /a?b " + host + " ");
    EXPECT_THAT(got->headers, ::testing::Contains(Pair("x-a", "b")));
    const auto posted = client.Post(At((*server)->port(), "/p"), "text/plain", "some\nbody", kEnough);
    ASSERT_TRUE(posted) << posted.error().message;
    EXPECT_EQ(posted->body, "POST /p " + host + " some\nbody");
  }
}

TEST(Client, EveryStatusIsAnAnswerAndRedirectsAreNotFollowed) {
  const ScriptedServer server({"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
                               "HTTP/1.1 599 Odd\r\nContent-Length: 0\r\n\r\n"});
  Client client;
  EXPECT_EQ(client.Get(At(server.port()), 0)->status, 302);
  EXPECT_EQ(client.Get(At(server.port()), 0)->status, 599);
}

TEST(Client, InterimAnswersArePassedOver) {
  const ScriptedServer server({"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + Ok("yes")});
  Client client;
  EXPECT_EQ(client.Get(At(server.port()), kEnough)->body, "yes");
}

TEST(Client, BodyWithoutALengthEndsWithTheConnection) {
  const ScriptedServer server({"HTTP/1.0 200 OK\r\n\r\nuntil the end",
                               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"});
  Client client;
  EXPECT_EQ(client.Get(At(server.port()), kEnough)->body, "until the end");
  EXPECT_EQ(client.Get(At(server.port()), kEnough)->body, "abc");
}

TEST(Client, AnswerThatBreaksTheProtocolOrABoundIsMalformed) {
  EXPECT_EQ(CodeOfGet("SSH-2.0-OpenSSH\r\n\r\n"), ErrorCode::kMalformed);
  EXPECT_EQ(CodeOfGet("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n"),
            ErrorCode::kMalformed);
  EXPECT_EQ(CodeOfGet(Ok("12345"), 4), ErrorCode::kMalformed);
  EXPECT_EQ(CodeOfGet("HTTP/1.0 200 OK\r\n\r\n12345", 4), ErrorCode::kMalformed);
  EXPECT_EQ(CodeOfGet("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"),
            ErrorCode::kMalformed);
  EXPECT_EQ(CodeOfGet("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), ErrorCode::kMalformed);
  std::string interim;
  for (int i = 0; i < 20; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(CodeOfGet(interim), ErrorCode::kMalformed);
}

TEST(Client, AnswerThatEndsEarlyIsUnavailable) {
  const std::string whole = Ok("a body", "X-Header: value\r\n");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(CodeOfGet(whole.substr(0, size)), ErrorCode::kUnavailable) << size;
  }
}

TEST(Client, NobodyListeningIsUnavailable) {
  std::uint16_t port = 0;
  {
    const auto server = Server::Listen({}, [](const Request&) { return Response{}; });
    port = (*server)->port();
  }
  Client client;
  EXPECT_EQ(client.Get(At(port), kEnough).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(client.Get("http://no-such-host.invalid/", kEnough).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(client.Get("gopher://a/", kEnough).error().code, ErrorCode::kInvalidArgument);
}

TEST(Client, DeadlineBindsTheWholeRequest) {
  const ScriptedServer silent({"keepHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12", ""});
  Client client({.deadline = milliseconds(200)});
  const auto start = steady_clock::now();
  const auto response = client.Get(At(silent.port()), kEnough);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(response.error().message, HasSubstr("no answer in time"));
  EXPECT_LT(steady_clock::now() - start, milliseconds(1500));
}

TEST(Client, StopEndsTheRequestUnderWayAndRefusesTheNext) {
  const ScriptedServer silent({"keepHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12", ""});
  std::stop_source stop;
  Client client({.stop = stop.get_token()});
  const auto start = steady_clock::now();
  const std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds(100));
    stop.request_stop();
  });
  for (int i = 0; i < 2; ++i) {
    const auto response = client.Get(At(silent.port()), kEnough);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kInterrupted);
    EXPECT_EQ(response.error().message, "interrupted");
  }
  EXPECT_GE(steady_clock::now() - start, milliseconds(100));
  EXPECT_LT(steady_clock::now() - start, milliseconds(1500));
}

TEST(Client, KeptAliveConnectionThatEndedIsReplaced) {
  const ScriptedServer server({"keep" + Ok("1"), Ok("2"), Ok("3"), Ok("4")});
  Client client;
  for (const std::string expected : {"1", "2", "3", "4"}) {
    const auto response = expected == "3" ? client.Post(At(server.port()), "text/plain", "", kEnough)
                                          : client.Get(At(server.port()), kEnough);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, expected);
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_EQ(server.connections(), 3);
}

TEST(Client, BytesThatNobodyAskedForAreNoAnswer) {
  const ScriptedServer server({"keep" + Ok("1") + Ok("planted"), Ok("2")});
  Client client;
  EXPECT_EQ(client.Get(At(server.port()), kEnough)->body, "1");
  std::this_thread::sleep_for(milliseconds(20));
  const auto second = client.Get(At(server.port()), kEnough);
  EXPECT_TRUE(!second || second->body == "2");
}

TEST(Client, GzipIsDecodedAndBound) {
  const auto coded = [](std::string_view hex) {
    return Ok(AsText(*FromHex(hex)), "Content-Encoding: gzip\r\n");
  };
  const std::string hello = coded("1f8b08080000000002ff6e00cb48cdc9c957c84090008088f9e511000000");
  const std::string bomb = coded(
      "1f8b0800000000000203edc13101000000c2a0f54f6d0d0fa000000000000000000000000000000000000000000000000000"
      "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "0000000000000000000000000000000000000000008057037d9511d4a0860100");
  const ScriptedServer server({hello, coded("1f8b080000000000020303000000000000000000"), bomb, bomb});
  Client client;
  EXPECT_EQ(client.Get(At(server.port()), kEnough)->body, "hello hello hello");
  EXPECT_EQ(client.Get(At(server.port()), kEnough)->body, "");
  EXPECT_EQ(client.Get(At(server.port()), 100'000)->body, std::string(100'000, '\0'));
  EXPECT_EQ(client.Get(At(server.port()), 99'999).error().code, ErrorCode::kMalformed);
}

// A tile of hashes cannot be compressed: its coded form is longer than the tile may be.
TEST(Client, GzipOfWhatCannotBeCompressedIsRead) {
  constexpr std::size_t kTile = 8192;
  std::mt19937 random(7);
  std::string tile;
  for (std::size_t i = 0; i < kTile; ++i) tile += static_cast<char>(random());
  std::string coded(2 * kTile, '\0');
  z_stream stream{};
  ASSERT_EQ(deflateInit2(&stream, Z_NO_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(tile.data());
  stream.avail_in = kTile;
  stream.next_out = reinterpret_cast<Bytef*>(coded.data());
  stream.avail_out = static_cast<uInt>(coded.size());
  ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  coded.resize(stream.total_out);
  deflateEnd(&stream);
  ASSERT_GT(coded.size(), kTile);
  const std::string answer = Ok(coded, "Content-Encoding: gzip\r\n");
  const ScriptedServer server({answer, answer, Ok(tile + "x")});
  Client client;
  EXPECT_EQ(client.Get(At(server.port()), kTile)->body, tile);
  EXPECT_EQ(client.Get(At(server.port()), kTile - 1).error().code, ErrorCode::kMalformed);
  const auto plain = client.Get(At(server.port()), kTile);
  ASSERT_FALSE(plain) << "what is not coded gets no more room";
  EXPECT_EQ(plain.error().code, ErrorCode::kMalformed);
  EXPECT_TRUE(plain.error().message.ends_with(": the answer is too long")) << plain.error().message;
}

TEST(Client, GzipWithABitFlippedIsMalformed) {
  const Bytes good = *FromHex("1f8b08080000000002ff6e00cb48cdc9c957c84090008088f9e511000000");
  for (const std::size_t at : {0, 2, 3, 12, 15, 24, 29}) {
    Bytes bad = good;
    bad[at] ^= 0x20;
    EXPECT_EQ(CodeOfGet(Ok(AsText(bad), "Content-Encoding: gzip\r\n")), ErrorCode::kMalformed) << at;
  }
}

// A self-signed certificate for a name, and a server's context that shows it.
class Certificate {
 public:
  explicit Certificate(const std::string& name) {
    key_.reset(EVP_EC_gen("P-256"));
    certificate_.reset(X509_new());
    X509_set_version(certificate_.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate_.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate_.get()), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate_.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
    X509_set_pubkey(certificate_.get(), key_.get());
    X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str());
    X509_add_ext(certificate_.get(), names, -1);
    X509_EXTENSION_free(names);
    X509_sign(certificate_.get(), key_.get(), EVP_sha256());
    SSL_CTX_use_certificate(context.native_handle(), certificate_.get());
    SSL_CTX_use_PrivateKey(context.native_handle(), key_.get());
  }

  void WriteTo(const std::string& path) const {
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> file(BIO_new_file(path.c_str(), "w"), BIO_free_all);
    PEM_write_bio_X509(file.get(), certificate_.get());
  }

  boost::asio::ssl::context context{boost::asio::ssl::context::tls_server};

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_{nullptr, EVP_PKEY_free};
  std::unique_ptr<X509, decltype(&X509_free)> certificate_{nullptr, X509_free};
};

class ClientOverTls : public ::testing::Test {
 protected:
  Expected<Response> Get(Certificate& shown, const Certificate& trusted, const std::string& host,
                         int times = 1) {
    const std::string ca_file = temporary_ / "ca.pem";
    trusted.WriteTo(ca_file);
    ScriptedServer server({"keep" + Ok("secret"), Ok("again")}, &shown.context);
    Client client({.deadline = milliseconds(3000), .ca_file = ca_file});
    const std::string url = "https://" + host + ":" + std::to_string(server.port()) + "/";
    auto response = client.Get(url, kEnough);
    for (int i = 1; i < times; ++i) response = client.Get(url, kEnough);
    EXPECT_LE(server.connections(), 1);
    return response;
  }

  testing::TemporaryDirectory temporary_;
};

TEST_F(ClientOverTls, CertificateOfTheHostIsAccepted) {
  Certificate named("DNS:localhost"), addressed("IP:127.0.0.1");
  const auto by_name = Get(named, named, "localhost");
  ASSERT_TRUE(by_name) << by_name.error().message;
  EXPECT_EQ(by_name->body, "secret");
  EXPECT_TRUE(Get(addressed, addressed, "127.0.0.1"));
}

TEST_F(ClientOverTls, ConnectionIsKeptAlive) {
  Certificate named("DNS:localhost");
  const auto second = Get(named, named, "localhost", 2);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->body, "again");
}

TEST_F(ClientOverTls, CertificateThatProvesNothingIsRefused) {
  Certificate named("DNS:localhost"), other("DNS:localhost"), elsewhere("DNS:example.com");
  for (const auto& refused : {Get(named, other, "localhost"), Get(elsewhere, elsewhere, "localhost"),
                              Get(named, named, "127.0.0.1")}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnauthenticated) << refused.error().message;
  }
}

TEST_F(ClientOverTls, MissingAuthoritiesAndPlainServersAreRefused) {
  Client client({.ca_file = temporary_ / "absent.pem"});
  EXPECT_EQ(client.Get("https://localhost:1/", kEnough).error().code, ErrorCode::kUnauthenticated);
  const ScriptedServer plain({Ok("plain")});
  Client system_trust;
  EXPECT_FALSE(system_trust.Get("https://127.0.0.1:" + std::to_string(plain.port()) + "/", kEnough));
}

TEST_F(ClientOverTls, AnswerCutOffUnderTlsIsNoAnswer) {
  Certificate named("DNS:localhost");
  named.WriteTo(temporary_ / "ca.pem");
  ScriptedServer server({"HTTP/1.0 200 OK\r\n\r\ncut"}, &named.context);
  Client client({.deadline = milliseconds(3000), .ca_file = temporary_ / "ca.pem"});
  EXPECT_FALSE(client.Get("https://localhost:" + std::to_string(server.port()) + "/", kEnough));
}

}  // namespace
}  // namespace strongroom::http
