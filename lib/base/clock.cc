#include "strongroom/base/clock.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

namespace strongroom {
namespace {

// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what four digits of year can say.
constexpr std::int64_t kFirstSecond = -62167219200;
constexpr std::int64_t kLastSecond = 253402300799;

std::unexpected<Error> BadTime(std::string_view text) {
  return Fail(ErrorCode::kMalformed, "'" + std::string(text) + "' is not a time",
              "write YYYY-MM-DD, YYYY-MM-DDThh:mm:ssZ or YYYY-MM-DDThh:mm:ss-04:00");
}

// Two or four decimal digits at `at`, or -1.
int Digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = -1;
  const std::string_view field = text.substr(at, count);
  if (!std::ranges::all_of(field, [](char c) { return c >= '0' && c <= '9'; })) return -1;
  std::from_chars(field.data(), field.data() + field.size(), value);
  return value;
}

// Seconds by which a time of that zone runs ahead of UTC: of "Z", "+hh:mm" or "-hh:mm".
std::optional<std::int64_t> ZoneOffset(std::string_view zone) {
  if (zone == "Z") return 0;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
  const int hours = Digits(zone, 1, 2);
  const int minutes = Digits(zone, 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  return (zone[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

}  // namespace

std::string ToRfc3339(Timestamp time) {
  using namespace std::chrono;
  const sys_seconds at{seconds{std::clamp(time.seconds, kFirstSecond, kLastSecond)}};
  const sys_days day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss<seconds> clock{at - day};
  std::string text = "0000-00-00T00:00:00Z";
  const auto put = [&](std::size_t last, std::int64_t value) {
    for (; value > 0; value /= 10) text[last--] = static_cast<char>('0' + value % 10);
  };
  put(3, int{date.year()});
  put(6, unsigned{date.month()});
  put(9, unsigned{date.day()});
  put(12, clock.hours().count());
  put(15, clock.minutes().count());
  put(18, clock.seconds().count());
  return text;
}

Expected<Timestamp> ParseRfc3339(std::string_view text) {
  using namespace std::chrono;
  const bool date_only = text.size() == 10;
  if (!date_only && text.size() < 20) return BadTime(text);
  if (text[4] != '-' || text[7] != '-') return BadTime(text);
  const year_month_day date{year{Digits(text, 0, 4)}, month{static_cast<unsigned>(Digits(text, 5, 2))},
                            day{static_cast<unsigned>(Digits(text, 8, 2))}};
  if (Digits(text, 0, 4) < 0 || !date.ok()) return BadTime(text);
  const std::int64_t midnight = sys_seconds{sys_days{date}}.time_since_epoch().count();
  if (date_only) return Timestamp{midnight};
  if (text[10] != 'T' || text[13] != ':' || text[16] != ':') return BadTime(text);
  const std::optional<std::int64_t> offset = ZoneOffset(text.substr(19));
  const int hour = Digits(text, 11, 2);
  const int minute = Digits(text, 14, 2);
  const int second = Digits(text, 17, 2);
  const bool valid = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
  if (!valid || !offset) return BadTime(text);
  return Timestamp{midnight + hour * 3600 + minute * 60 + second - *offset};
}

Timestamp SystemClock::Now() const {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return Timestamp{now.time_since_epoch().count()};
}

}  // namespace strongroom
