// A clock that stands still until it is told.
#ifndef STRONGROOM_TESTS_TESTING_FAKE_CLOCK_H_
#define STRONGROOM_TESTS_TESTING_FAKE_CLOCK_H_

#include "strongroom/base/clock.h"

namespace strongroom::testing {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(Timestamp now) : now_(now) {}
  Timestamp Now() const override { return now_; }
  void Set(Timestamp now) { now_ = now; }
  void Advance(std::int64_t seconds) { now_.seconds += seconds; }

 private:
  Timestamp now_;
};

}  // namespace strongroom::testing

#endif  // STRONGROOM_TESTS_TESTING_FAKE_CLOCK_H_
