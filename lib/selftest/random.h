// The pseudo-random numbers that campaigns are made of: the same for the same seed on every machine.
#ifndef STRONGROOM_SELFTEST_RANDOM_H_
#define STRONGROOM_SELFTEST_RANDOM_H_

#include <cstdint>

namespace strongroom::selftest {

// SplitMix64 (Steele, Lea and Flood, 2014). Not for keys.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  std::uint64_t Below(std::uint64_t bound) { return Next() % bound; }  // bound > 0
  bool OneIn(std::uint64_t odds) { return Below(odds) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace strongroom::selftest

#endif  // STRONGROOM_SELFTEST_RANDOM_H_
