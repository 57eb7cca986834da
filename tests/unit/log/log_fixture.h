// A log in a directory of its own, and the records that tests put into it.
#ifndef STRONGROOM_TESTS_UNIT_LOG_LOG_FIXTURE_H_
#define STRONGROOM_TESTS_UNIT_LOG_LOG_FIXTURE_H_

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "strongroom/log/log.h"
#include "strongroom/log/log_reader.h"
#include "strongroom/log/tile_source.h"
#include "testing/fake_clock.h"
#include "testing/temporary_directory.h"

namespace strongroom::log {

inline constexpr std::string_view kOrigin = "example.com/access-log";

inline crypto::Ed25519PrivateKey LogKey(std::uint8_t fill = 1) {
  return *crypto::Ed25519PrivateKey::FromSeed(SecretBytes::CopyOf(Bytes(32, fill)));
}

inline AccessRecord SmallRecord(std::string note = "n") {
  AccessRecord record;
  record.action = Action::kOpen;
  record.outcome = Outcome::kPermit;
  record.note = std::move(note);
  return record;
}

// A record with every part.
inline AccessRecord FullRecord() {
  AccessRecord record;
  record.time = Timestamp{1'795'000'000};
  record.action = Action::kRekey;
  record.outcome = Outcome::kFailed;
  record.reasons = {"the tpm's PCRs changed"};
  record.bundle = RecordedBundle{Digest{1}, Digest{2}, 3};
  record.party = RecordedParty{"Acme", "US"};
  record.node = RecordedNode{"node-1", "rack 7"};
  record.place = RecordedPlace{"DE", "declared"};
  record.keyslot = RecordedKeyslot{"tpm", KeyslotClass::kCooperative, 1};
  record.decision = RecordedDecision{
      "permit", Timestamp{1'794'999'999}, {{"allied", {"15 CFR 740.2", "90 FR 1"}}, {"default", {}}}};
  record.packs = {Digest{4}, Digest{5}};
  record.evidence = Digest{6};
  record.lease = RecordedLease{"lease-1", Timestamp{1'795'000'600}};
  record.note = "checked";
  return record;
}

class LogFixture : public ::testing::Test {
 protected:
  Expected<Log> Create() { return Log::Create(*files_, directory_, std::string(kOrigin), key_, clock_); }
  Expected<Log> Open(const std::optional<Checkpoint>& remembered = std::nullopt) {
    return Log::Open(*files_, directory_, std::string(kOrigin), key_, clock_, remembered);
  }
  // A new log with this many records.
  Log Filled(std::size_t records) {
    Log log = *Create();
    for (std::size_t i = 0; i < records; ++i) EXPECT_TRUE(log.Append(SmallRecord(std::to_string(i))));
    return log;
  }
  Expected<LogVerification> Verify(const std::optional<Checkpoint>& remembered = std::nullopt) {
    return VerifyLog(*files_, directory_, public_key(), remembered);
  }
  // The access records on the disk, in order.
  std::vector<AccessRecord> Records() {
    std::vector<AccessRecord> records;
    const auto verified =
        VerifyLog(*files_, directory_, public_key(), std::nullopt,
                  [&records](std::uint64_t, const AccessRecord& record) { records.push_back(record); });
    EXPECT_TRUE(verified) << verified.error().message;
    return records;
  }
  // Any record and its proof, from what is published.
  struct Proven {
    Bytes record;
    std::string proof;
  };
  Expected<Proven> Prove(std::uint64_t index) {
    DirectoryTiles tiles(*files_, JoinPath(directory_, "public"));
    SR_ASSIGN_OR_RETURN(LogReader reader, LogReader::Open(tiles, std::string(AsText(Read(Published()))),
                                                          std::array{public_key()}));
    SR_ASSIGN_OR_RETURN(Bytes record, reader.Entry(index));
    SR_ASSIGN_OR_RETURN(const TlogProof proof, reader.Prove(index));
    return Proven{std::move(record), SerializeTlogProof(proof)};
  }
  [[nodiscard]] envelope::NoteKey public_key() const { return {std::string(kOrigin), key_.public_key()}; }
  [[nodiscard]] std::string Journal() const { return JoinPath(directory_, "journal"); }
  [[nodiscard]] std::string Published() const { return JoinPath(directory_, "checkpoint"); }
  Bytes Read(const std::string& path) { return *ReadWhole(*files_, path, 1 << 24); }
  // Written in place: to truncate first would make the file system flush the file each time.
  void Write(const std::string& path, ByteView bytes) {
    auto file = files_->Open(path, OpenMode::kOpenOrCreate);
    ASSERT_TRUE(file && (*file)->WriteAt(0, bytes));
    if ((*file)->Identity()->size != bytes.size()) {
      ASSERT_TRUE((*file)->Truncate(bytes.size()));
    }
  }

  testing::TemporaryDirectory temporary_;
  std::unique_ptr<FileSystem> files_ = MakeRealFileSystem();
  std::string directory_ = temporary_ / "log";
  crypto::Ed25519PrivateKey key_ = LogKey();
  testing::FakeClock clock_{Timestamp{1'795'000'000}};
};

}  // namespace strongroom::log

#endif  // STRONGROOM_TESTS_UNIT_LOG_LOG_FIXTURE_H_
