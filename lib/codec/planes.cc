#include "codec/planes.h"

#include <bit>
#include <cstring>

#include "codec/planes_x86.h"

namespace strongroom::codec {
namespace {

static_assert(std::endian::native == std::endian::little, "the loops read elements as little-endian words");

// Both loops are written so that compilers turn them into vector code of the base instruction set.
template <typename Word, int kRotation>
void Split(const std::uint8_t* elements, std::size_t count, const PlanePointers& planes) {
  constexpr std::size_t kWidth = sizeof(Word);
  std::array<std::uint8_t* __restrict, kWidth> out;
  for (std::size_t p = 0; p < kWidth; ++p) out[p] = planes[p];
  for (std::size_t i = 0; i < count; ++i) {
    Word word;
    std::memcpy(&word, elements + i * kWidth, kWidth);
    word = std::rotl(word, kRotation);
    for (std::size_t p = 0; p < kWidth; ++p)
      out[p][i] = static_cast<std::uint8_t>(word >> (8 * (kWidth - 1 - p)));
  }
}

template <typename Word, int kRotation>
void Merge(const ConstPlanePointers& planes, std::size_t count, std::uint8_t* elements) {
  constexpr std::size_t kWidth = sizeof(Word);
  for (std::size_t i = 0; i < count; ++i) {
    Word word = 0;
    for (std::size_t p = 0; p < kWidth; ++p) {
      word = static_cast<Word>(word |
                               static_cast<Word>(static_cast<Word>(planes[p][i]) << (8 * (kWidth - 1 - p))));
    }
    word = std::rotr(word, kRotation);
    std::memcpy(elements + i * kWidth, &word, kWidth);
  }
}

}  // namespace

PlaneLoops PortablePlaneLoops(Element element) {
  switch (Width(element)) {
    case 2:
      if (IsRotated(element)) return {Split<std::uint16_t, 1>, Merge<std::uint16_t, 1>};
      return {Split<std::uint16_t, 0>, Merge<std::uint16_t, 0>};
    case 4:
      if (IsRotated(element)) return {Split<std::uint32_t, 1>, Merge<std::uint32_t, 1>};
      return {Split<std::uint32_t, 0>, Merge<std::uint32_t, 0>};
    default:
      return {Split<std::uint64_t, 0>, Merge<std::uint64_t, 0>};
  }
}

PlaneLoops FastestPlaneLoops(Element element) {
  const PlaneLoops portable = PortablePlaneLoops(element);
  return X86PlaneLoops(element, portable);
}

}  // namespace strongroom::codec
