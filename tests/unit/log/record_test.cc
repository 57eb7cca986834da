#include "strongroom/log/record.h"

#include "log_fixture.h"

namespace strongroom::log {
namespace {

ErrorCode ParseFailure(std::string_view text) {
  const auto record = ParseAccessRecord(AsBytes(text));
  EXPECT_FALSE(record) << text;
  return record ? ErrorCode::kInternal : record.error().code;
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  EXPECT_NE(text.find(from), std::string::npos) << from;
  return text.replace(text.find(from), from.size(), to);
}

TEST(AccessRecord, EveryPartSurvivesSerialisation) {
  for (const AccessRecord& record : {FullRecord(), SmallRecord(), AccessRecord{}}) {
    EXPECT_EQ(ParseAccessRecord(SerializeAccessRecord(record)), record);
  }
}

TEST(AccessRecord, SchemaIsTheDocumentedOne) {
  EXPECT_EQ(
      AsText(SerializeAccessRecord(SmallRecord())),
      R"({"action":"open","note":"n","outcome":"permit","packs":[],"reasons":[],"time":"1970-01-01T00:00:00Z",)"
      R"("time_source":"system","type":"strongroom.access.v1"})");
}

TEST(AccessRecord, UnknownMembersAndWordsAreRefused) {
  const std::string good(AsText(SerializeAccessRecord(FullRecord())));
  ASSERT_TRUE(ParseAccessRecord(AsBytes(good)));
  EXPECT_EQ(ParseFailure(Replaced(good, R"({"action")", R"({"aaa":1,"action")")), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(Replaced(good, R"("rekey")", R"("steal")")), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(Replaced(good, R"("failed")", R"("maybe")")), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(Replaced(good, R"("cooperative")", R"("loose")")), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(Replaced(good, R"("declared")", R"("guessed")")), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(Replaced(good, R"("result":"permit")", R"("result":"perhaps")")),
            ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(Replaced(good, R"("kind":"tpm")", R"("kind":"usb")")), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(Replaced(good, "strongroom.access.v1", "strongroom.access.v2")),
            ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(Replaced(good, R"("id":"node-1",)", R"("id":"node-1","label":"x",)")),
            ErrorCode::kMalformed);
}

TEST(AccessRecord, BoundsHold) {
  AccessRecord record = SmallRecord(std::string(1024, 'x'));
  EXPECT_TRUE(ParseAccessRecord(SerializeAccessRecord(record)));
  record.note = std::string(1025, 'x');
  EXPECT_FALSE(ParseAccessRecord(SerializeAccessRecord(record)));
  record.note.reset();
  record.reasons.assign(256, "r");
  EXPECT_TRUE(ParseAccessRecord(SerializeAccessRecord(record)));
  record.reasons.assign(257, "r");
  EXPECT_FALSE(ParseAccessRecord(SerializeAccessRecord(record)));
  record.reasons.assign(100, std::string(1000, 'r'));
  EXPECT_EQ(ParseAccessRecord(SerializeAccessRecord(record)).error().message,
            "json has more than 65535 bytes");
}

AccessRecord SealedRecord() {
  AccessRecord record;
  record.sealed = {{SealablePart::kNode, Digest{7}}, {SealablePart::kParty, Digest{8}}};
  return record;
}

TEST(AccessRecord, SealedPartsSurviveSerialisation) {
  EXPECT_EQ(ParseAccessRecord(SerializeAccessRecord(SealedRecord())), SealedRecord());
}

TEST(AccessRecord, SealedPartsOutOfOrderOrTwiceAreRefused) {
  AccessRecord record = SealedRecord();
  std::swap(record.sealed[0], record.sealed[1]);
  EXPECT_FALSE(ParseAccessRecord(SerializeAccessRecord(record)));
  record.sealed[0] = record.sealed[1];
  EXPECT_FALSE(ParseAccessRecord(SerializeAccessRecord(record)));
}

TEST(AccessRecord, PartThatIsBothThereAndSealedIsRefused) {
  AccessRecord record = SealedRecord();
  record.party = RecordedParty{"Acme", "US"};
  EXPECT_EQ(ParseFailure(AsText(SerializeAccessRecord(record))), ErrorCode::kMalformed);
}

TEST(AccessRecord, EmptyListOfSealedPartsIsRefused) {
  const std::string good(AsText(SerializeAccessRecord(SmallRecord())));
  EXPECT_EQ(ParseFailure(Replaced(good, R"("time":)", R"("sealed":[],"time":)")), ErrorCode::kMalformed);
}

TEST(AccessRecord, BundleAndKeyslotCannotBeSealed) {
  for (const std::string_view part : {"bundle", "keyslot", "packs", "outcome", "evidence", "lease"})
    EXPECT_FALSE(ParseSealablePart(part)) << part;
  EXPECT_EQ(ParseSealablePart("party"), SealablePart::kParty);
}

TEST(AccessRecord, BytesThatAreNotUtf8AreReplaced) {
  const auto record = ParseAccessRecord(SerializeAccessRecord(SmallRecord("a\xFF")));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->note, "a\xEF\xBF\xBD");
}

}  // namespace
}  // namespace strongroom::log
