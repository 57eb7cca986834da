#include "policy/jaro_winkler.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace strongroom::policy {
namespace {

constexpr std::size_t kMaxLetters = 64;
constexpr std::size_t kMaxPrefix = 4;
constexpr double kPrefixScale = 0.1;

// Bit i is set where letter i of the word found its equal, not too far away, in the other one.
struct Matched {
  std::uint64_t a = 0, b = 0;
};

Matched MatchLetters(std::u32string_view a, std::u32string_view b) {
  const std::size_t half = std::max(a.size(), b.size()) / 2;
  const std::size_t reach = half == 0 ? 0 : half - 1;
  Matched matched;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::size_t end = std::min(b.size(), i + reach + 1);
    for (std::size_t j = i > reach ? i - reach : 0; j < end; ++j) {
      const std::uint64_t bit = std::uint64_t{1} << j;
      if ((matched.b & bit) != 0 || a[i] != b[j]) continue;
      matched.a |= std::uint64_t{1} << i;
      matched.b |= bit;
      break;
    }
  }
  return matched;
}

// How many matched letters stand in another order than their equals.
int OutOfOrder(std::u32string_view a, std::u32string_view b, Matched matched) {
  int count = 0;
  while (matched.a != 0) {
    if (a[static_cast<std::size_t>(std::countr_zero(matched.a))] !=
        b[static_cast<std::size_t>(std::countr_zero(matched.b))])
      ++count;
    matched.a &= matched.a - 1;
    matched.b &= matched.b - 1;
  }
  return count;
}

}  // namespace

double JaroWinkler(std::u32string_view a, std::u32string_view b) {
  a = a.substr(0, kMaxLetters);
  b = b.substr(0, kMaxLetters);
  const Matched matched = MatchLetters(a, b);
  const double count = std::popcount(matched.a);
  if (count == 0) return a.empty() && b.empty() ? 1 : 0;
  const int transpositions = OutOfOrder(a, b, matched) / 2;
  const double jaro = (count / static_cast<double>(a.size()) + count / static_cast<double>(b.size()) +
                       (count - transpositions) / count) /
                      3;
  std::size_t prefix = 0;
  const std::size_t longest = std::min({a.size(), b.size(), kMaxPrefix});
  while (prefix < longest && a[prefix] == b[prefix]) ++prefix;
  return jaro + static_cast<double>(prefix) * kPrefixScale * (1 - jaro);
}

}  // namespace strongroom::policy
