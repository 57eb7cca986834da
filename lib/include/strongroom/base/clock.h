// Wall-clock time. Verification never reads a clock: it takes a Timestamp. Only tools and the log writer hold a Clock.
#ifndef STRONGROOM_BASE_CLOCK_H_
#define STRONGROOM_BASE_CLOCK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "strongroom/base/error.h"

namespace strongroom {

// Timestamp is whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
struct Timestamp {
  std::int64_t seconds = 0;
  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

std::string ToRfc3339(Timestamp time);                        // "2026-11-21T19:43:00Z"; years 0000 to 9999, clamped
// Parses "YYYY-MM-DD" (midnight UTC), "YYYY-MM-DDThh:mm:ssZ", or a time with an offset, "...ss-04:00"; else kMalformed.
Expected<Timestamp> ParseRfc3339(std::string_view text);

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp Now() const = 0;
};

// SystemClock reads CLOCK_REALTIME. Thread-safe.
class SystemClock final : public Clock {
 public:
  Timestamp Now() const override;
};

}  // namespace strongroom

#endif  // STRONGROOM_BASE_CLOCK_H_
