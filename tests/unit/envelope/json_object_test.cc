#include <gtest/gtest.h>

#include "strongroom/envelope/json.h"

namespace strongroom::envelope {
namespace {

Json Document(std::string_view text) {
  auto json = ParseJson(AsBytes(text));
  EXPECT_TRUE(json) << text;
  return json.value_or(Json());
}

template <typename T>
std::string Refusal(const Expected<T>& result) {
  if (result) return "accepted";
  EXPECT_EQ(result.error().code, ErrorCode::kMalformed);
  return result.error().message;
}

template <typename T>
bool IsAbsent(const Expected<std::optional<T>>& result) {
  return result && !result->has_value();
}

ObjectReader Open(const Json& json) {
  return *ObjectReader::Open(json, "doc");
}

TEST(ObjectReader, MembersOfEveryTypeAreRead) {
  const Digest digest{1, 2, 3};
  const Json json = ObjectBuilder()
                        .String("s", "text")
                        .Bool("b", true)
                        .Integer("n", -5)
                        .Bytes("raw", Bytes{1, 2, 3})
                        .Digest("d", digest)
                        .Digests("ds", {digest, digest})
                        .Time("t", Timestamp{1'700'000'000})
                        .Strings("list", {"x", "y"})
                        .Value("o", ObjectBuilder().Integer("inner", 1).Build())
                        .Build();
  ObjectReader reader = Open(json);
  EXPECT_EQ(reader.String("s"), "text");
  EXPECT_EQ(reader.Bool("b"), true);
  EXPECT_EQ(reader.Integer<int>("n"), -5);
  EXPECT_EQ(reader.Bytes("raw"), (Bytes{1, 2, 3}));
  EXPECT_EQ(reader.FixedBytes<3>("raw"), (std::array<std::uint8_t, 3>{1, 2, 3}));
  EXPECT_EQ(reader.Digest("d"), digest);
  EXPECT_EQ(reader.Digests("ds"), (std::vector<Digest>{digest, digest}));
  EXPECT_EQ(reader.Time("t"), Timestamp{1'700'000'000});
  EXPECT_EQ(reader.Strings("list"), (std::vector<std::string>{"x", "y"}));
  auto inner = reader.Object("o");
  ASSERT_TRUE(inner);
  EXPECT_EQ(inner->Integer<int>("inner"), 1);
  EXPECT_TRUE(inner->Finish());
  EXPECT_TRUE(reader.Finish());
}

TEST(ObjectReader, UnknownMemberIsRefusedByName) {
  const Json json = Document(R"({"a":1,"b":2})");
  ObjectReader reader = Open(json);
  ASSERT_TRUE(reader.Integer<int>("a"));
  EXPECT_EQ(Refusal(reader.Finish()), R"(doc."b": is not a known member)");
}

TEST(ObjectReader, MissingMemberIsRefused) {
  const Json json = Document("{}");
  EXPECT_EQ(Refusal(Open(json).String("a")), "doc.a: is missing");
}

TEST(ObjectReader, WrongTypeIsRefusedWithThePathOfTheMember) {
  const Json json = Document(R"({"list":[{"n":"1"}],"null":null,"t":"2026-11-21"})");
  ObjectReader reader = Open(json);
  auto items = reader.Objects("list");
  ASSERT_TRUE(items);
  EXPECT_EQ(Refusal(items->at(0).Integer<std::uint8_t>("n", 1, 9)),
            "doc.list[0].n: must be an integer from 1 to 9");
  EXPECT_EQ(Refusal(reader.OptionalString("null")), "doc.null: must be a string");
  EXPECT_EQ(Refusal(reader.Time("t")), "doc.t: must be a time as in \"2026-11-21T19:43:00Z\"");
  EXPECT_EQ(Refusal(reader.Strings("list")), "doc.list[0]: must be a string");
  EXPECT_EQ(Refusal(reader.Object("t")), "doc.t: must be an object");
  EXPECT_EQ(Refusal(reader.Constant("t", "v1")), "doc.t: must be \"v1\"");
  EXPECT_EQ(Refusal(ObjectReader::Open(Json(1), "doc")), "doc: must be an object");
}

TEST(ObjectReader, IntegerOutOfRangeIsRefused) {
  const Json json = Document(R"({"n":256,"m":-1})");
  EXPECT_FALSE(Open(json).Integer<std::uint8_t>("n"));
  EXPECT_FALSE(Open(json).Integer<std::uint64_t>("m"));
  EXPECT_FALSE(Open(json).Integer<int>("n", 0, 255));
  EXPECT_EQ(Open(json).Integer<int>("n", 0, 256), 256);
}

TEST(ObjectReader, SizesAreBounded) {
  const Json json = Document(R"({"s":"abc","b":"AQID","list":["x","y"]})");
  EXPECT_EQ(Refusal(Open(json).String("s", 2)), "doc.s: must have at most 2 bytes");
  EXPECT_FALSE(Open(json).Bytes("b", 2));
  EXPECT_FALSE(Open(json).FixedBytes<4>("b"));
  EXPECT_EQ(Refusal(Open(json).Strings("list", 1)), "doc.list: must have at most 1 items");
}

TEST(ObjectReader, OneEncodingOfDigestsAndBytes) {
  const std::string upper(64, 'A');
  const Json json = Document(R"({"d":")" + upper + R"(","short":"ab","b":"AQJ="})");
  EXPECT_FALSE(Open(json).Digest("d"));
  EXPECT_FALSE(Open(json).Digest("short"));
  EXPECT_FALSE(Open(json).Bytes("b"));
}

TEST(ObjectReader, AbsentOptionalMembersAreEmpty) {
  const Json json = Document("{}");
  ObjectReader reader = Open(json);
  EXPECT_TRUE(IsAbsent(reader.OptionalString("a")));
  EXPECT_TRUE(IsAbsent(reader.OptionalInteger<int>("a")));
  EXPECT_TRUE(IsAbsent(reader.OptionalDigest("a")));
  EXPECT_TRUE(IsAbsent(reader.OptionalTime("a")));
  EXPECT_TRUE(IsAbsent(reader.OptionalObject("a")));
  EXPECT_TRUE(reader.Finish());
}

TEST(ObjectBuilder, AbsentOptionalValuesAddNothing) {
  const Json json = ObjectBuilder()
                        .OptionalString("s", std::nullopt)
                        .OptionalDigest("d", std::nullopt)
                        .OptionalTime("t", std::nullopt)
                        .OptionalInteger("n", std::optional<int>())
                        .OptionalInteger("m", std::optional<int>(3))
                        .Build();
  EXPECT_EQ(CanonicalJson(json), R"({"m":3})");
}

}  // namespace
}  // namespace strongroom::envelope
