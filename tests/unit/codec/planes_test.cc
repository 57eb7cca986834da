#include "codec/planes.h"

#include <gtest/gtest.h>

#include <random>

namespace strongroom::codec {
namespace {

struct Planes {
  explicit Planes(std::size_t count) {
    for (std::size_t p = 0; p < kMaxWidth; ++p) {
      bytes[p].resize(count);
      out[p] = bytes[p].data();
      in[p] = bytes[p].data();
    }
  }
  std::array<Bytes, kMaxWidth> bytes;
  PlanePointers out{};
  ConstPlanePointers in{};
};

class PlaneLoopsOf : public testing::TestWithParam<Element> {};

TEST_P(PlaneLoopsOf, FastestAndPortableAgreeAtEveryLength) {
  const Element element = GetParam();
  const std::size_t width = Width(element);
  std::mt19937_64 random(3);
  for (std::size_t count = 0; count < 300; ++count) {
    Bytes elements(count * width);
    for (std::uint8_t& byte : elements) byte = static_cast<std::uint8_t>(random());
    Planes fast(count), portable(count);
    FastestPlaneLoops(element).split(elements.data(), count, fast.out);
    PortablePlaneLoops(element).split(elements.data(), count, portable.out);
    ASSERT_EQ(fast.bytes, portable.bytes) << count;
    Bytes merged(elements.size()), merged_portably(elements.size());
    FastestPlaneLoops(element).merge(fast.in, count, merged.data());
    PortablePlaneLoops(element).merge(fast.in, count, merged_portably.data());
    ASSERT_EQ(merged, elements) << count;
    ASSERT_EQ(merged_portably, elements) << count;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryWideElement, PlaneLoopsOf,
                         testing::Values(Element::kBf16, Element::kFp16, Element::kF32, Element::kF64,
                                         Element::kInt16, Element::kInt32, Element::kInt64));

TEST(PlaneLoops, RotationPutsTheExponentOfBf16InOnePlaneAndTheSignInTheOther) {
  const Bytes minus_one = {0x80, 0xbf};
  Planes planes(1);
  PortablePlaneLoops(Element::kBf16).split(minus_one.data(), 1, planes.out);
  EXPECT_EQ(planes.bytes[0][0], 0x7f);
  EXPECT_EQ(planes.bytes[1][0], 0x01);
}

}  // namespace
}  // namespace strongroom::codec
