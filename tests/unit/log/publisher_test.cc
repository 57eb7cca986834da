// What derives from the journal: it is right, it is made anew where it is gone, and nothing rests on it.
#include <filesystem>

#include "log/resume_point.h"
#include "log_fixture.h"
#include "strongroom/log/entry_index.h"
#include "strongroom/log/tiled_tree.h"

namespace strongroom::log {
namespace {

class PublisherTest : public LogFixture {
 protected:
  // A log with this many entries, index records among them.
  void FillTo(std::uint64_t size) {
    Log log = std::filesystem::exists(directory_) ? *Open() : *Create();
    while (log.size() < size) {
      std::vector<AccessRecord> records;
      while (records.size() < 500 && log.size() + records.size() < size) records.push_back(SmallRecord());
      ASSERT_TRUE(log.AppendBatch(std::move(records)));
    }
  }
  [[nodiscard]] std::string Public() const { return JoinPath(directory_, "public"); }
  [[nodiscard]] std::string Resume() const { return JoinPath(directory_, "resume"); }
  void ExpectPublished() {
    const auto checkpoint = VerifyCheckpoint(AsText(Read(JoinPath(Public(), "checkpoint"))), public_key());
    ASSERT_TRUE(checkpoint);
    EXPECT_EQ(Read(JoinPath(Public(), "checkpoint")), Read(Published()));
    DirectoryTiles tiles(*files_, Public());
    const Status verified = VerifyTiles(tiles, checkpoint->size, checkpoint->root);
    EXPECT_TRUE(verified) << verified.error().message;
  }
  std::map<std::string, Bytes> Everything() {
    std::map<std::string, Bytes> all;
    for (const auto& file : std::filesystem::recursive_directory_iterator(directory_)) {
      if (file.is_regular_file()) all[file.path()] = Read(file.path());
    }
    return all;
  }
};

TEST_F(PublisherTest, TilesAreThoseOfTheCheckpointAtEverySize) {
  for (const std::uint64_t size : {0, 1, 2, 255, 256, 257, 700, 4095, 4096, 4097, 9000}) {
    FillTo(size);
    ExpectPublished();
  }
  EXPECT_FALSE(std::filesystem::exists(JoinPath(Public(), "tile/0/000.p")));
  EXPECT_EQ(ParseResumePoint(Read(Resume()), key_.public_key())->records.size, 8192u);
}

TEST_F(PublisherTest, DerivedFilesThatAreGoneAreMadeAnew) {
  FillTo(9000);
  std::filesystem::remove_all(Public());
  EXPECT_TRUE(Open());
  ExpectPublished();
  std::filesystem::remove(JoinPath(Public(), "tile/0/034"));
  EXPECT_TRUE(Open());
  ExpectPublished();
  std::filesystem::remove(Resume());
  std::filesystem::remove(JoinPath(Public(), "tile/0/000"));
  EXPECT_TRUE(Open());
  ExpectPublished();
  EXPECT_TRUE(ParseResumePoint(Read(Resume()), key_.public_key()));
}

TEST_F(PublisherTest, TornTilesSinceTheResumePointAreMadeAnew) {
  FillTo(9000);
  const auto before = Everything();
  for (const char* const torn : {"tile/0/034", "tile/entries/034", "tile/0/035.p/40", "checkpoint"}) {
    const std::string path = JoinPath(Public(), torn);
    ASSERT_TRUE(std::filesystem::exists(path)) << torn;
    Bytes bytes = Read(path);
    bytes[bytes.size() / 2] ^= 1;
    Write(path, bytes);
    EXPECT_TRUE(Open());
    EXPECT_TRUE(Everything() == before) << torn;
  }
}

TEST_F(PublisherTest, WhatLiesUnderATemporaryNameIsNotWrittenThrough) {
  FillTo(10);
  const std::string elsewhere = temporary_ / "elsewhere";
  Write(elsewhere, Bytes(3, 7));
  std::filesystem::create_hard_link(elsewhere, JoinPath(Public(), "checkpoint.new"));
  FillTo(11);
  ExpectPublished();
  EXPECT_EQ(Read(elsewhere), Bytes(3, 7));
}

TEST_F(PublisherTest, ResumePointThatDoesNotFitIsNotBelieved) {
  FillTo(9000);
  const Checkpoint checkpoint = Open()->checkpoint();
  const Bytes good = Read(Resume());
  ResumePoint wrong = *ParseResumePoint(good, key_.public_key());
  wrong.rows[0][3][7] ^= 1;
  ResumePoint elsewhere = *ParseResumePoint(good, key_.public_key());
  elsewhere.offset += 11;
  ResumePoint beyond = *ParseResumePoint(good, key_.public_key());
  beyond.offset = 1 << 30;
  ResumePoint other_index = *ParseResumePoint(good, key_.public_key());
  other_index.records.index_root[0] ^= 1;
  for (const Bytes& bytes : {SerializeResumePoint(wrong, key_), SerializeResumePoint(elsewhere, key_),
                             SerializeResumePoint(beyond, key_), SerializeResumePoint(other_index, key_),
                             Bytes(), ToBytes(ByteView(good).first(good.size() - 1))}) {
    Write(Resume(), bytes);
    const auto log = Open();
    ASSERT_TRUE(log) << log.error().message;
    EXPECT_EQ(log->checkpoint(), checkpoint);
    ExpectPublished();
    EXPECT_EQ(Read(Resume()), good);
  }
}

// Its index would be right for the tree, and the next index record, signed, would be false.
TEST_F(PublisherTest, ResumePointThatAStrangerSignedIsNotBelieved) {
  FillTo(4100);
  ResumePoint point = *ParseResumePoint(Read(Resume()), key_.public_key());
  EntryIndex index;
  index.Add(0, FullRecord());
  point.records.keys = index.keys();
  point.records.index_root = index.Root();
  point.records.index = index.Serialize();
  const Bytes forged = SerializeResumePoint(point, LogKey(9));
  EXPECT_EQ(ParseResumePoint(forged, key_.public_key()).error().code, ErrorCode::kUntrusted);
  Write(Resume(), forged);
  FillTo(6000);
  EXPECT_TRUE(Verify());
}

TEST_F(PublisherTest, ChangeOfTheLogsKeyKeepsTheResumePoint) {
  FillTo(4100);
  const auto next = LogKey(2);
  {
    Log log = *Open();
    ASSERT_TRUE(log.ChangeKey(next, KeyChange::kRotation));
  }
  EXPECT_EQ(ParseResumePoint(Read(Resume()), next.public_key())->records.size, 4096u);
}

TEST_F(PublisherTest, EveryFlippedBitOfAResumePointIsNoticed) {
  FillTo(4100);
  const Bytes good = Read(Resume());
  ASSERT_TRUE(ParseResumePoint(good, key_.public_key()));
  EXPECT_EQ(SerializeResumePoint(*ParseResumePoint(good, key_.public_key()), key_), good);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes changed = good;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_EQ(ParseResumePoint(changed, key_.public_key()).has_value(), false) << bit;
  }
}

TEST_F(PublisherTest, RecordsBeforeTheResumePointStillDecideWhatIsRemembered) {
  FillTo(100);
  const Checkpoint old = Open()->checkpoint();
  FillTo(9000);
  EXPECT_TRUE(Open(old));
  Checkpoint other = old;
  other.root[0] ^= 1;
  EXPECT_EQ(Open(other).error().code, ErrorCode::kLogUnavailable);
}

TEST_F(PublisherTest, PublicationThatFailsRefusesTheNextAppendUntilItSucceeds) {
  FillTo(10);
  Log log = *Open();
  std::filesystem::remove_all(Public());
  Write(Public(), Bytes(1, 0));
  EXPECT_TRUE(log.Append(SmallRecord()));
  EXPECT_EQ(log.Append(SmallRecord()).error().code, ErrorCode::kLogUnavailable);
  EXPECT_EQ(log.CheckWritable().error().code, ErrorCode::kLogUnavailable);
  std::filesystem::remove(Public());
  EXPECT_TRUE(log.Append(SmallRecord()));
  ExpectPublished();
  EXPECT_EQ(log.size(), 12u);
}

TEST_F(PublisherTest, CosignedCheckpointIsLeftAlone) {
  Log log = *Log::Create(*files_, directory_, std::string(kOrigin), key_, clock_, {.cosigned_only = true});
  ASSERT_TRUE(log.Append(SmallRecord()));
  EXPECT_FALSE(std::filesystem::exists(JoinPath(Public(), "checkpoint")));
  EXPECT_TRUE(std::filesystem::exists(JoinPath(Public(), "tile/0/000.p/1")));
}

}  // namespace
}  // namespace strongroom::log
