// Names of hosts and headers are compared without regard to the case of ASCII letters.
#ifndef STRONGROOM_HTTP_LOWER_CASE_H_
#define STRONGROOM_HTTP_LOWER_CASE_H_

#include <algorithm>
#include <string>
#include <string_view>

namespace strongroom::http {

// LowerCase turns A to Z into a to z, and leaves every other byte as it is.
inline std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  return lower;
}

}  // namespace strongroom::http

#endif  // STRONGROOM_HTTP_LOWER_CASE_H_
