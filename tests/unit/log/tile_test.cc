#include "strongroom/log/tile.h"

#include <gtest/gtest.h>

#include <limits>

#include "strongroom/crypto/hash.h"

namespace strongroom::log {
namespace {

constexpr std::uint64_t kHugest = std::numeric_limits<std::uint64_t>::max();

TEST(TilePath, PathsAreThoseOfTheSpecification) {
  const std::pair<TileId, std::string> cases[] = {
      {{TileKind::kHashes, 0, 0, 256}, "tile/0/000"},
      {{TileKind::kHashes, 0, 1'234'067, 256}, "tile/0/x001/x234/067"},
      {{TileKind::kHashes, 0, 999, 1}, "tile/0/999.p/1"},
      {{TileKind::kHashes, 2, 1000, 255}, "tile/2/x001/000.p/255"},
      {{TileKind::kHashes, 63, 0, 256}, "tile/63/000"},
      {{TileKind::kEntries, 0, 1'234'067, 8}, "tile/entries/x001/x234/067.p/8"},
      {{TileKind::kHashes, 0, kHugest, 256}, "tile/0/x018/x446/x744/x073/x709/x551/615"},
  };
  for (const auto& [tile, path] : cases) {
    EXPECT_EQ(TilePath(tile), path);
    EXPECT_EQ(ParseTilePath(path), tile) << path;
  }
}

TEST(TilePath, AnyOtherPathIsRefused) {
  for (const std::string path : {"",
                                 "tile",
                                 "tile/",
                                 "tile/0",
                                 "tile/0/",
                                 "/tile/0/000",
                                 "tile/0/000/",
                                 "tile/00/000",
                                 "tile/64/000",
                                 "tile/-1/000",
                                 "tile/0/0",
                                 "tile/0/0000",
                                 "tile/0/1",
                                 "tile/0/x000/001",
                                 "tile/0/x001",
                                 "tile/0/001/002",
                                 "tile/0/x001/x002",
                                 "tile/0/x01/002",
                                 "tile/0/xx01/002",
                                 "tile/0/X001/002",
                                 "tile/0/000.p/0",
                                 "tile/0/000.p/256",
                                 "tile/0/000.p/01",
                                 "tile/0/000.p/",
                                 "tile/0/000.p",
                                 "tile/0/000.p/1/",
                                 "tile/0/000.p/1.p/1",
                                 "tile/0/x018/x446/x744/x073/x709/x551/616",
                                 "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
                                 "tile/entries",
                                 "tile/entries/",
                                 "tile/entries/1",
                                 "tile/Entries/000",
                                 "tile/8/../000",
                                 "tile/0/ 00",
                                 "tile/0/000 ",
                                 "tile/0/000\n",
                                 "checkpoint",
                                 "tile/0/%30%30%30"}) {
    const auto tile = ParseTilePath(path);
    ASSERT_FALSE(tile) << path;
    EXPECT_EQ(tile.error().code, ErrorCode::kMalformed) << path;
  }
}

TEST(TileCount, TreesHaveTheTilesOfTheSpecificationsExamples) {
  EXPECT_EQ(TileCount(0, 70'000), 274u);
  EXPECT_EQ(HashTileAt(0, 272, 70'000).width, 256);
  EXPECT_EQ(HashTileAt(0, 273, 70'000).width, 112);
  EXPECT_EQ(EntryBundleAt(273, 70'000), (TileId{TileKind::kEntries, 0, 273, 112}));
  EXPECT_EQ(TileCount(1, 70'000), 2u);
  EXPECT_EQ(HashTileAt(1, 0, 70'000).width, 256);
  EXPECT_EQ(HashTileAt(1, 1, 70'000).width, 17);
  EXPECT_EQ(TileCount(2, 70'000), 1u);
  EXPECT_EQ(HashTileAt(2, 0, 70'000).width, 1);
  EXPECT_EQ(TileCount(3, 70'000), 0u);
  EXPECT_EQ(TileCount(0, 256), 1u);
  EXPECT_EQ(HashTileAt(1, 0, 256).width, 1);
}

TEST(TileCount, EmptyTreeHasNoTileAndTheHugestHasEightLevels) {
  EXPECT_EQ(TileCount(0, 0), 0u);
  EXPECT_EQ(TileCount(0, kHugest), std::uint64_t{1} << 56);
  EXPECT_EQ(HashTileAt(0, (std::uint64_t{1} << 56) - 1, kHugest).width, 255);
  EXPECT_EQ(TileCount(7, kHugest), 1u);
  EXPECT_EQ(HashTileAt(7, 0, kHugest).width, 255);
  EXPECT_EQ(TileCount(8, kHugest), 0u);
  EXPECT_EQ(TileCount(kMaxTileLevel, kHugest), 0u);
  EXPECT_EQ(HashTileAt(7, 0, std::uint64_t{1} << 63).width, 128);
}

TEST(Tile, BytesAreItsHashes) {
  const std::vector<Digest> hashes = {Digest{1}, Digest{2}, Digest{3}};
  const Bytes bytes = SerializeTile(hashes);
  EXPECT_EQ(bytes.size(), 96u);
  EXPECT_EQ(ParseTile(bytes, 3), hashes);
  for (const std::uint16_t width : std::initializer_list<std::uint16_t>{0, 2, 4, 256}) {
    EXPECT_EQ(ParseTile(bytes, width).error().code, ErrorCode::kMalformed);
  }
  EXPECT_EQ(ParseTile(ByteView(bytes).first(95), 3).error().code, ErrorCode::kMalformed);
}

// The leaves and the root that Certificate Transparency implementations test with.
TEST(SubtreeHash, EightLeavesGiveThePublishedRoot) {
  std::vector<Digest> leaves;
  for (const std::string_view entry :
       {"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}) {
    leaves.push_back(crypto::MerkleLeafHash(*FromHex(entry)));
  }
  EXPECT_EQ(Hex(SubtreeHash(leaves)), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
  EXPECT_EQ(SubtreeHash(std::span(leaves).first(1)), leaves[0]);
}

TEST(EntryBundle, EntriesStandBehindTheirLengthsInBigEndian) {
  const std::vector<Bytes> entries = {{0xAA}, {}, Bytes(258, 0xBB)};
  const auto bundle = SerializeEntryBundle(entries);
  ASSERT_TRUE(bundle);
  EXPECT_EQ(Hex(ByteView(*bundle).first(8)), "0001aa00000102bb");
  const auto parsed = ParseEntryBundle(*bundle, 3);
  ASSERT_TRUE(parsed);
  for (std::size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(ToBytes((*parsed)[i]), entries[i]);
}

TEST(EntryBundle, AnyOtherNumberOfEntriesIsRefused) {
  const Bytes bundle = *SerializeEntryBundle(std::vector<Bytes>{{1}, {2, 3}});
  EXPECT_EQ(ParseEntryBundle(bundle, 1).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(ParseEntryBundle(bundle, 3).error().message,
            "entry bundle, its entry 2: the bundle ends before it");
  EXPECT_EQ(ParseEntryBundle(ByteView(bundle).first(6), 2).error().message,
            "entry bundle, its entry 1: it runs over the bundle's end");
  EXPECT_EQ(ParseEntryBundle(ByteView(bundle).first(4), 2).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(ParseEntryBundle({}, 1).error().code, ErrorCode::kMalformed);
}

TEST(EntryBundle, WhatDoesNotFitIsRefused) {
  EXPECT_TRUE(SerializeEntryBundle(std::vector<Bytes>{Bytes(65'535)}));
  EXPECT_EQ(SerializeEntryBundle(std::vector<Bytes>{Bytes(65'536)}).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(SerializeEntryBundle({}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(SerializeEntryBundle(std::vector<Bytes>(256)));
  EXPECT_EQ(SerializeEntryBundle(std::vector<Bytes>(257)).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace strongroom::log
