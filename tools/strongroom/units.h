// Sizes, rates and durations as people write and read them.
#ifndef STRONGROOM_UNITS_H_
#define STRONGROOM_UNITS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "strongroom/base/error.h"

namespace strongroom::cli {

// ParseSize reads "4096", "64KiB", "256MiB", "2GiB", "1TiB" (powers of 1024; K, M, G, T and KB mean the
// same). kInvalidArgument, naming `what`.
Expected<std::uint64_t> ParseSize(std::string_view text, std::string_view what);

std::string FormatSize(std::uint64_t bytes);      // "512 B", "1.5 GiB"
std::string FormatDuration(double seconds);       // "0.42 s", "3 min 20 s"
std::string FormatRate(double bytes_per_second);  // "1.42 GB/s", powers of 1000
std::string Fixed(double value, int decimals);    // "1.49"
std::string Count(std::uint64_t n, std::string_view singular,
                  std::string_view plural = {});  // "1 file", "2 files"

}  // namespace strongroom::cli

#endif  // STRONGROOM_UNITS_H_
