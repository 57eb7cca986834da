#include "strongroom/base/clock.h"

#include <gtest/gtest.h>

namespace strongroom {
namespace {

TEST(Rfc3339, KnownTimes) {
  const std::vector<std::pair<std::int64_t, std::string>> times = {{0, "1970-01-01T00:00:00Z"},
                                                                   {1795290180, "2026-11-21T19:43:00Z"},
                                                                   {951782400, "2000-02-29T00:00:00Z"},
                                                                   {-1, "1969-12-31T23:59:59Z"},
                                                                   {253402300799, "9999-12-31T23:59:59Z"},
                                                                   {-62167219200, "0000-01-01T00:00:00Z"}};
  for (const auto& [seconds, text] : times) {
    EXPECT_EQ(ToRfc3339({seconds}), text);
    EXPECT_EQ(ParseRfc3339(text)->seconds, seconds);
  }
}

TEST(ToRfc3339, YearsBeyondFourDigitsAreClamped) {
  EXPECT_EQ(ToRfc3339({INT64_MAX}), "9999-12-31T23:59:59Z");
  EXPECT_EQ(ToRfc3339({INT64_MIN}), "0000-01-01T00:00:00Z");
}

TEST(ParseRfc3339, DateAloneIsMidnight) {
  EXPECT_EQ(ToRfc3339(ParseRfc3339("2026-11-21").value()), "2026-11-21T00:00:00Z");
}

TEST(ParseRfc3339, OffsetIsTakenOff) {
  EXPECT_EQ(ToRfc3339(ParseRfc3339("2026-06-12T17:21:00-04:00").value()), "2026-06-12T21:21:00Z");
  EXPECT_EQ(ToRfc3339(ParseRfc3339("2026-06-12T00:30:00+05:45").value()), "2026-06-11T18:45:00Z");
}

TEST(ParseRfc3339, AnythingElseIsMalformed) {
  for (const std::string_view text :
       {"", "2026", "2026-13-01", "2026-00-01", "2026-02-29", "2026-11-31", "2026-1-21", "2026/11/21",
        "-026-11-21", "2026-11-2a", "2026-11-21T24:00:00Z", "2026-11-21T19:60:00Z", "2026-11-21T19:43:60Z",
        "2026-11-21 19:43:00Z", "2026-11-21t19:43:00z", "2026-11-21T19:43:00", "2026-11-21T19:43:00+24:00",
        "2026-11-21T19:43:00+00:60", "2026-11-21T19:43:00+0000", "2026-11-21T19:43:00-4:00",
        "2026-11-21T19:43:00Z+00:00", "2026-11-21T19:43:00.5Z", "2026-11-21T+9:43:00Z"}) {
    EXPECT_EQ(ParseRfc3339(text).error().code, ErrorCode::kMalformed) << text;
  }
}

TEST(SystemClock, IsAfterThisWasWritten) {
  EXPECT_GT(SystemClock().Now(), ParseRfc3339("2026-01-01").value());
}

}  // namespace
}  // namespace strongroom
