#include <algorithm>
#include <filesystem>

#include "log_fixture.h"

namespace strongroom::log {
namespace {

class VerifyLogTest : public LogFixture {};

TEST_F(VerifyLogTest, WholeLogIsDerivedAnew) {
  const Log log = Filled(12);
  std::vector<std::string> notes;
  const auto verified = VerifyLog(*files_, directory_, public_key(), std::nullopt,
                                  [&](std::uint64_t index, const AccessRecord& record) {
                                    EXPECT_EQ(index, notes.size());
                                    notes.push_back(*record.note);
                                  });
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->checkpoint, log.checkpoint());
  EXPECT_EQ(verified->anchor, "none");
  EXPECT_EQ(verified->unacknowledged_bytes, 0u);
  EXPECT_EQ(notes.size(), 12u);
  EXPECT_EQ(notes.back(), "11");
}

TEST_F(VerifyLogTest, EmptyLogVerifies) {
  ASSERT_TRUE(Create());
  const auto verified = Verify();
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->checkpoint.size, 0u);
}

TEST_F(VerifyLogTest, RememberedCheckpointIsTheAnchor) {
  const Checkpoint remembered = Filled(3).checkpoint();
  ASSERT_TRUE(Open()->Append(SmallRecord()));
  const auto verified = Verify(remembered);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->anchor, "remembered checkpoint");
}

TEST_F(VerifyLogTest, MissingLogIsNotFound) {
  EXPECT_EQ(Verify().error().code, ErrorCode::kNotFound);
}

TEST_F(VerifyLogTest, AnotherKeyIsUntrusted) {
  Filled(1);
  const envelope::NoteKey other{std::string(kOrigin), LogKey(2).public_key()};
  EXPECT_EQ(VerifyLog(*files_, directory_, other, std::nullopt).error().code, ErrorCode::kUntrusted);
}

TEST_F(VerifyLogTest, HalfAnAppendIsReportedAndNoError) {
  Filled(2);
  Bytes journal = Read(Journal());
  journal.insert(journal.end(), {0, 10, 0, 0, 0, '{'});
  Write(Journal(), journal);
  const auto verified = Verify();
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->unacknowledged_bytes, 6u);
  EXPECT_EQ(Read(Journal()), journal);
}

TEST_F(VerifyLogTest, CheckpointRepeatedIsRefused) {
  constexpr std::size_t kHeaderSize = 22;
  Filled(0);
  Bytes journal = Read(Journal());
  const Bytes frame(journal.begin() + kHeaderSize, journal.end());
  journal.insert(journal.end(), frame.begin(), frame.end());
  Write(Journal(), journal);
  EXPECT_EQ(Verify().error().code, ErrorCode::kAltered);
}

TEST_F(VerifyLogTest, EveryFlippedBitOfTheJournalIsLocated) {
  constexpr std::uint64_t kRecords = 3;
  std::vector<std::uint64_t> ends;
  {
    Log log = *Create();
    for (std::uint64_t i = 0; i < kRecords; ++i) {
      ends.push_back(std::filesystem::file_size(Journal()));
      ASSERT_TRUE(log.Append(SmallRecord(std::to_string(i))));
    }
  }
  const Bytes journal = Read(Journal());
  for (std::size_t bit = 0; bit < journal.size() * 8; ++bit) {
    Bytes changed = journal;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    Write(Journal(), changed);
    const auto verified = Verify();
    ASSERT_FALSE(verified) << "bit " << bit;
    if (bit / 8 < ends[0]) continue;  // the header and the checkpoint of the empty log
    const auto entry = static_cast<std::uint64_t>(std::ranges::upper_bound(ends, bit / 8) - ends.begin() - 1);
    EXPECT_EQ(verified.error().code, ErrorCode::kAltered);
    EXPECT_TRUE(verified.error().message.starts_with("entry " + std::to_string(entry) + ":"))
        << bit << ": " << verified.error().message;
  }
}

TEST_F(VerifyLogTest, EveryFlippedBitOfThePublishedCheckpointIsRefused) {
  Filled(2);
  const Bytes published = Read(Published());
  for (std::size_t bit = 0; bit < published.size() * 8; ++bit) {
    Bytes changed = published;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    Write(Published(), changed);
    EXPECT_FALSE(Verify()) << "bit " << bit;
    EXPECT_FALSE(Open()) << "bit " << bit;
  }
}

TEST_F(VerifyLogTest, EveryTruncationIsRefused) {
  Filled(3);
  const Bytes journal = Read(Journal());
  for (std::size_t size = 0; size < journal.size(); ++size) {
    Write(Journal(), ByteView(journal).first(size));
    EXPECT_FALSE(Verify()) << size;
    EXPECT_EQ(Open().error().code, ErrorCode::kLogUnavailable) << size;
  }
}

}  // namespace
}  // namespace strongroom::log
