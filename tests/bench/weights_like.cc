#include "weights_like.h"

#include <bit>
#include <cmath>
#include <random>

namespace strongroom::bench {

std::vector<std::uint8_t> Bf16Weights(std::size_t bytes) {
  constexpr std::size_t kRow = 4096;
  std::mt19937_64 random(1);
  std::normal_distribution<float> normal;
  std::vector<std::uint8_t> out(bytes);
  float scale = 0;
  for (std::size_t i = 0; i + 1 < bytes; i += 2) {
    if (i / 2 % kRow == 0) scale = 0.02F * std::exp(0.3F * normal(random));
    const auto bits = std::bit_cast<std::uint32_t>(normal(random) * scale) + 0x8000U;
    out[i] = static_cast<std::uint8_t>(bits >> 16);
    out[i + 1] = static_cast<std::uint8_t>(bits >> 24);
  }
  return out;
}

std::vector<std::uint8_t> RandomInput(std::size_t bytes) {
  std::mt19937_64 random(2);
  std::vector<std::uint8_t> out(bytes);
  for (auto& byte : out) byte = static_cast<std::uint8_t>(random());
  return out;
}

}  // namespace strongroom::bench
