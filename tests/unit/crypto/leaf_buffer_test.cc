#include <gtest/gtest.h>

#include <algorithm>

#include "strongroom/crypto/bulk.h"

namespace strongroom::crypto {
namespace {

TEST(LeafBuffer, WindowsAreAlignedAndFollowTheirPrefixByte) {
  LeafBuffer buffer(3);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.Window(i).data()) % 64, 0U);
    std::ranges::fill(buffer.Window(i), static_cast<std::uint8_t>(i + 1));
  }
  for (std::size_t i = 0; i < 3; ++i) {
    const ByteView message = buffer.Message(i);
    ASSERT_EQ(message.size(), kLeafSize + 1);
    EXPECT_EQ(message.front(), 0x00);
    EXPECT_TRUE(std::ranges::all_of(message.subspan(1), [&](std::uint8_t byte) { return byte == i + 1; }));
  }
}

TEST(LeafBuffer, PiecesCoverTheRangeInOrder) {
  LeafBuffer buffer(3);
  std::vector<MutableBytes> pieces;
  buffer.Pieces(kLeafSize - 10, 2 * kLeafSize + 5, pieces);
  ASSERT_EQ(pieces.size(), 3U);
  EXPECT_EQ(pieces[0].data(), buffer.Window(0).data() + kLeafSize - 10);
  EXPECT_EQ(pieces[0].size(), 10U);
  EXPECT_EQ(pieces[1].data(), buffer.Window(1).data());
  EXPECT_EQ(pieces[1].size(), kLeafSize);
  EXPECT_EQ(pieces[2].size(), 5U);
}

TEST(LeafBuffer, EmptyRangeHasNoPieces) {
  const LeafBuffer buffer(1);
  std::vector<ByteView> pieces;
  buffer.Pieces(7, 7, pieces);
  EXPECT_TRUE(pieces.empty());
}

TEST(LeafBuffer, RangeBeyondTheEndEndsTheProcess) {
  LeafBuffer buffer(1);
  std::vector<MutableBytes> pieces;
  EXPECT_DEATH(buffer.Pieces(0, kLeafSize + 1, pieces), "");
}

}  // namespace
}  // namespace strongroom::crypto
