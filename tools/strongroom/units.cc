#include "units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "strongroom/base/bytes.h"

namespace strongroom::cli {

Expected<std::uint64_t> ParseSize(std::string_view text, std::string_view what) {
  const auto refuse = [&] {
    return Fail(ErrorCode::kInvalidArgument, std::string(what) + " '" + std::string(text) + "' is not a size",
                "write it as 4096, 64KiB, 256MiB or 2GiB");
  };
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return refuse();
  std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  std::uint64_t factor = 1;
  if (!unit.empty() && unit != "B") {
    const std::size_t power = std::string_view("KMGT").find(unit.front() == 'k' ? 'K' : unit.front());
    unit.remove_prefix(1);
    if (power == std::string_view::npos || !(unit.empty() || unit == "B" || unit == "iB")) return refuse();
    factor = 1ULL << (10 * (power + 1));
  }
  std::uint64_t bytes = 0;
  if (!CheckedMul(number, factor, bytes)) return refuse();
  return bytes;
}

std::string Fixed(double value, int decimals) {
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string FormatSize(std::uint64_t bytes) {
  static constexpr std::array<std::string_view, 5> kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  if (bytes < 1024) return std::to_string(bytes) + " B";
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (value >= 1023.95 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return Fixed(value, 1) + " " + std::string(kUnits[unit]);
}

std::string FormatDuration(double seconds) {
  if (seconds < 10) return Fixed(seconds, 2) + " s";
  if (seconds < 120) return Fixed(seconds, 0) + " s";
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 7200) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole / 60 % 60) + " min";
}

std::string FormatRate(double bytes_per_second) {
  if (bytes_per_second >= 1e9) return Fixed(bytes_per_second / 1e9, 2) + " GB/s";
  if (bytes_per_second >= 1e6) return Fixed(bytes_per_second / 1e6, 1) + " MB/s";
  return Fixed(bytes_per_second / 1e3, 1) + " kB/s";
}

std::string Count(std::uint64_t n, std::string_view singular, std::string_view plural) {
  if (n == 1) return "1 " + std::string(singular);
  return std::to_string(n) + " " + (plural.empty() ? std::string(singular) + "s" : std::string(plural));
}

}  // namespace strongroom::cli
