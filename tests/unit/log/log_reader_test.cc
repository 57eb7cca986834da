#include "strongroom/log/log_reader.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "log_fixture.h"
#include "strongroom/log/tile_source.h"
#include "testing/temporary_directory.h"
#include "tiles_in_memory.h"

namespace strongroom::log {
namespace {

// A size with two full tiles of level 0, and partial ones at both levels.
constexpr std::uint64_t kSize = 2 * 256 + 77;

envelope::NoteKey PublicKey(std::uint8_t fill = 1) {
  return {std::string(kOrigin), LogKey(fill).public_key()};
}

Checkpoint HeadOf(const TilesInMemory& tiles) {
  return {std::string(kOrigin), tiles.tree.size(), tiles.tree.Root()};
}

Expected<LogReader> Open(TilesInMemory& tiles) {
  return LogReader::Open(tiles, *SignCheckpoint(HeadOf(tiles), LogKey()), std::array{PublicKey()});
}

TEST(LogReader, EveryEntryOfLogsOfAnySizeIsReadAndProven) {
  for (const std::uint64_t size : {1, 2, 255, 256, 257, 511, 512, 589}) {
    TilesInMemory tiles(size);
    auto reader = Open(tiles);
    ASSERT_TRUE(reader);
    for (std::uint64_t i = 0; i < size; ++i) {
      EXPECT_EQ(reader->Entry(i), EntryNumber(i));
      const auto proof = reader->Prove(i);
      ASSERT_TRUE(proof) << proof.error().message;
      EXPECT_TRUE(VerifyTlogProof(*proof, EntryNumber(i), std::array{PublicKey()},
                                  *WitnessPolicy::Parse("quorum none\n"), std::nullopt));
    }
  }
}

TEST(LogReader, EntriesOfATreeOfThreeLevelsOfTilesAreRead) {
  constexpr std::uint64_t kThreeLevels = 256 * 256 + 259;
  TilesInMemory tiles(kThreeLevels);
  auto reader = Open(tiles);
  for (const std::uint64_t i : {std::uint64_t{0}, std::uint64_t{65'535}, kThreeLevels - 1}) {
    EXPECT_EQ(reader->Entry(i), EntryNumber(i));
  }
  EXPECT_LE(tiles.reads, 10u);
}

TEST(LogReader, EmptyLogHasAHeadAndNoEntries) {
  TilesInMemory tiles(0);
  auto reader = Open(tiles);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->head().size, 0u);
  EXPECT_EQ(reader->Entry(0).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(reader->Prove(0).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(reader->CheckExtends(HeadOf(tiles)));
  EXPECT_TRUE(reader->Visit(0, 0, [](std::uint64_t, ByteView) { return Status(); }));
}

TEST(LogReader, RunsOfEntriesReadEachFileOnce) {
  TilesInMemory tiles(kSize);
  auto reader = Open(tiles);
  std::uint64_t seen = 0;
  ASSERT_TRUE(reader->Visit(0, kSize, [&](std::uint64_t index, ByteView entry) -> Status {
    EXPECT_EQ(index, seen++);
    EXPECT_EQ(ToBytes(entry), EntryNumber(index));
    return {};
  }));
  EXPECT_EQ(seen, kSize);
  EXPECT_EQ(tiles.reads, tiles.files.size());
}

TEST(LogReader, VisitorMayStop) {
  TilesInMemory tiles(kSize);
  const auto visited = Open(tiles)->Visit(0, kSize, [](std::uint64_t index, ByteView) -> Status {
    return index < 3 ? Status() : Fail(ErrorCode::kUnavailable, "enough");
  });
  EXPECT_EQ(visited.error().code, ErrorCode::kUnavailable);
}

TEST(LogReader, CheckpointOfAnotherKeyIsRefused) {
  TilesInMemory tiles(3);
  const auto reader =
      LogReader::Open(tiles, *SignCheckpoint(HeadOf(tiles), LogKey(2)), std::array{PublicKey()});
  EXPECT_EQ(reader.error().code, ErrorCode::kUntrusted);
  EXPECT_EQ(LogReader::Open(tiles, "", std::array{PublicKey()}).error().code, ErrorCode::kMalformed);
}

TEST(LogReader, CheckpointOfOneOfSeveralKeysIsAccepted) {
  TilesInMemory tiles(3);
  EXPECT_TRUE(LogReader::Open(tiles, *SignCheckpoint(HeadOf(tiles), LogKey(2)),
                              std::array{PublicKey(), PublicKey(2)}));
}

TEST(LogReader, RootOfOtherEntriesIsRefused) {
  TilesInMemory tiles(kSize);
  Checkpoint head = HeadOf(tiles);
  head.root[0] ^= 1;
  auto reader = LogReader::Open(tiles, *SignCheckpoint(head, LogKey()), std::array{PublicKey()});
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->Entry(0).error().code, ErrorCode::kAltered);
  EXPECT_EQ(reader->Prove(0).error().code, ErrorCode::kAltered);
  EXPECT_EQ(reader->CheckExtends(head).error().code, ErrorCode::kAltered);
}

TEST(LogReader, AlteredFileIsNamedByWhoeverNeedsItAlone) {
  for (const std::string path : {"tile/0/000", "tile/0/002.p/77", "tile/1/000.p/2", "tile/entries/000"}) {
    TilesInMemory tiles(kSize);
    tiles.files[path][5] ^= 1;
    auto reader = Open(tiles);
    const auto entry = reader->Entry(path == "tile/0/002.p/77" ? 520 : 1);
    ASSERT_FALSE(entry) << path;
    EXPECT_EQ(entry.error().code, ErrorCode::kAltered) << path;
    EXPECT_TRUE(entry.error().message.contains(path)) << entry.error().message;
  }
  TilesInMemory tiles(kSize);
  tiles.files["tile/0/000"][0] ^= 1;
  EXPECT_TRUE(Open(tiles)->Entry(300));
}

TEST(LogReader, EveryFlippedBitOfASmallLogIsNoticed) {
  TilesInMemory tiles(5);
  for (auto& [path, bytes] : tiles.files) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
      EXPECT_FALSE(Open(tiles)->Entry(2)) << path << " bit " << bit;
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    }
  }
}

TEST(LogReader, MissingFileIsNamed) {
  TilesInMemory tiles(kSize);
  tiles.files.erase("tile/entries/001");
  const auto entry = Open(tiles)->Entry(300);
  EXPECT_EQ(entry.error().code, ErrorCode::kTruncated);
  EXPECT_EQ(entry.error().message, "tile/entries/001 is missing");
}

TEST(LogReader, ExtendsEveryOneOfItsOwnHeadsAndNoOther) {
  TilesInMemory tiles(kSize);
  auto reader = Open(tiles);
  for (std::uint64_t size = 0; size <= kSize; ++size) {
    Checkpoint older{std::string(kOrigin), size, tiles.tree.Root(size)};
    EXPECT_TRUE(reader->CheckExtends(older)) << size;
    older.root[31] ^= 1;
    EXPECT_EQ(reader->CheckExtends(older).error().code, ErrorCode::kAltered) << size;
  }
}

TEST(LogReader, LongerOrForeignCheckpointIsNotExtended) {
  TilesInMemory tiles(kSize);
  auto reader = Open(tiles);
  EXPECT_EQ(reader->CheckExtends({std::string(kOrigin), kSize + 1, Digest{}}).error().code,
            ErrorCode::kRolledBack);
  EXPECT_EQ(reader->CheckExtends({"another.example/log", 0, MerkleTree().Root()}).error().code,
            ErrorCode::kAltered);
}

TEST(VerifiedTiles, GivesTheFilesOfTheTreeAndTheirBeginnings) {
  TilesInMemory tiles(kSize);
  VerifiedTiles verified(tiles, kSize, tiles.tree.Root());
  for (const auto& [path, bytes] : tiles.files) {
    EXPECT_EQ(verified.Read(path, kMaxEntryBundleBytes), bytes) << path;
  }
  TilesInMemory earlier(300);
  for (const auto& [path, bytes] : earlier.files) {
    EXPECT_EQ(verified.Read(path, kMaxEntryBundleBytes), bytes) << path;
  }
}

TEST(VerifiedTiles, WhatIsNoPartOfTheTreeIsNotFound) {
  TilesInMemory tiles(kSize);
  VerifiedTiles verified(tiles, kSize, tiles.tree.Root());
  for (const std::string path : {"tile/0/002", "tile/0/003", "tile/0/002.p/78", "tile/1/000", "tile/2/000",
                                 "checkpoint", "tile/63/000"}) {
    EXPECT_EQ(verified.Read(path, kMaxEntryBundleBytes).error().code, ErrorCode::kNotFound) << path;
  }
  EXPECT_EQ(verified.Read("tile/0/000", 8191).error().code, ErrorCode::kMalformed);
}

TEST(DirectoryTiles, ReadsRegularFilesWithinTheirBounds) {
  const testing::TemporaryDirectory directory;
  const auto files = MakeRealFileSystem();
  DirectoryTiles tiles(*files, directory.path());
  ASSERT_TRUE(WriteDurably(*files, directory / "checkpoint", AsBytes("note")));
  EXPECT_EQ(tiles.Read("checkpoint", 4), ToBytes(AsBytes("note")));
  EXPECT_EQ(tiles.Read("checkpoint", 3).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(tiles.Read("tile/0/000", 4).error().code, ErrorCode::kNotFound);
  std::filesystem::create_symlink("checkpoint", directory / "link");
  EXPECT_EQ(tiles.Read("link", 4).error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace strongroom::log
