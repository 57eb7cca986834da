#include "strongroom/http/url.h"

namespace strongroom::http {
namespace {

TEST(ParseUrl, GivesItsParts) {
  EXPECT_EQ(ParseUrl("http://Example.COM"), (Url{false, "example.com", 80, "/"}));
  EXPECT_EQ(ParseUrl("https://a.b:8443/p/q?x=%20y&z"), (Url{true, "a.b", 8443, "/p/q?x=%20y&z"}));
  EXPECT_EQ(ParseUrl("https://a?x"), (Url{true, "a", 443, "/?x"}));
  EXPECT_EQ(ParseUrl("http://[2001:db8::1]:81/"), (Url{false, "2001:db8::1", 81, "/"}));
  EXPECT_EQ(ParseUrl("http://127.0.0.1/"), (Url{false, "127.0.0.1", 80, "/"}));
}

TEST(ParseUrl, AuthorityIsWhatAHostHeaderHolds) {
  EXPECT_EQ(ParseUrl("http://a:80/")->Authority(), "a");
  EXPECT_EQ(ParseUrl("https://a:80/")->Authority(), "a:80");
  EXPECT_EQ(ParseUrl("http://[::1]/")->Authority(), "[::1]");
  EXPECT_EQ(ParseUrl("http://[::1]:8080/")->Authority(), "[::1]:8080");
}

TEST(ParseUrl, EverythingElseIsRefused) {
  for (const std::string bad : {"",
                                "http://",
                                "http:///p",
                                "ftp://a/",
                                "HTTP://a/",
                                "//a/",
                                "a",
                                "http://user@a/",
                                "http://a@b:80/",
                                "http://a:/",
                                "http://a:0/",
                                "http://a:65536/",
                                "http://a:80x/",
                                "http://a:-1/",
                                "http://[::1/",
                                "http://[::1]x/",
                                "http://[]/",
                                "http://a b/",
                                "http://a/ b",
                                "http://a/#f",
                                "http://a#f",
                                "http://a/\r\nX: y",
                                "http://a/\x7f",
                                "http://a/\xc3\xa9",
                                "http://\xc3\xa9/",
                                "http://a/{}",
                                "http://[fe80::1%eth0]/",
                                "http://.a/"}) {
    const auto url = ParseUrl(bad);
    ASSERT_FALSE(url) << bad;
    EXPECT_EQ(url.error().code, ErrorCode::kInvalidArgument) << bad;
  }
  EXPECT_FALSE(ParseUrl("http://a/" + std::string(2048, 'a')));
  EXPECT_FALSE(ParseUrl("http://" + std::string(254, 'a')));
}

}  // namespace
}  // namespace strongroom::http
