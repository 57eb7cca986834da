#include "crypto/pieces.h"

#include <gtest/gtest.h>

#include <array>

namespace strongroom::crypto {
namespace {

TEST(Slice, RangeOverSeveralPieces) {
  const Bytes bytes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  const ByteView all(bytes);
  const std::array<ByteView, 4> pieces = {all.first(3), all.subspan(3, 0), all.subspan(3, 4), all.subspan(7)};
  for (std::size_t begin = 0; begin <= bytes.size(); ++begin) {
    for (std::size_t end = begin; end <= bytes.size(); ++end) {
      Bytes joined;
      for (const ByteView piece : Slice(std::span<const ByteView>(pieces), begin, end)) {
        EXPECT_FALSE(piece.empty());
        joined.insert(joined.end(), piece.begin(), piece.end());
      }
      EXPECT_EQ(joined, ToBytes(all.subspan(begin, end - begin)));
    }
  }
}

TEST(CopyPieces, DifferentCutsOnBothSides) {
  const Bytes from = {0, 1, 2, 3, 4, 5, 6, 7};
  Bytes to(8);
  const std::array<ByteView, 3> source = {ByteView(from).first(1), ByteView(from).subspan(1, 5),
                                          ByteView(from).subspan(6)};
  const MutableBytes out(to);
  const std::array<MutableBytes, 4> target = {out.first(4), out.subspan(4, 0), out.subspan(4, 3),
                                              out.subspan(7)};
  CopyPieces(source, target);
  EXPECT_EQ(to, from);
}

}  // namespace
}  // namespace strongroom::crypto
