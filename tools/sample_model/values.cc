#include "sample_model/values.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace strongroom::sample_model {
namespace {

constexpr std::size_t kQuantiles = 65536;
constexpr float kUsualScale = 0.02F;
constexpr float kScaleSpread = 0.35F;  // of the logarithm of the rows' scales
constexpr float kNormSpread = 0.05F;
constexpr float kFp8Scale = 256;    // FP8 models are stored multiplied, so that the values use its range
constexpr std::size_t kGroup = 32;  // weights that share a scale when packed into nibbles

// SplitMix64: the next state gives the next number.
std::uint64_t Mix(std::uint64_t state) {
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
  state = (state ^ (state >> 27)) * 0x94d049bb133111eb;
  return state ^ (state >> 31);
}

// The normal quantile at probability p, by bisection of the error function.
float NormalQuantile(double p) {
  double low = -8, high = 8;
  for (int step = 0; step < 50; ++step) {
    const double middle = (low + high) / 2;
    (0.5 * std::erfc(-middle / std::sqrt(2.0)) < p ? low : high) = middle;
  }
  return static_cast<float>(low);
}

// Rounds to a float of fewer bits, subnormals included; what is too large becomes the largest finite value.
template <unsigned kExponentBits, unsigned kMantissaBits>
std::uint32_t Narrow(float value, std::uint32_t largest) {
  constexpr int kBias = (1 << (kExponentBits - 1)) - 1;
  constexpr unsigned kShift = 23 - kMantissaBits;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 31) << (kExponentBits + kMantissaBits);
  const std::uint32_t magnitude = bits & 0x7fffffff;
  const int exponent = static_cast<int>(magnitude >> 23) - 127 + kBias;
  if (exponent < 1) {
    return sign | static_cast<std::uint32_t>(
                      std::ldexp(std::fabs(value), kBias - 1 + static_cast<int>(kMantissaBits)) + 0.5F);
  }
  const std::uint32_t rebiased = (static_cast<std::uint32_t>(exponent) << 23) | (magnitude & 0x7fffff);
  return sign | std::min(largest, (rebiased + (1U << (kShift - 1))) >> kShift);
}

std::uint32_t ToBf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
}
std::uint32_t ToFp16(float value) {
  return Narrow<5, 10>(value, 0x7bff);
}
std::uint32_t ToFp8(float value) {
  return Narrow<4, 3>(value * kFp8Scale, 0x7e);
}

template <unsigned kBytes, typename Convert>
void Store(const std::vector<float>& weights, MutableBytes out, Convert convert) {
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::uint32_t bits = convert(weights[i]);
    for (unsigned b = 0; b < kBytes; ++b) out[kBytes * i + b] = static_cast<std::uint8_t>(bits >> (8 * b));
  }
}

float GroupScale(const std::vector<float>& weights, std::size_t group) {
  float largest = 0;
  for (std::size_t i = 0; i < kGroup; ++i)
    largest = std::max(largest, std::fabs(weights[group * kGroup + i]));
  return largest / 7;
}

void StoreNibbles(const std::vector<float>& weights, MutableBytes out) {
  for (std::size_t i = 0; i < weights.size(); i += 2) {
    const float scale = GroupScale(weights, i / kGroup);
    const auto nibble = [scale](float weight) {
      return static_cast<std::uint32_t>(std::lround(weight / scale) + 8);
    };
    out[i / 2] = static_cast<std::uint8_t>(nibble(weights[i]) | (nibble(weights[i + 1]) << 4));
  }
}

void StoreScales(const std::vector<float>& weights, MutableBytes out) {
  std::vector<float> scales(weights.size() / kGroup);
  for (std::size_t group = 0; group < scales.size(); ++group) scales[group] = GroupScale(weights, group);
  Store<2>(scales, out, ToFp16);
}

}  // namespace

ValueSource::ValueSource(std::uint64_t seed) : seed_(seed), quantiles_(kQuantiles) {
  for (std::size_t i = 0; i < kQuantiles / 2; ++i) {
    quantiles_[i] = NormalQuantile((static_cast<double>(i) + 0.5) / kQuantiles);
    quantiles_[kQuantiles - 1 - i] = -quantiles_[i];
  }
}

void ValueSource::Draw(const PlannedTensor& tensor, std::uint64_t row, std::vector<float>& weights) const {
  std::uint64_t state =
      Mix(Mix(seed_ + 1) + 0x632be59bd9b4e019 * (tensor.stream + 1)) + 0xd1342543de82ef95 * row;
  const auto next = [&state] { return Mix(state += 0x9e3779b97f4a7c15); };
  const float row_scale = kUsualScale * std::exp(kScaleSpread * quantiles_[next() % kQuantiles]);
  const float centre = tensor.norm ? 1.0F : 0.0F;
  const float scale = tensor.norm ? kNormSpread : row_scale;
  weights.resize(tensor.columns);
  for (std::size_t i = 0; i < weights.size();) {
    std::uint64_t random = next();
    for (int lane = 0; lane < 4 && i < weights.size(); ++lane, random >>= 16) {
      weights[i++] = centre + scale * quantiles_[random % kQuantiles];
    }
  }
}

void ValueSource::FillRow(const PlannedTensor& tensor, std::uint64_t row, MutableBytes out,
                          std::vector<float>& weights) const {
  Draw(tensor, row, weights);
  switch (tensor.storage) {
    case Storage::kBf16:
      return Store<2>(weights, out, ToBf16);
    case Storage::kF32:
      return Store<4>(weights, out, [](float value) { return std::bit_cast<std::uint32_t>(value); });
    case Storage::kFp16:
      return Store<2>(weights, out, ToFp16);
    case Storage::kFp8:
      return Store<1>(weights, out, ToFp8);
    case Storage::kNibbles:
      return StoreNibbles(weights, out);
    case Storage::kScales:
      return StoreScales(weights, out);
  }
}

}  // namespace strongroom::sample_model
