// Bytes scattered over several buffers, in order.
#ifndef STRONGROOM_BUNDLE_PIECES_H_
#define STRONGROOM_BUNDLE_PIECES_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "strongroom/base/bytes.h"

namespace strongroom::bundle {

inline std::uint64_t TotalSize(std::span<const ByteView> pieces) {
  std::uint64_t total = 0;
  for (const ByteView piece : pieces) total += piece.size();
  return total;
}

// Appends the pieces of the byte range [begin, end) to `out`; none of them is empty.
inline void AppendRange(std::span<const ByteView> pieces, std::uint64_t begin, std::uint64_t end,
                        std::vector<ByteView>& out) {
  for (const ByteView piece : pieces) {
    if (end == 0) return;
    const std::uint64_t from = std::min<std::uint64_t>(begin, piece.size());
    const std::uint64_t to = std::min<std::uint64_t>(end, piece.size());
    if (from < to) out.push_back(piece.subspan(from, to - from));
    begin -= from;
    end -= to;
  }
}

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_PIECES_H_
