#include "home/pack_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strongroom::home {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Digest kFirst{1};
constexpr Digest kSecond{2};

PackVersion Version(std::uint64_t version, const Digest& digest, std::int64_t issued = 1'800'000'000) {
  return {.authority = "acme", .id = "rules", .version = version, .issued = {issued}, .digest = digest};
}

TEST(PackMemory, OlderVersionIsRolledBack) {
  PackMemory memory;
  memory.Remember(Version(2, kSecond));
  const Status refused = memory.Check(Version(1, kFirst));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRolledBack);
  EXPECT_THAT(refused.error().message, HasSubstr("acme/rules version 1"));
  EXPECT_TRUE(memory.Check(Version(2, kSecond)));
  EXPECT_TRUE(memory.Check(Version(3, kFirst)));
}

TEST(PackMemory, OtherAuthorityOrIdIsAnotherPack) {
  PackMemory memory;
  memory.Remember(Version(2, kSecond));
  PackVersion other = Version(1, kFirst);
  other.authority = "beta";
  EXPECT_TRUE(memory.Check(other));
  other = Version(1, kFirst);
  other.id = "other";
  EXPECT_TRUE(memory.Check(other));
}

TEST(PackMemory, SameVersionWithOtherContentIsRefused) {
  PackMemory memory;
  memory.Remember(Version(2, kSecond));
  EXPECT_EQ(memory.Check(Version(2, kFirst)).error().code, ErrorCode::kExists);
}

TEST(PackMemory, EarlierSignatureOverTheSameVersionIsRolledBack) {
  PackMemory memory;
  memory.Remember(Version(2, kSecond, 1'800'000'100));
  EXPECT_EQ(memory.Check(Version(2, kSecond, 1'800'000'099)).error().code, ErrorCode::kRolledBack);
  EXPECT_TRUE(memory.Check(Version(2, kSecond, 1'800'000'101)));
}

TEST(PackMemory, RevocationsAddUpAndStay) {
  PackMemory memory;
  PackVersion second = Version(2, kSecond);
  second.revokes = {Digest{9}, Digest{8}};
  memory.Remember(second);
  PackVersion third = Version(3, Digest{3});
  third.revokes = {Digest{8}, Digest{7}};
  memory.Remember(third);
  ASSERT_EQ(memory.packs().size(), 1u);
  EXPECT_THAT(memory.packs()[0].revoked, ElementsAre(Digest{7}, Digest{8}, Digest{9}));
  EXPECT_EQ(memory.Check(Version(4, Digest{9})).error().code, ErrorCode::kDenied);
}

TEST(PackMemory, TextFormIsKept) {
  PackMemory memory;
  memory.Remember(Version(2, kSecond));
  PackVersion other = Version(1, kFirst);
  other.authority = "aaa";
  other.revokes = {kSecond};
  memory.Remember(other);
  const std::string text = memory.Serialize();
  const auto parsed = PackMemory::Parse(AsBytes(text));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->packs(), memory.packs());
  EXPECT_EQ(parsed->packs()[0].authority, "aaa");
}

TEST(PackMemory, WhatItDidNotWriteIsMalformed) {
  PackMemory memory;
  memory.Remember(Version(2, kSecond));
  const std::string good = memory.Serialize();
  std::string twice = good;
  const std::size_t entry = good.find('[') + 1;
  twice.insert(entry, good.substr(entry, good.rfind(']') - entry) + ",");
  for (const std::string& bad :
       {std::string(), std::string("{}"), std::string(R"({"format":2,"packs":[]})"), good + "\n", twice,
        std::string(R"({"format":1,"packs":[],"x":1})"), std::string(R"({"format":1,"packs":[{}]})")}) {
    const auto parsed = PackMemory::Parse(AsBytes(bad));
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().code, ErrorCode::kMalformed);
  }
}

}  // namespace
}  // namespace strongroom::home
