#include "strongroom/log/tiled_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tiles_in_memory.h"

namespace strongroom::log {
namespace {

// A size with two full tiles of level 0, and partial ones at both levels.
constexpr std::uint64_t kSize = 2 * 256 + 77;

class OneTileForEverything final : public TileReader {
 public:
  Expected<Bytes> Read(const std::string& path, std::size_t /*max_bytes*/) override {
    const auto tile = ParseTilePath(path);
    return SerializeTile(std::vector<Digest>(tile->width, Digest{7}));
  }
};

TEST(TiledTree, RootsAreThoseOfTheTree) {
  for (const std::uint64_t size : {0, 1, 2, 255, 256, 257, 511, 512, 589}) {
    TilesInMemory tiles(size);
    EXPECT_EQ(TiledTree(tiles, size).Root(), tiles.tree.Root()) << size;
  }
}

TEST(TiledTree, TreeOfThreeLevelsOfTilesHasTheRightRootAndProofs) {
  constexpr std::uint64_t kThreeLevels = 256 * 256 + 259;
  TilesInMemory tiles(kThreeLevels);
  TiledTree tree(tiles, kThreeLevels);
  EXPECT_EQ(tree.Root(), tiles.tree.Root());
  for (const std::uint64_t index :
       {std::uint64_t{0}, std::uint64_t{65'535}, std::uint64_t{65'536}, kThreeLevels - 1}) {
    EXPECT_EQ(tree.InclusionProof(index), tiles.tree.InclusionProof(index, kThreeLevels)) << index;
    EXPECT_EQ(tree.LeafHash(index), tiles.tree.leaf_hash(index));
  }
  for (const std::uint64_t old :
       {std::uint64_t{1}, std::uint64_t{65'536}, std::uint64_t{65'540}, kThreeLevels}) {
    EXPECT_EQ(tree.ConsistencyProof(old), tiles.tree.ConsistencyProof(old, kThreeLevels)) << old;
  }
}

TEST(TiledTree, EveryProofIsThatOfTheTree) {
  TilesInMemory tiles(kSize);
  TiledTree tree(tiles, kSize);
  for (std::uint64_t index = 0; index < kSize; ++index) {
    const auto proof = tree.InclusionProof(index);
    ASSERT_TRUE(proof);
    EXPECT_TRUE(VerifyInclusion(tiles.tree.leaf_hash(index), index, kSize, *proof, tiles.tree.Root()))
        << index;
  }
  for (std::uint64_t old = 1; old <= kSize; ++old) {
    const auto proof = tree.ConsistencyProof(old);
    ASSERT_TRUE(proof);
    EXPECT_TRUE(VerifyConsistency(old, tiles.tree.Root(old), kSize, tiles.tree.Root(), *proof)) << old;
  }
}

TEST(TiledTree, ReadsEachTileOnce) {
  TilesInMemory tiles(kSize);
  TiledTree tree(tiles, kSize);
  ASSERT_TRUE(tree.InclusionProof(300));
  EXPECT_LE(tiles.reads, 3u);
}

TEST(TiledTree, WhatIsNotInTheTreeIsRefused) {
  TilesInMemory tiles(3);
  TiledTree tree(tiles, 3);
  EXPECT_EQ(tree.InclusionProof(3).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(tree.LeafHash(3).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(tree.ConsistencyProof(0).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(tree.ConsistencyProof(4).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(TiledTree(tiles, 0).InclusionProof(0).error().code, ErrorCode::kNotFound);
}

TEST(TiledTree, HugeSizesAskForFewTiles) {
  OneTileForEverything tiles;
  for (const std::uint64_t size :
       {std::uint64_t{1} << 63, (std::uint64_t{1} << 63) + 1, std::numeric_limits<std::uint64_t>::max()}) {
    TiledTree tree(tiles, size);
    EXPECT_TRUE(tree.Root());
    EXPECT_LE(tree.InclusionProof(size - 1)->size(), 64u);
    EXPECT_LE(tree.InclusionProof(0)->size(), 64u);
    EXPECT_LE(tree.ConsistencyProof(size - 1)->size(), 65u);
  }
}

TEST(TiledTree, FullTileServesWhereThePartialOneIsGone) {
  TilesInMemory later(512);
  TilesInMemory then(300);
  later.files["tile/1/000.p/1"] = then.files["tile/1/000.p/1"];
  EXPECT_EQ(TiledTree(later, 300).Root(), then.tree.Root());
  EXPECT_TRUE(VerifyTiles(later, 300, then.tree.Root()));
}

TEST(TiledTree, MissingTileIsNamed) {
  TilesInMemory tiles(kSize);
  tiles.files.erase("tile/0/001");
  const auto proof = TiledTree(tiles, kSize).InclusionProof(300);
  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().code, ErrorCode::kTruncated);
  EXPECT_EQ(proof.error().message, "tile/0/001 is missing");
}

TEST(VerifyTiles, WholeLogsOfAnySizeVerify) {
  for (const std::uint64_t size : {0, 1, 255, 256, 257, 512, 589, 66'000}) {
    TilesInMemory tiles(size);
    std::uint64_t seen = 0;
    const auto verified =
        VerifyTiles(tiles, size, tiles.tree.Root(), [&](std::uint64_t index, ByteView entry) -> Status {
          EXPECT_EQ(index, seen++);
          EXPECT_EQ(ToBytes(entry), EntryNumber(index));
          return {};
        });
    EXPECT_TRUE(verified) << size << ": " << verified.error().message;
    EXPECT_EQ(seen, size);
  }
}

TEST(VerifyTiles, AnotherRootIsRefused) {
  TilesInMemory tiles(kSize);
  EXPECT_EQ(VerifyTiles(tiles, kSize, Digest{}).error().code, ErrorCode::kAltered);
  TilesInMemory none(0);
  EXPECT_EQ(VerifyTiles(none, 0, Digest{}).error().code, ErrorCode::kAltered);
}

TEST(VerifyTiles, AlteredEntryIsNamed) {
  for (const std::uint64_t index : {0, 255, 256, 300, 588}) {
    TilesInMemory tiles(kSize);
    Bytes& bundle = tiles.files[TilePath(EntryBundleAt(index / kTileWidth, kSize))];
    std::size_t offset = 2;
    for (std::uint64_t i = index / kTileWidth * kTileWidth; i < index; ++i)
      offset += 2 + EntryNumber(i).size();
    bundle[offset] ^= 1;
    const auto verified = VerifyTiles(tiles, kSize, tiles.tree.Root());
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().code, ErrorCode::kAltered);
    EXPECT_EQ(verified.error().message, "entry " + std::to_string(index) + " is not that of " +
                                            TilePath(HashTileAt(0, index / kTileWidth, kSize)));
  }
}

TEST(VerifyTiles, EveryAlteredHashOfEveryTileIsNamed) {
  TilesInMemory tiles(300);
  for (const std::string path : {"tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"}) {
    for (std::size_t hash = 0; hash < tiles.files[path].size() / 32; hash += 7) {
      tiles.files[path][hash * 32 + 31] ^= 0x80;
      const auto verified = VerifyTiles(tiles, 300, tiles.tree.Root());
      ASSERT_FALSE(verified);
      EXPECT_EQ(verified.error().code, ErrorCode::kAltered);
      EXPECT_EQ(verified.error().message,
                "hash " + std::to_string(hash) + " of " + path + " is not that of the entries");
      tiles.files[path][hash * 32 + 31] ^= 0x80;
    }
  }
}

TEST(VerifyTiles, EveryFlippedBitOfASmallLogIsLocated) {
  TilesInMemory tiles(5);
  for (auto& [path, bytes] : tiles.files) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      const auto verified = VerifyTiles(tiles, 5, tiles.tree.Root());
      ASSERT_FALSE(verified) << path << " bit " << bit;
      EXPECT_TRUE(verified.error().message.contains(path) || verified.error().message.starts_with("entry "))
          << verified.error().message;
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    }
  }
}

TEST(VerifyTiles, EntryAlteredTogetherWithItsHashIsSeenInTheTileAbove) {
  TilesInMemory tiles(kSize);
  Bytes& bundle = tiles.files["tile/entries/000"];
  bundle[2] ^= 1;
  const Digest hash = crypto::MerkleLeafHash(ParseEntryBundle(bundle, 256)->front());
  std::ranges::copy(hash, tiles.files["tile/0/000"].begin());
  EXPECT_EQ(VerifyTiles(tiles, kSize, tiles.tree.Root()).error().message,
            "the entries below hash 0 of tile/1/000.p/2 are not those that it was made of");
}

TEST(VerifyTiles, LogShorterThanItsCheckpointIsRefused) {
  TilesInMemory tiles(10);
  const auto verified = VerifyTiles(tiles, std::uint64_t{1} << 63, tiles.tree.Root());
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, ErrorCode::kTruncated);
  EXPECT_EQ(verified.error().message, "tile/entries/000 is missing");
}

TEST(VerifyTiles, VisitorMayStopIt) {
  TilesInMemory tiles(10);
  const auto verified =
      VerifyTiles(tiles, 10, tiles.tree.Root(), [](std::uint64_t index, ByteView) -> Status {
        if (index < 4) return {};
        return Fail(ErrorCode::kMalformed, "no record");
      });
  EXPECT_EQ(verified.error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace strongroom::log
