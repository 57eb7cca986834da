#include "strongroom/log/entry.h"

#include <gtest/gtest.h>

#include "log_fixture.h"

namespace strongroom::log {
namespace {

KeyRecord Rotation() {
  return {Timestamp{1'795'000'000},
          KeyChange::kRotation,
          {std::string(kOrigin), LogKey(1).public_key()},
          {std::string(kOrigin), LogKey(2).public_key()}};
}

IndexRecord Index() {
  return {Timestamp{1'795'000'000}, 1024, 7, Digest{9}};
}

ErrorCode CodeOf(std::string_view text) {
  const auto entry = ParseEntry(AsBytes(text));
  return entry ? ErrorCode::kInternal : entry.error().code;
}

TEST(Entry, EachTypeIsReadBackAsItself) {
  AccessRecord access = FullRecord();
  EXPECT_EQ(std::get<AccessRecord>(*ParseEntry(SerializeAccessRecord(access))), access);
  EXPECT_EQ(std::get<IndexRecord>(*ParseEntry(SerializeIndexRecord(Index()))), Index());
  EXPECT_EQ(std::get<KeyRecord>(*ParseEntry(SerializeKeyRecord(Rotation()))), Rotation());
  KeyRecord loss = Rotation();
  loss.change = KeyChange::kLoss;
  EXPECT_EQ(std::get<KeyRecord>(*ParseEntry(SerializeKeyRecord(loss))), loss);
}

TEST(Entry, UnknownTypesAndNonsenseAreRefused) {
  for (const std::string_view text : {"", "{}", "[]", R"({"type":"strongroom.log-key.v1"})",
                                      R"({"time":"2026-11-18T08:26:40Z","type":"strongroom.other.v1"})"}) {
    EXPECT_EQ(CodeOf(text), ErrorCode::kMalformed) << text;
  }
}

TEST(IndexRecord, SchemaIsTheDocumentedOne) {
  EXPECT_EQ(
      AsText(SerializeIndexRecord(Index())),
      R"({"entries":1024,"keys":7,"root":"0900000000000000000000000000000000000000000000000000000000000000",)"
      R"("time":"2026-11-18T11:06:40Z","type":"strongroom.index.v1"})");
}

TEST(IndexRecord, EveryFieldIsHeldToTheSchema) {
  const std::string good(AsText(SerializeIndexRecord(Index())));
  ASSERT_TRUE(ParseEntry(AsBytes(good)));
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"1024", "-1"},
                                                        {"1024", "01024"},
                                                        {"1024", "18446744073709551616"},
                                                        {"\"keys\":7,", ""},
                                                        {"\"keys\":7", "\"keys\":\"7\""},
                                                        {"\"root\":\"09", "\"root\":\"9"},
                                                        {"\"root\":\"09", "\"root\":\"0A"},
                                                        {"\"keys\":7", "\"keys\":7,\"more\":1"},
                                                        {"2026-11-18T", "2026-11-18 "}}) {
    std::string text = good;
    ASSERT_NE(text.find(from), std::string::npos) << from;
    EXPECT_EQ(CodeOf(text.replace(text.find(from), from.size(), to)), ErrorCode::kMalformed) << to;
  }
}

TEST(KeyRecord, EveryFieldIsHeldToTheSchema) {
  const std::string good(AsText(SerializeKeyRecord(Rotation())));
  ASSERT_TRUE(ParseEntry(AsBytes(good)));
  const auto with = [&good](std::string_view from, std::string_view to) {
    std::string changed = good;
    return changed.replace(changed.find(from), from.size(), to);
  };
  EXPECT_EQ(CodeOf(with("rotation", "whim")), ErrorCode::kMalformed);
  EXPECT_EQ(CodeOf(with("{\"new\"", "{ \"new\"")), ErrorCode::kMalformed);
  EXPECT_EQ(CodeOf(with("\"reason\":\"rotation\",", "")), ErrorCode::kMalformed);
  EXPECT_EQ(CodeOf(with("\"reason\"", "\"reasom\":1,\"reason\"")), ErrorCode::kMalformed);
  EXPECT_EQ(CodeOf(with("\"new\":\"example.com", "\"new\":\"example.org")), ErrorCode::kMalformed);
}

TEST(KeyRecord, ChangeToTheSameKeyOrToAnotherLogsIsRefused) {
  KeyRecord record = Rotation();
  record.new_key = record.old_key;
  EXPECT_EQ(ParseKeyRecord(SerializeKeyRecord(record)).error().code, ErrorCode::kMalformed);
  record.new_key = {"example.com/other", LogKey(2).public_key()};
  EXPECT_EQ(ParseKeyRecord(SerializeKeyRecord(record)).error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace strongroom::log
