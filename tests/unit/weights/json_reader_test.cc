#include "weights/json_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/memory_file.h"

namespace strongroom::weights {
namespace {

using ::testing::HasSubstr;

// The error of reading one value, or "" if the text is one JSON value.
std::string ErrorOf(std::string_view text) {
  const testing::MemoryFile file(AsBytes(text));
  FileWindow in(file, 0, text.size(), "json");
  JsonReader json(in);
  Status status = json.SkipValue();
  if (status) status = json.End();
  if (status) return "";
  EXPECT_EQ(status.error().code, ErrorCode::kMalformed);
  return status.error().message;
}

Expected<std::string> StringOf(std::string_view text) {
  const testing::MemoryFile file(AsBytes(text));
  FileWindow in(file, 0, text.size(), "json");
  return JsonReader(in).String();
}

Expected<std::uint64_t> UnsignedOf(std::string_view text) {
  const testing::MemoryFile file(AsBytes(text));
  FileWindow in(file, 0, text.size(), "json");
  return JsonReader(in).Unsigned();
}

TEST(JsonReader, ValuesOfEveryKindAreRead) {
  for (const char* text :
       {"{}", "[]", " [ ] ", "null", "true", "false", "0", "-0", "-1.5e+10", "0.5", "1E2", "\"\"", "[1,2]",
        "{\"a\":{\"b\":[{}]},\"c\":[[]]}", "\r\n\t{\"a\" : 1 }\r\n\t", "\"\\ud83d\\ude00\""}) {
    EXPECT_EQ(ErrorOf(text), "") << text;
  }
}

TEST(JsonReader, WhatTheGrammarLacksIsRefused) {
  for (const char* text :
       {"",          " ",           "{",        "[",        "{]",         "[}",      "[1,]",
        "[,1]",      "[1 2]",       "{\"a\"}",  "{\"a\":}", "{\"a\":1,}", "{a:1}",   "{1:1}",
        "01",        "-",           "+1",       ".5",       "1.",         "1e",      "1e+",
        "0x1",       "nul",         "True",     "NaN",      "Infinity",   "\"",      "\"\\x\"",
        "\"\\u12\"", "\"\\u12g4\"", "\"a\nb\"", "[1]]",     "{} {}",      "// c\n1", "\xef\xbb\xbf{}",
        "1e999",     "'a'"}) {
    EXPECT_THAT(ErrorOf(text), HasSubstr("json, offset ")) << text;
  }
}

TEST(JsonReader, DuplicateNamesAreRefusedAtEveryDepthWithTheirOffset) {
  EXPECT_EQ(ErrorOf("{\"a\":1,\"a\":2}"), "json, offset 7: \"a\": the name stands twice");
  EXPECT_THAT(ErrorOf("{\"x\":[{\"a\":1,\"\\u0061\":2}]}"), HasSubstr("the name stands twice"));
  EXPECT_EQ(ErrorOf("{\"a\":{\"a\":1},\"b\":{\"a\":1}}"), "");
}

TEST(JsonReader, StringsAreDecoded) {
  EXPECT_EQ(StringOf("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20ac\\ud83d\\ude00\""),
            "a\"\\/\b\f\n\r\t\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
}

TEST(JsonReader, StringsThatAreNotUnicodeAreRefused) {
  for (const char* text : {"\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud800x\"", "\"\xff\"",
                           "\"\xc3\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xc3\\u00a9\""}) {
    const auto value = StringOf(text);
    ASSERT_FALSE(value.has_value()) << text;
    EXPECT_EQ(value.error().code, ErrorCode::kMalformed);
  }
}

TEST(JsonReader, IntegersAreExactAndBounded) {
  EXPECT_EQ(UnsignedOf("18446744073709551615"), 18446744073709551615U);
  EXPECT_EQ(UnsignedOf(" 0 "), 0U);
  for (const char* text : {"18446744073709551616", "-1", "-0", "1.0", "1e3", "\"1\""}) {
    EXPECT_FALSE(UnsignedOf(text).has_value()) << text;
  }
}

TEST(JsonReader, NestingIsBounded) {
  EXPECT_EQ(ErrorOf(std::string(127, '[') + std::string(127, ']')), "");
  EXPECT_EQ(ErrorOf(std::string(128, '[') + std::string(128, ']')), "json, offset 128: nested too deeply");
  EXPECT_THAT(ErrorOf(std::string(1000000, '[')), HasSubstr("nested too deeply"));
}

TEST(JsonReader, ValuesAcrossTheBufferEdgeAreRead) {
  const std::string text =
      "[\"" + std::string(70000, 'x') + "\\u00e9\"," + std::string(70000, ' ') + "12345]";
  EXPECT_EQ(ErrorOf(text), "");
}

TEST(JsonReader, NamesTakeBoundedMemory) {
  std::string text = "{";
  for (int i = 0; i < 3'000'000; ++i) text += "\"" + std::to_string(i) + "\":0,";
  EXPECT_THAT(ErrorOf(text), HasSubstr("more names than a weight file can sensibly have"));
}

}  // namespace
}  // namespace strongroom::weights
