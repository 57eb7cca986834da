#include "strongroom/envelope/canonical_json.h"

#include <gtest/gtest.h>

namespace strongroom::envelope {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMaxText = 8;
constexpr std::size_t kMaxItems = 3;

// A document with every kind of member.
struct Sample {
  std::vector<Digest> digests;
  std::vector<std::string> items;  // of objects in a list
  std::optional<std::string> maybe;
  std::uint32_t number = 0;
  std::vector<std::string> strings;
  Timestamp time;
  friend bool operator==(const Sample&, const Sample&) = default;
};

std::string Written(const Sample& sample) {
  CanonicalWriter writer;
  writer.Enter().Enter("digests").Digests("all", sample.digests).Leave().EnterList("items");
  for (const std::string& item : sample.items) writer.Enter().String("x", item).Leave();
  writer.LeaveList();
  if (sample.maybe) writer.String("maybe", *sample.maybe);
  writer.Integer("number", sample.number).Strings("strings", sample.strings).Time("time", sample.time);
  return writer.String("type", "sample").Leave().Take();
}

Status ReadItems(CanonicalReader& reader, std::vector<std::string>& items) {
  SR_RETURN_IF_ERROR(reader.EnterList("items", kMaxItems));
  while (true) {
    SR_ASSIGN_OR_RETURN(const bool more, reader.NextItem());
    if (!more) return {};
    SR_RETURN_IF_ERROR(reader.Enter());
    SR_ASSIGN_OR_RETURN(items.emplace_back(), reader.String("x", kMaxText));
    SR_RETURN_IF_ERROR(reader.Leave());
  }
}

Expected<Sample> Read(std::string_view text, const JsonLimits& limits = {}) {
  CanonicalReader reader(AsBytes(text), "sample", limits);
  Sample sample;
  SR_RETURN_IF_ERROR(reader.Enter());
  SR_RETURN_IF_ERROR(reader.Enter("digests"));
  SR_ASSIGN_OR_RETURN(sample.digests, reader.Digests("all", kMaxItems));
  SR_RETURN_IF_ERROR(reader.Leave());
  SR_RETURN_IF_ERROR(ReadItems(reader, sample.items));
  if (reader.Has("maybe")) {
    SR_ASSIGN_OR_RETURN(sample.maybe, reader.String("maybe", kMaxText));
  }
  SR_ASSIGN_OR_RETURN(sample.number, reader.Integer<std::uint32_t>("number"));
  SR_ASSIGN_OR_RETURN(sample.strings, reader.Strings("strings", kMaxItems, kMaxText));
  SR_ASSIGN_OR_RETURN(sample.time, reader.Time("time"));
  SR_RETURN_IF_ERROR(reader.Constant("type", "sample"));
  SR_RETURN_IF_ERROR(reader.Leave());
  SR_RETURN_IF_ERROR(reader.Finish());
  return sample;
}

Sample FullSample() {
  return {{Digest{1}, Digest{2}}, {"a", "b"}, "m", 7, {"", "\"\\\n\x01", "\xC3\xA4"}, {1'795'000'000}};
}

// What the reader says of the full sample with `from` replaced.
std::string ReasonAgainst(std::string_view from, std::string_view to) {
  std::string text = Written(FullSample());
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  const auto read = Read(text.replace(at, from.size(), to));
  if (read) return "accepted";
  EXPECT_EQ(read.error().code, ErrorCode::kMalformed);
  return read.error().message;
}

TEST(CanonicalWriter, WhatItWritesIsTheCanonicalForm) {
  for (const Sample& sample : {FullSample(), Sample()}) {
    const std::string text = Written(sample);
    const auto json = ParseCanonicalJson(AsBytes(text));
    ASSERT_TRUE(json) << text;
    EXPECT_EQ(CanonicalJson(*json), text);
    EXPECT_EQ(Read(text), sample);
  }
}

TEST(CanonicalWriter, BytesThatAreNotUtf8AreReplaced) {
  EXPECT_EQ(CanonicalWriter().Enter().String("a", "b\xFF").Leave().Take(), "{\"a\":\"b\xEF\xBF\xBD\"}");
}

TEST(CanonicalReader, EveryByteChangedIsReadAsTheTreeOfValuesHasItOrRefused) {
  const std::string good = Written(FullSample());
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = good;
      changed[at] = static_cast<char>(byte);
      const auto read = Read(changed);
      if (!read) continue;
      EXPECT_TRUE(ParseCanonicalJson(AsBytes(changed))) << changed;
      EXPECT_EQ(Written(*read), changed);
    }
  }
}

TEST(CanonicalReader, EveryByteLeftOutOrTwiceIsReadInCanonicalFormAloneOrRefused) {
  const std::string good = Written(FullSample());
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const std::string& changed :
         {good.substr(0, at) + good.substr(at + 1), good.substr(0, at + 1) + good.substr(at)}) {
      const auto read = Read(changed);
      if (read) {
        EXPECT_EQ(Written(*read), changed);
      }
    }
    EXPECT_FALSE(Read(good.substr(0, at)));
  }
}

TEST(CanonicalReader, DocumentThatIsNotCanonicalIsRefusedForThat) {
  EXPECT_TRUE(
      ReasonAgainst("\"number\"", " \"number\"").starts_with("json is not in its canonical form at byte "));
  EXPECT_EQ(ReasonAgainst(":7,", ":7.0,").substr(0, 47), "json has a number that is not a 64-bit integer ");
  EXPECT_TRUE(ReasonAgainst("\\u0001", "\\u0041").starts_with("json is not in its canonical form at byte "));
  EXPECT_TRUE(ReasonAgainst("\\n", "\\/").starts_with("json is not in its canonical form at byte "));
  EXPECT_TRUE(ReasonAgainst("\xC3\xA4", "\xC3").starts_with("json has what is not json at byte "));
  EXPECT_TRUE(Read(Written({}) + "{}").error().message.starts_with("json has what is not json at byte "));
}

TEST(CanonicalReader, WrongMemberIsNamedByItsPath) {
  EXPECT_EQ(ReasonAgainst("\"number\"", "\"nimber\""), "sample.\"nimber\": is not a known member");
  EXPECT_EQ(ReasonAgainst("\"number\":7,", ""), "sample.number: is missing");
  EXPECT_EQ(ReasonAgainst("\"sample\"", "\"simple\""), "sample.type: must be \"sample\"");
  EXPECT_EQ(ReasonAgainst(":7,", ":4294967296,"), "sample.number: must be an integer from 0 to 4294967295");
  EXPECT_EQ(ReasonAgainst(":7,", ":-1,"), "sample.number: must be an integer from 0 to 4294967295");
  EXPECT_EQ(ReasonAgainst("\"m\"", "\"123456789\""), "sample.maybe: must have at most 8 bytes");
  EXPECT_EQ(ReasonAgainst("\"m\"", "null"), "sample.maybe: must be a string");
  EXPECT_EQ(ReasonAgainst("\"b\"}", "\"b\",\"y\":1}"), "sample.items[1].\"y\": is not a known member");
  EXPECT_EQ(ReasonAgainst("{\"x\":\"b\"}", "5"), "sample.items[1]: must be an object");
  EXPECT_EQ(ReasonAgainst("\"\",", "\"\",\"\",\"\","), "sample.strings: must have at most 3 items");
  EXPECT_EQ(ReasonAgainst("\"02", "\"0A"), "sample.digests.all[1]: must be 64 lower-case hexadecimal digits");
  EXPECT_EQ(ReasonAgainst("Z\"", "z\""), "sample.time: must be a time as in \"2026-11-21T19:43:00Z\"");
  EXPECT_EQ(Read("[]").error().message, "sample: must be an object");
}

TEST(CanonicalReader, LimitsHold) {
  const std::string text = Written(FullSample());
  EXPECT_TRUE(Read(text, {.max_bytes = text.size(), .max_depth = 3, .max_values = 18}));
  EXPECT_FALSE(Read(text, {.max_bytes = text.size() - 1}));
  EXPECT_FALSE(Read(text, {.max_depth = 2}));
  EXPECT_FALSE(Read(text, {.max_values = 17}));
}

}  // namespace
}  // namespace strongroom::envelope
