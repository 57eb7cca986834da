// Splitting elements into byte planes and merging them again, by the fastest code that this processor runs.
#ifndef STRONGROOM_CODEC_PLANES_H_
#define STRONGROOM_CODEC_PLANES_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "strongroom/codec/block.h"

namespace strongroom::codec {

inline constexpr std::size_t kMaxWidth = 8;

// Bytes in one element: 1, 2, 4 or 8.
constexpr std::size_t Width(Element element) {
  switch (element) {
    case Element::kBytes:
    case Element::kFp8:
    case Element::kInt8:
    case Element::kQuantised:
      return 1;
    case Element::kBf16:
    case Element::kFp16:
    case Element::kInt16:
      return 2;
    case Element::kF32:
    case Element::kInt32:
      return 4;
    case Element::kF64:
    case Element::kInt64:
      return 8;
  }
  return 1;
}

// Whether elements are rotated left by one bit before they are split.
constexpr bool IsRotated(Element element) {
  return element == Element::kBf16 || element == Element::kFp16 || element == Element::kF32;
}

// Plane p begins at planes[p] and has one byte for each element.
using PlanePointers = std::array<std::uint8_t*, kMaxWidth>;
using ConstPlanePointers = std::array<const std::uint8_t*, kMaxWidth>;

// The loops for one element width and rotation. `count` is in elements.
struct PlaneLoops {
  void (*split)(const std::uint8_t* elements, std::size_t count, const PlanePointers& planes);
  void (*merge)(const ConstPlanePointers& planes, std::size_t count, std::uint8_t* elements);
};

// The loops for an element type of width 2, 4 or 8.
PlaneLoops PortablePlaneLoops(Element element);
PlaneLoops FastestPlaneLoops(Element element);

}  // namespace strongroom::codec

#endif  // STRONGROOM_CODEC_PLANES_H_
