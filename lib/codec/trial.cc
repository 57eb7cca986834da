#include "codec/trial.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace strongroom::codec {
namespace {

constexpr std::size_t kRuns = 8;       // runs of the block that make up the sample
constexpr std::size_t kRunSize = 512;  // bytes, a multiple of every element width
constexpr std::size_t kSampleSize = kRuns * kRunSize;
constexpr std::size_t kMatchSample = 8192;  // bytes in one piece for the search for matches
constexpr double kWorthwhile = 0.95;        // a plane that shrinks to more than this is left raw
constexpr double kMatchesMustWin =
    0.9;  // coding with matches is slow, so it must beat the planes by this factor

using Sample = std::array<std::uint8_t, kSampleSize>;

// Copies runs spread evenly over the block, each from an element boundary; returns how many bytes.
std::size_t TakeSample(ByteView plaintext, std::size_t width, Sample& sample) {
  if (plaintext.size() <= kSampleSize) {
    std::memcpy(sample.data(), plaintext.data(), plaintext.size());
    return plaintext.size();
  }
  const std::size_t stride = (plaintext.size() - kRunSize) / (kRuns - 1) / width * width;
  for (std::size_t run = 0; run < kRuns; ++run) {
    std::memcpy(sample.data() + run * kRunSize, plaintext.data() + run * stride, kRunSize);
  }
  return kSampleSize;
}

// The share of its size that a sample of single bytes would keep under an ideal entropy coder.
double EntropyShare(ByteView bytes) {
  std::array<std::array<std::uint16_t, 256>, 4>
      counts{};  // four, so that equal neighbours do not wait for each other
  std::size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4) {
    for (std::size_t lane = 0; lane < 4; ++lane) ++counts[lane][bytes[i + lane]];
  }
  for (; i < bytes.size(); ++i) ++counts[0][bytes[i]];
  float bits = 0;
  const auto total = static_cast<float>(bytes.size());
  for (std::size_t value = 0; value < 256; ++value) {
    const auto count =
        static_cast<float>(counts[0][value] + counts[1][value] + counts[2][value] + counts[3][value]);
    if (count > 0) bits += count * std::log2(total / count);
  }
  return bits / (8 * total);
}

// What matches would leave of the block, judged from one piece in its middle.
double MatchShare(ByteView plaintext, FrameWriter& writer) {
  std::array<std::uint8_t, kMatchSample> frame;
  const std::size_t size = std::min(plaintext.size(), kMatchSample);
  const ByteView piece = plaintext.subspan((plaintext.size() - size) / 2, size);
  const std::size_t coded = writer.Write(FrameKind::kMatches, piece, MutableBytes(frame).first(size));
  return coded == 0 ? 1 : static_cast<double>(coded) / static_cast<double>(size);
}

bool IsFloat(Element element) {
  return element == Element::kFp8 || element == Element::kBf16 || element == Element::kFp16 ||
         element == Element::kF32 || element == Element::kF64;
}

struct PlaneTrial {
  std::array<PlaneChoice, kMaxWidth> choices{};
  double share = 0;          // of the block, that would be kept
  bool random_tail = false;  // whether the least significant plane looks random
};

PlaneTrial TryPlanes(Element element, ByteView sample) {
  const std::size_t width = Width(element);
  const std::size_t count = sample.size() / width;
  Sample split;
  PlanePointers pointers{};
  for (std::size_t p = 0; p < width; ++p) pointers[p] = split.data() + p * count;
  if (width == 1) {
    std::memcpy(split.data(), sample.data(), count);
  } else {
    PortablePlaneLoops(element).split(sample.data(), count, pointers);
  }
  PlaneTrial trial;
  for (std::size_t p = 0; p < width; ++p) {
    const ByteView plane(pointers[p], count);
    const double share = EntropyShare(plane);
    trial.choices[p] = IsConstant(plane)     ? PlaneChoice::kConstant
                       : share < kWorthwhile ? PlaneChoice::kFrame
                                             : PlaneChoice::kRaw;
    trial.share += (share < kWorthwhile ? share : 1) / static_cast<double>(width);
    trial.random_tail = share >= kWorthwhile;
  }
  return trial;
}

}  // namespace

bool IsConstant(ByteView bytes) {
  return std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

bool IsAllZero(ByteView bytes) {
  return bytes[0] == 0 && IsConstant(bytes);
}

Choice TryBlock(Element element, ByteView plaintext, FrameWriter& writer) {
  Choice choice;
  if (IsAllZero(plaintext)) {
    choice.mode = Choice::Mode::kZeros;
    return choice;
  }
  const std::size_t width = Width(element);
  if (element == Element::kQuantised || plaintext.size() < 2 * width) return choice;
  Sample sample;
  const std::size_t sampled = TakeSample(plaintext, width, sample);
  const PlaneTrial trial = TryPlanes(element, ByteView(sample).first(sampled));
  choice.planes = trial.choices;
  // Random mantissas leave nothing to match but exact repetitions, too rare to search every block for.
  const bool may_match = !IsFloat(element) || !trial.random_tail;
  const double matched = may_match ? MatchShare(plaintext, writer) : 1;
  if (std::min(matched, trial.share) > kWorthwhile + (1 - kWorthwhile) * 0.5) return choice;
  if (matched < trial.share * kMatchesMustWin) {
    choice.mode = Choice::Mode::kFrame;
    choice.kind = FrameKind::kMatches;
    return choice;
  }
  choice.mode = width == 1 ? Choice::Mode::kFrame : Choice::Mode::kPlanes;
  choice.kind = IsFloat(element) || width == 1 ? FrameKind::kHuffman : FrameKind::kMatches;
  return choice;
}

}  // namespace strongroom::codec
