#include <algorithm>
#include <cstdlib>

#include "crypto/require.h"
#include "strongroom/crypto/bulk.h"

namespace strongroom::crypto {
namespace {

constexpr std::size_t kAlignment = 64;

// Calls visit(window, first, last) for each window that [begin, end) touches, with the range inside it.
template <typename Visit>
void VisitWindows(std::size_t begin, std::size_t end, Visit visit) {
  while (begin < end) {
    const std::size_t window = begin / kLeafSize;
    const std::size_t first = begin % kLeafSize;
    const std::size_t last = std::min(kLeafSize, first + (end - begin));
    visit(window, first, last);
    begin += last - first;
  }
}

}  // namespace

LeafBuffer::LeafBuffer(std::size_t windows)
    : windows_(windows),
      memory_(static_cast<std::uint8_t*>(std::aligned_alloc(kAlignment, (windows + 1) * kStride)),
              &std::free) {
  static_assert(kStride % kAlignment == 0);
  Require(memory_ != nullptr);
  for (std::size_t i = 0; i < windows; ++i) memory_[i * kStride + kAlignment - 1] = 0x00;
}

MutableBytes LeafBuffer::Window(std::size_t index, std::size_t size) {
  Require(index < windows_ && size <= kLeafSize);
  return {memory_.get() + index * kStride + kAlignment, size};
}

ByteView LeafBuffer::Window(std::size_t index, std::size_t size) const {
  return ByteView(const_cast<LeafBuffer*>(this)->Window(index, size));
}

ByteView LeafBuffer::Message(std::size_t index, std::size_t size) const {
  return {Window(index, size).data() - 1, size + 1};
}

void LeafBuffer::Pieces(std::size_t begin, std::size_t end, std::vector<MutableBytes>& out) {
  VisitWindows(begin, end, [&](std::size_t window, std::size_t first, std::size_t last) {
    out.push_back(Window(window, last).subspan(first));
  });
}

void LeafBuffer::Pieces(std::size_t begin, std::size_t end, std::vector<ByteView>& out) const {
  VisitWindows(begin, end, [&](std::size_t window, std::size_t first, std::size_t last) {
    out.push_back(Window(window, last).subspan(first));
  });
}

}  // namespace strongroom::crypto
