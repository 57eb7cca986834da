#include "log/multiproof.h"

#include <gtest/gtest.h>

#include <limits>

#include "tiles_in_memory.h"

namespace strongroom::log {
namespace {

// A tree of up to ten leaves, and some of them.
struct SomeLeaves {
  SomeLeaves(std::uint64_t size, unsigned chosen) : tiles(size) {
    for (std::uint64_t i = 0; i < size; ++i) {
      if ((chosen >> i & 1) == 0) continue;
      indexes.push_back(i);
      leaf_hashes.push_back(tiles.tree.leaf_hash(i));
    }
    TiledTree tree(tiles, size);
    for (const LeafRange& range : MultiproofRanges(indexes, size)) proof.push_back(*tree.HashOf(range));
  }
  [[nodiscard]] Status Verify() const {
    return VerifyMultiproof(indexes, leaf_hashes, tiles.tree.size(), proof, tiles.tree.Root());
  }

  TilesInMemory tiles;
  std::vector<std::uint64_t> indexes;
  std::vector<Digest> leaf_hashes;
  std::vector<Digest> proof;
};

bool Refused(const SomeLeaves& leaves) {
  const Status verified = leaves.Verify();
  return !verified && verified.error().code == ErrorCode::kAltered;
}

TEST(Multiproof, EverySubsetOfSmallTreesIsProvenAndEveryChangeRefused) {
  for (std::uint64_t size = 0; size <= 9; ++size) {
    for (unsigned chosen = 0; chosen < 1U << size; ++chosen) {
      const SomeLeaves good(size, chosen);
      ASSERT_TRUE(good.Verify()) << size << " " << chosen;
      for (std::size_t i = 0; i < good.proof.size(); ++i) {
        SomeLeaves bad = good;
        bad.proof[i][0] ^= 1;
        ASSERT_TRUE(Refused(bad)) << size << " " << chosen << " hash " << i;
        bad = good;
        bad.proof.erase(bad.proof.begin() + static_cast<std::ptrdiff_t>(i));
        ASSERT_TRUE(Refused(bad)) << size << " " << chosen << " without hash " << i;
      }
      SomeLeaves longer = good;
      longer.proof.emplace_back();
      ASSERT_TRUE(Refused(longer)) << size << " " << chosen;
    }
  }
}

TEST(Multiproof, LeafAtAnotherIndexIsRefused) {
  const SomeLeaves good(9, 0b000110010);
  for (std::size_t i = 0; i < good.indexes.size(); ++i) {
    for (std::uint64_t index = 0; index < 12; ++index) {
      SomeLeaves bad = good;
      bad.indexes[i] = index;
      EXPECT_EQ(Refused(bad), index != good.indexes[i]) << i << " at " << index;
    }
    SomeLeaves bad = good;
    bad.leaf_hashes[i][31] ^= 1;
    EXPECT_TRUE(Refused(bad)) << i;
  }
}

TEST(Multiproof, LeavesThatAreGivenTwiceOrOutOfOrderAreRefused) {
  SomeLeaves bad(9, 0b000110000);
  std::swap(bad.indexes[0], bad.indexes[1]);
  EXPECT_TRUE(Refused(bad));
  bad.indexes[0] = bad.indexes[1];
  EXPECT_TRUE(Refused(bad));
}

TEST(Multiproof, HugeTreeTakesAHashALevel) {
  constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();
  const std::vector<std::uint64_t> one = {kHuge / 3};
  EXPECT_EQ(MultiproofRanges(one, kHuge).size(), 64u);
  EXPECT_EQ(VerifyMultiproof(one, std::vector<Digest>(1), kHuge, {}, Digest{}).error().code,
            ErrorCode::kAltered);
}

}  // namespace
}  // namespace strongroom::log
