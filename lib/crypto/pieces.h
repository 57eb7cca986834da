// A message scattered over several buffers: cutting ranges out of it and walking two of them side by side.
#ifndef STRONGROOM_CRYPTO_PIECES_H_
#define STRONGROOM_CRYPTO_PIECES_H_

#include <algorithm>
#include <span>
#include <vector>

#include "strongroom/base/bytes.h"

namespace strongroom::crypto {

template <typename View>
std::size_t TotalSize(std::span<const View> pieces) {
  std::size_t total = 0;
  for (const View& piece : pieces) total += piece.size();
  return total;
}

// The pieces of the byte range [begin, end), which must lie inside.
template <typename View>
std::vector<View> Slice(std::span<const View> pieces, std::size_t begin, std::size_t end) {
  std::vector<View> slice;
  slice.reserve(pieces.size());
  for (const View& piece : pieces) {
    const std::size_t from = std::min(begin, piece.size());
    const std::size_t to = std::min(end, piece.size());
    if (from < to) slice.push_back(piece.subspan(from, to - from));
    begin -= from;
    end -= to;
  }
  return slice;
}

// Calls step(source, target, size) for each longest run that lies in one piece of both. The total sizes must
// be the same.
template <typename Step>
void ForEachRun(std::span<const ByteView> source, std::span<const MutableBytes> target, Step step) {
  std::size_t at = 0;  // within target.front()
  for (ByteView rest : source) {
    while (!rest.empty()) {
      const std::size_t run = std::min(rest.size(), target.front().size() - at);
      if (run > 0) step(rest.data(), target.front().data() + at, run);
      rest = rest.subspan(run);
      at += run;
      if (at < target.front().size()) continue;
      target = target.subspan(1);
      at = 0;
    }
  }
}

inline void CopyPieces(std::span<const ByteView> source, std::span<const MutableBytes> target) {
  ForEachRun(source, target, [](const std::uint8_t* from, std::uint8_t* to, std::size_t size) {
    std::copy_n(from, size, to);
  });
}

}  // namespace strongroom::crypto

#endif  // STRONGROOM_CRYPTO_PIECES_H_
