#include "listen_address.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <optional>

namespace strongroom::cli {
namespace {

bool IsAddress(int family, const std::string& text) {
  std::array<std::uint8_t, sizeof(in6_addr)> parsed = {};
  return ::inet_pton(family, text.c_str(), parsed.data()) == 1;
}

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

bool HoldsColon(std::string_view host) {
  return host.find(':') != std::string_view::npos;
}

}  // namespace

bool ListenAddress::IsLoopback() const {
  return host.starts_with("127.") || host == "::1";
}

std::string ListenAddress::Url(std::uint16_t actual_port) const {
  return "http://" + (HoldsColon(host) ? "[" + host + "]" : host) + ":" + std::to_string(actual_port) + "/";
}

Expected<ListenAddress> ParseListenAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::string host(text.substr(0, colon));
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto port = colon == std::string_view::npos ? std::nullopt : ParsePort(text.substr(colon + 1));
  if (!port || !IsAddress(bracketed ? AF_INET6 : AF_INET, host)) {
    return Fail(ErrorCode::kInvalidArgument, "'" + std::string(text) + "' is not an address and a port",
                "write it as 127.0.0.1:8480 or [::1]:8480; port 0 takes any that is free");
  }
  return ListenAddress{.host = std::move(host), .port = *port};
}

}  // namespace strongroom::cli
