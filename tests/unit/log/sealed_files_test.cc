#include "strongroom/log/sealed_files.h"

#include <algorithm>

#include "auditor_fixture.h"
#include "log_fixture.h"

namespace strongroom::log {
namespace {

class SealedFiles : public LogFixture {
 protected:
  // Appends a record whose party is sealed, as a custodian would, and gives its commitment.
  Digest AppendSealed(Log& log) {
    const auto sealed = SealParts(FullRecord(), Sealing({SealablePart::kParty}), kOrigin);
    EXPECT_TRUE(KeepSealed(*files_, directory_, sealed->documents));
    const auto receipt = log.Append(sealed->record);
    EXPECT_TRUE(receipt) << receipt.error().message;
    return sealed->record.sealed[0].commitment;
  }

  std::vector<AccessRecord> Records() {
    std::vector<AccessRecord> records;
    EXPECT_TRUE(VerifyLog(*files_, directory_, public_key(), std::nullopt,
                          [&](std::uint64_t, const AccessRecord& record) { records.push_back(record); }));
    return records;
  }

  SealedPartsReport Check() {
    auto check = SealedPartsCheck::Begin(*files_, directory_);
    std::uint64_t index = 0;
    for (const AccessRecord& record : Records()) check->Take(index++, record);
    return std::move(*check).Finish();
  }

  OpenedRecord Opened(std::size_t index, std::uint8_t auditor) {
    return OpenSealedParts(*files_, directory_, kOrigin, Records().at(index), AuditorPrivateKey(auditor));
  }

  std::string PathOf(const Digest& commitment) { return SealedPath(directory_, commitment); }
};

TEST_F(SealedFiles, AuditorReadsWhatNobodyElseCan) {
  Log log = *Create();
  AppendSealed(log);
  const OpenedRecord opened = Opened(0, 1);
  EXPECT_EQ(opened.record.party, FullRecord().party);
  EXPECT_TRUE(opened.unopened.empty());
  EXPECT_TRUE(opened.record.sealed.empty());
  const OpenedRecord strangers = Opened(0, 3);
  EXPECT_FALSE(strangers.record.party);
  ASSERT_EQ(strangers.unopened.size(), 1U);
  EXPECT_EQ(strangers.unopened[0].code, ErrorCode::kNoKey);
}

TEST_F(SealedFiles, ErasedPartIsGoneAndItsRecordStaysProven) {
  Log log = *Create();
  const Digest first = AppendSealed(log);
  AppendSealed(log);
  const Receipt last = *log.Append(SmallRecord());
  AccessRecord erasure;
  erasure.action = Action::kErase;
  erasure.outcome = Outcome::kPermit;
  erasure.reasons = {ErasureReason(0, {SealablePart::kParty, first})};
  ASSERT_TRUE(log.Append(erasure));
  ASSERT_TRUE(EraseSealed(*files_, directory_, first));
  EXPECT_TRUE(Verify(last.checkpoint()));
  EXPECT_TRUE(log.Append(SmallRecord()));
  const OpenedRecord opened = Opened(0, 1);
  ASSERT_EQ(opened.unopened.size(), 1U);
  EXPECT_EQ(opened.unopened[0].code, ErrorCode::kNotFound);
  EXPECT_EQ(opened.record.sealed[0].commitment, first);
  const SealedPartsReport report = Check();
  EXPECT_EQ(report.present, 1U);
  EXPECT_EQ(report.erased, 1U);
  EXPECT_TRUE(report.missing.empty() && report.altered.empty() && report.orphans.empty());
  EXPECT_EQ(EraseSealed(*files_, directory_, first).error().code, ErrorCode::kNotFound);
}

TEST_F(SealedFiles, PartThatIsGoneWithoutARecordIsMissing) {
  Log log = *Create();
  const Digest lost = AppendSealed(log);
  const Digest other = AppendSealed(log);
  AccessRecord not_an_erasure = SmallRecord();
  not_an_erasure.reasons = {ErasureReason(0, {SealablePart::kParty, lost})};
  ASSERT_TRUE(log.Append(not_an_erasure));
  ASSERT_TRUE(EraseSealed(*files_, directory_, lost));
  const SealedPartsReport report = Check();
  EXPECT_EQ(report.present, 1U);
  EXPECT_EQ(report.erased, 0U);
  ASSERT_EQ(report.missing.size(), 1U);
  EXPECT_TRUE(report.missing[0].message.starts_with("entry 0, sealed party " + Hex(lost) + ": "));
  ASSERT_TRUE(EraseSealed(*files_, directory_, other));
  EXPECT_EQ(Check().missing.size(), 2U);
}

TEST(ErasedCommitments, AreThoseThatReasonsOfAnErasureEndIn) {
  const SealedPart part{SealablePart::kReasons, Digest{7}};
  AccessRecord record;
  record.action = Action::kErase;
  record.outcome = Outcome::kPermit;
  record.reasons = {ErasureReason(17, part), "erases sealed reasons of record 17, 07", "erases sealed ",
                    "keeps sealed " + Hex(part.commitment)};
  EXPECT_EQ(record.reasons[0], "erases sealed reasons of record 17, " + Hex(part.commitment));
  EXPECT_EQ(ErasedCommitments(record), std::vector<Digest>{part.commitment});
  record.action = Action::kOpen;
  EXPECT_TRUE(ErasedCommitments(record).empty());
}

TEST_F(SealedFiles, ExchangedDocumentsAreNamed) {
  Log log = *Create();
  const Digest a = AppendSealed(log);
  const Digest b = AppendSealed(log);
  ASSERT_TRUE(files_->Exchange(PathOf(a), PathOf(b)));
  const SealedPartsReport report = Check();
  ASSERT_EQ(report.altered.size(), 2U);
  EXPECT_TRUE(report.altered[1].message.starts_with("entry 1, sealed party " + Hex(b) + ": "));
  EXPECT_EQ(Opened(0, 1).unopened.at(0).code, ErrorCode::kAltered);
}

TEST_F(SealedFiles, DamagedDocumentIsNamed) {
  Log log = *Create();
  AppendSealed(log);
  const Digest damaged = AppendSealed(log);
  Bytes bytes = Read(PathOf(damaged));
  bytes[bytes.size() / 2] ^= 1;
  Write(PathOf(damaged), bytes);
  const SealedPartsReport report = Check();
  EXPECT_EQ(report.present, 1U);
  ASSERT_EQ(report.altered.size(), 1U);
  EXPECT_NE(report.altered[0].message.find(PathOf(damaged)), std::string::npos);
}

TEST_F(SealedFiles, LogWithoutSealedPartsHasNothingToSay) {
  Log log = Filled(2);
  const SealedPartsReport report = Check();
  EXPECT_EQ(report.present + report.erased, 0U);
  EXPECT_TRUE(report.altered.empty() && report.orphans.empty());
}

TEST_F(SealedFiles, OrphansAreSweptOnceTheyAreOld) {
  Log log = *Create();
  AppendSealed(log);
  const auto lost = SealParts(FullRecord(), Sealing({SealablePart::kNode}), kOrigin);
  ASSERT_TRUE(KeepSealed(*files_, directory_, lost->documents));
  Write(JoinPath(directory_, "sealed/README"), AsBytes("not a document"));
  const std::vector<Digest> orphans = Check().orphans;
  ASSERT_EQ(orphans, std::vector<Digest>{lost->documents[0].commitment});
  const std::int64_t written = files_->Stat(PathOf(orphans[0]))->modified_ns / 1'000'000'000;
  EXPECT_EQ(SweepOrphans(*files_, directory_, orphans, Timestamp{written + kOrphanAgeSeconds - 1}), 0U);
  EXPECT_EQ(SweepOrphans(*files_, directory_, orphans, Timestamp{written + kOrphanAgeSeconds + 1}), 1U);
  EXPECT_TRUE(Check().orphans.empty());
  EXPECT_EQ(Check().present, 1U);
}

TEST_F(SealedFiles, DocumentIsDurableBeforeItIsAnswered) {
  Log log = *Create();
  const auto sealed = SealParts(FullRecord(), Sealing({SealablePart::kParty}), kOrigin);
  ASSERT_TRUE(KeepSealed(*files_, directory_, sealed->documents));
  EXPECT_EQ(ReadSealed(*files_, directory_, sealed->documents[0].commitment), sealed->documents[0]);
  EXPECT_EQ(KeepSealed(*files_, directory_, sealed->documents).error().code, ErrorCode::kExists);
}

}  // namespace
}  // namespace strongroom::log
