#include "strongroom/http/url.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "strongroom/http/lower_case.h"

namespace strongroom::http {
namespace {

constexpr std::size_t kMaxUrl = 2048;
constexpr std::size_t kMaxHost = 253;

std::unexpected<Error> BadUrl(std::string_view why) {
  return Fail(ErrorCode::kInvalidArgument, "a URL " + std::string(why));
}

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// RFC 3986 section 3.3 and 3.4, '%' without looking at what follows: the server decodes.
bool IsTargetCharacter(char c) {
  return IsAlphanumeric(c) || std::string_view("-._~!$&'()*+,;=:@/?%").find(c) != std::string_view::npos;
}

bool IsHostCharacter(char c) {
  return IsAlphanumeric(c) || c == '-' || c == '.' || c == '_';
}
bool IsAddressCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
}

// Takes the host from the front of "host[:port]" or "[address][:port]" and leaves what follows it.
Expected<std::string> TakeHost(std::string_view& authority) {
  const bool bracketed = authority.starts_with('[');
  if (bracketed) authority.remove_prefix(1);
  const std::size_t end = authority.find(bracketed ? ']' : ':');
  if (bracketed && end == std::string_view::npos) return BadUrl("has an address without its closing bracket");
  std::string host = LowerCase(authority.substr(0, end));
  authority.remove_prefix(std::min(authority.size(), host.size() + (bracketed ? 1 : 0)));
  if (host.empty() || host.size() > kMaxHost || host.starts_with('.') ||
      !std::ranges::all_of(host, bracketed ? IsAddressCharacter : IsHostCharacter)) {
    return BadUrl("has no valid host");
  }
  return host;
}

Expected<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0)
    return BadUrl("has no valid port");
  return port;
}

std::uint16_t DefaultPort(bool tls) {
  return tls ? 443 : 80;
}

}  // namespace

std::string Url::Authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == DefaultPort(tls) ? name : name + ":" + std::to_string(port);
}

Expected<Url> ParseUrl(std::string_view text) {
  if (text.size() > kMaxUrl) return BadUrl("has more than 2048 bytes");
  Url url;
  if (text.starts_with("https://")) {
    url.tls = true;
  } else if (!text.starts_with("http://")) {
    return BadUrl("must begin with http:// or https://");
  }
  text.remove_prefix(text.find("//") + 2);
  const std::size_t path = std::min(text.find_first_of("/?#"), text.size());
  std::string_view authority = text.substr(0, path);
  if (authority.find('@') != std::string_view::npos) return BadUrl("must not hold a user's name");
  SR_ASSIGN_OR_RETURN(url.host, TakeHost(authority));
  url.port = DefaultPort(url.tls);
  if (!authority.empty()) {
    if (!authority.starts_with(':')) return BadUrl("has no valid port");
    SR_ASSIGN_OR_RETURN(url.port, ParsePort(authority.substr(1)));
  }
  url.target = text.substr(path);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  if (!std::ranges::all_of(url.target, IsTargetCharacter)) {
    return BadUrl("has a fragment, or a character that must be written with %");
  }
  return url;
}

}  // namespace strongroom::http
