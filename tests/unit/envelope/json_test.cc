#include "strongroom/envelope/json.h"

#include <gtest/gtest.h>

namespace strongroom::envelope {
namespace {

using namespace std::string_view_literals;

Expected<Json> Parse(std::string_view text, const JsonLimits& limits = {}) {
  return ParseJson(AsBytes(text), limits);
}

std::string Reason(std::string_view text, const JsonLimits& limits = {}) {
  const auto json = Parse(text, limits);
  if (json) return "accepted";
  EXPECT_EQ(json.error().code, ErrorCode::kMalformed) << text;
  return json.error().message;
}

TEST(ParseJson, EveryTypeIsKept) {
  const auto json = Parse(R"( {"a": [null, true, false, -7, 7, "x"], "b": {}} )");
  ASSERT_TRUE(json);
  const Json expected(
      Json::Object{{"a", Json::Array{Json(), true, false, -7, 7, "x"}}, {"b", Json::Object()}});
  EXPECT_EQ(*json, expected);
}

TEST(ParseJson, IntegersAreExactToTheLastBit) {
  EXPECT_EQ(Parse("18446744073709551615")->Integer<std::uint64_t>(), UINT64_MAX);
  EXPECT_EQ(Parse("-9223372036854775808")->Integer<std::int64_t>(), INT64_MIN);
  EXPECT_EQ(Parse("9007199254740993")->Integer<std::uint64_t>(), 9007199254740993u);
  EXPECT_EQ(Parse("300")->Integer<std::uint8_t>(), std::nullopt);
  EXPECT_EQ(Parse("-1")->Integer<std::uint64_t>(), std::nullopt);
}

TEST(ParseJson, NumbersThatAreNotSixtyFourBitIntegersAreRefused) {
  for (const char* text : {"1.0", "1e3", "0.5", "18446744073709551616", "-9223372036854775809", "-0.0"}) {
    EXPECT_NE(Reason(text).find("a number that is not a 64-bit integer"), std::string::npos) << text;
  }
}

TEST(ParseJson, TextThatIsNotJsonIsRefused) {
  for (const std::string_view text :
       {""sv,           " "sv,       "NaN"sv,         "Infinity"sv, "01"sv,    "+1"sv,      "[1,]"sv,
        "{\"a\":1,}"sv, "{a:1}"sv,   "'a'"sv,         "[1"sv,       "{} {}"sv, "{}x"sv,     "// c\n{}"sv,
        "tru"sv,        "\"\\x\""sv, "\"\\ud800\""sv, "nullnull"sv, "1E400"sv, "{\"a\"}"sv, "]"sv}) {
    EXPECT_NE(Reason(text), "accepted") << text;
  }
}

TEST(ParseJson, BytesThatAreNotTextAreRefused) {
  for (const std::string_view text :
       {"{}\0"sv, "\0"sv, "{}\0{"sv, "\"a\0\""sv, "\xEF\xBB\xBF{}"sv, "\"\x01\""sv, "\"\n\""sv, "\"\xFF\""sv,
        "\"\xC0\xAF\""sv, "\"\xED\xA0\x80\""sv, "\"\xF4\x90\x80\x80\""sv, "\"\xC3\""sv}) {
    EXPECT_NE(Reason(text), "accepted") << Hex(AsBytes(text));
  }
}

TEST(ParseJson, MemberTwiceIsRefusedAtItsOffset) {
  EXPECT_EQ(Reason(R"({"a":1,"a":2})"), R"(json has the member "a" twice at byte 10)");
  EXPECT_NE(Reason(R"([{"b":{"a":1,"\u0061":2}}])"), "accepted");
  EXPECT_TRUE(Parse(R"({"a":{"a":1},"b":{"a":1}})"));
}

TEST(ParseJson, SyntaxErrorNamesItsOffset) {
  EXPECT_EQ(Reason("[1,?]"), "json has what is not json at byte 3");
}

TEST(ParseJson, DepthIsLimited) {
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_TRUE(Parse(nested(32)));
  EXPECT_EQ(Reason(nested(33)), "json has more levels than allowed at byte 33");
  EXPECT_NE(Reason(std::string(1 << 20, '[')), "accepted");
}

TEST(ParseJson, ValuesAndBytesAreLimited) {
  EXPECT_TRUE(Parse("[1,2]", {.max_values = 3}));
  EXPECT_EQ(Reason("[1,2]", {.max_values = 2}), "json has more values than allowed at byte 5");
  EXPECT_TRUE(Parse("[1,2]", {.max_bytes = 5}));
  EXPECT_EQ(Reason("[1,2]", {.max_bytes = 4}), "json has more than 4 bytes");
}

TEST(CanonicalJson, MembersAreSortedByBytesAndNothingIsAdded) {
  const auto json = Parse("{ \"b\": [ 1, -2 ], \"\\u20ac\": null, \"a\": { }, \"B\": true }");
  ASSERT_TRUE(json);
  EXPECT_EQ(CanonicalJson(*json), "{\"B\":true,\"a\":{},\"b\":[1,-2],\"\xE2\x82\xAC\":null}");
}

// The string of RFC 8785 section 3.2.2.2.
TEST(CanonicalJson, OnlyTheEscapesOfRfc8785AreUsed) {
  const auto json = Parse(R"("\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/\b\t\f\r\u007f")");
  ASSERT_TRUE(json);
  EXPECT_EQ(CanonicalJson(*json), "\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\\b\\t\\f\\r\x7f\"");
}

TEST(CanonicalJson, BadUtf8IsReplacedNotWritten) {
  EXPECT_EQ(CanonicalJson("a\xFF\xC3\xA4\xC3"), "\"a\xEF\xBF\xBD\xC3\xA4\xEF\xBF\xBD\"");
  EXPECT_EQ(CanonicalJson(Json("\xED\xA0\x80")), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(CanonicalJson, WhatIsWrittenParsesToTheSameValue) {
  const Json json(Json::Object{{"s", std::string("\0\x1f\"\\/", 5)},
                               {"n", INT64_MIN},
                               {"u", UINT64_MAX},
                               {"a", Json::Array{Json::Array()}}});
  EXPECT_EQ(ParseCanonicalJson(AsBytes(CanonicalJson(json))), json);
}

TEST(ParseCanonicalJson, AnyOtherFormIsRefusedAtItsFirstDifference) {
  EXPECT_TRUE(ParseCanonicalJson(AsBytes(R"({"a":1,"b":2})")));
  for (const char* text :
       {R"({"b":2,"a":1})", R"({"a":1, "b":2})", "{\"a\":1,\"b\":2}\n", R"("\u0041")", R"("\/")", "-0"}) {
    const auto json = ParseCanonicalJson(AsBytes(text));
    ASSERT_FALSE(json) << text;
    EXPECT_EQ(json.error().code, ErrorCode::kMalformed);
  }
  EXPECT_EQ(ParseCanonicalJson(AsBytes("[1, 2]")).error().message,
            "json is not in its canonical form at byte 3");
}

}  // namespace
}  // namespace strongroom::envelope
