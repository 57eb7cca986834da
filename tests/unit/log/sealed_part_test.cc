#include "strongroom/log/sealed_part.h"

#include "auditor_fixture.h"
#include "log_fixture.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::log {
namespace {

const std::vector<SealablePart> kEveryPart = {SealablePart::kDecision, SealablePart::kNode,
                                              SealablePart::kNote,     SealablePart::kParty,
                                              SealablePart::kPlace,    SealablePart::kReasons};

SealedRecord SealedParty() {
  return *SealParts(FullRecord(), Sealing({SealablePart::kParty}), kOrigin);
}

Expected<OpenedPart> Open(const SealedRecord& sealed, std::uint8_t auditor,
                          std::string_view origin = kOrigin) {
  return OpenPart(sealed.documents[0], sealed.record.sealed[0], origin, AuditorPrivateKey(auditor));
}

ErrorCode Failure(const Expected<OpenedPart>& opened) {
  EXPECT_FALSE(opened);
  return opened ? ErrorCode::kInternal : opened.error().code;
}

TEST(SealParts, EachAuditorRestoresTheWholeRecord) {
  const auto sealed = SealParts(FullRecord(), Sealing(kEveryPart), kOrigin);
  ASSERT_TRUE(sealed);
  ASSERT_EQ(sealed->documents.size(), kEveryPart.size());
  EXPECT_EQ(ParseAccessRecord(SerializeAccessRecord(sealed->record)), sealed->record);
  for (const std::uint8_t auditor : {std::uint8_t{1}, std::uint8_t{2}}) {
    std::vector<OpenedPart> parts;
    for (std::size_t i = 0; i < sealed->documents.size(); ++i) {
      auto part =
          OpenPart(sealed->documents[i], sealed->record.sealed[i], kOrigin, AuditorPrivateKey(auditor));
      ASSERT_TRUE(part) << part.error().message;
      parts.push_back(*std::move(part));
    }
    EXPECT_EQ(RestoreRecord(sealed->record, parts), FullRecord());
  }
}

TEST(SealParts, PublicRecordHoldsNothingOfTheSealedParts) {
  const SealedRecord sealed = *SealParts(FullRecord(), Sealing(kEveryPart), kOrigin);
  const Bytes bytes = SerializeAccessRecord(sealed.record);
  for (const std::string_view word : {"Acme", "node-1", "rack 7", "declared", "740.2", "PCRs", "checked"}) {
    EXPECT_EQ(AsText(bytes).find(word), std::string_view::npos) << word;
    for (const SealedDocument& document : sealed.documents)
      EXPECT_EQ(AsText(SerializeSealedDocument(document)).find(word), std::string_view::npos) << word;
  }
  EXPECT_EQ(sealed.record.bundle, FullRecord().bundle);
  EXPECT_EQ(sealed.record.keyslot, FullRecord().keyslot);
}

TEST(SealParts, PartsThatTheRecordLacksAreNotSealed) {
  const auto sealed = SealParts(SmallRecord(), Sealing(kEveryPart), kOrigin);
  ASSERT_TRUE(sealed);
  ASSERT_EQ(sealed->record.sealed.size(), 1U);
  EXPECT_EQ(sealed->record.sealed[0].part, SealablePart::kNote);
}

TEST(SealParts, EqualPartsHaveUnequalCommitments) {
  EXPECT_NE(SealedParty().record.sealed[0].commitment, SealedParty().record.sealed[0].commitment);
}

TEST(SealParts, LengthsAreHiddenUpToAPowerOfTwo) {
  const auto size = [](std::size_t note) {
    const auto sealed =
        SealParts(SmallRecord(std::string(note, 'n')), Sealing({SealablePart::kNote}), kOrigin);
    return SerializeSealedDocument(sealed->documents[0]).size();
  };
  EXPECT_EQ(size(1), size(400));
  EXPECT_EQ(size(600), size(900));
  EXPECT_NE(size(1), size(600));
}

TEST(SealParts, RecordBeyondItsBoundsIsRefused) {
  const auto sealed = SealParts(SmallRecord(std::string(1025, 'n')), Sealing({SealablePart::kNote}), kOrigin);
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().code, ErrorCode::kInvalidArgument);
}

TEST(SealParts, LargestPartSurvives) {
  AccessRecord record;
  record.reasons.assign(63, std::string(1020, 'r'));
  const auto sealed = SealParts(record, Sealing({SealablePart::kReasons}), kOrigin);
  ASSERT_TRUE(sealed);
  const auto parsed = ParseSealedDocument(SerializeSealedDocument(sealed->documents[0]));
  ASSERT_TRUE(parsed) << parsed.error().message;
  const auto opened = OpenPart(*parsed, sealed->record.sealed[0], kOrigin, AuditorPrivateKey(1));
  ASSERT_TRUE(opened);
  EXPECT_EQ(RestoreRecord(sealed->record, {&*opened, 1}), record);
}

// Computed with sha256sum.
TEST(Commitment, KnownAnswer) {
  EXPECT_EQ(Hex(Commitment(Salt{}, R"({"note":"n"})")),
            "7692731669924b80601e4883c5142677030a6c4c04c4e6f64b36df4d1c11afb5");
}

TEST(OpenPart, AnotherAuditorsKeyIsRefusedAndToldWhose) {
  const auto opened = Open(SealedParty(), 3);
  EXPECT_EQ(Failure(opened), ErrorCode::kNoKey);
  EXPECT_EQ(opened.error().why,
            (std::vector<std::string>{"it is sealed to a.example/audit", "it is sealed to b.example/audit"}));
}

TEST(OpenPart, DocumentOfAnotherRecordIsRefused) {
  SealedRecord one = SealedParty();
  const SealedRecord other = SealedParty();
  one.documents = other.documents;
  EXPECT_EQ(Failure(Open(one, 1)), ErrorCode::kAltered);
  one.documents[0].commitment = one.record.sealed[0].commitment;  // as if it were its own
  EXPECT_EQ(Failure(Open(one, 1)), ErrorCode::kAltered);
}

TEST(OpenPart, DocumentOfAnotherLogIsRefused) {
  EXPECT_EQ(Failure(Open(SealedParty(), 1, "example.com/other-log")), ErrorCode::kAltered);
}

TEST(OpenPart, PartUnderAnotherNameIsRefused) {
  SealedRecord sealed = SealedParty();
  sealed.record.sealed[0].part = SealablePart::kNode;
  EXPECT_EQ(Failure(Open(sealed, 1)), ErrorCode::kAltered);
}

TEST(OpenPart, ChangedMessageIsRefused) {
  SealedRecord sealed = SealedParty();
  sealed.documents[0].copies[0].message[100] ^= 1;
  EXPECT_EQ(Failure(Open(sealed, 1)), ErrorCode::kAltered);
  EXPECT_TRUE(Open(sealed, 2));
}

TEST(RestoreRecord, PartsThatAreNotGivenStaySealed) {
  const auto sealed = SealParts(FullRecord(), Sealing({SealablePart::kNode, SealablePart::kParty}), kOrigin);
  const auto party = OpenPart(sealed->documents[1], sealed->record.sealed[1], kOrigin, AuditorPrivateKey(1));
  ASSERT_TRUE(party);
  const auto restored = RestoreRecord(sealed->record, {&*party, 1});
  ASSERT_TRUE(restored);
  EXPECT_EQ(restored->party, FullRecord().party);
  EXPECT_FALSE(restored->node);
  EXPECT_EQ(restored->sealed, (std::vector<SealedPart>{sealed->record.sealed[0]}));
}

TEST(SealedDocument, EveryChangedByteIsRefused) {
  Bytes bytes = SerializeSealedDocument(SealedParty().documents[0]);
  ASSERT_TRUE(ParseSealedDocument(bytes));
  const Digest commitment = ParseSealedDocument(bytes)->commitment;
  for (std::uint8_t& byte : bytes) {
    byte ^= 1;
    const auto parsed = ParseSealedDocument(bytes);
    // Its commitment alone is not covered by its digest: the file's name says that.
    EXPECT_TRUE(!parsed || parsed->commitment != commitment);
    byte ^= 1;
  }
}

}  // namespace
}  // namespace strongroom::log
