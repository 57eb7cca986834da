#include "strongroom/secret/secret_bytes.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <thread>
#include <type_traits>

#include "secret/sanitizers.h"

namespace strongroom {
namespace {

static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_assignable_v<SecretBytes>);
static_assert(!std::is_convertible_v<BundleKey, WrappingKey>);

TEST(SecretBytes, AreZeroAtFirst) {
  const SecretBytes secret(40);
  EXPECT_EQ(ToBytes(secret.Expose()), Bytes(40));
  EXPECT_TRUE(SecretBytes().empty());
  EXPECT_TRUE(SecretBytes(0).Clone().empty());
}

TEST(SecretBytes, CopiesAreOfTheirOwn) {
  SecretBytes secret = SecretBytes::CopyOf(AsBytes("secret"));
  const SecretBytes clone = secret.Clone();
  secret.ExposeForWriting()[0] = 'S';
  EXPECT_EQ(AsText(clone.Expose()), "secret");
  EXPECT_EQ(AsText(secret.Expose()), "Secret");
}

TEST(SecretBytes, MovedFromIsEmpty) {
  SecretBytes one = SecretBytes::CopyOf(AsBytes("one"));
  SecretBytes two = std::move(one);
  EXPECT_TRUE(one.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_EQ(AsText(two.Expose()), "one");
  SecretBytes three = SecretBytes::CopyOf(AsBytes("three"));
  three = std::move(two);
  EXPECT_TRUE(two.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(AsText(three.Expose()), "one");
}

TEST(SecretBytes, RandomOnesDiffer) {
  EXPECT_FALSE(ConstantTimeEqual(SecretBytes::Random(32).Expose(), SecretBytes::Random(32).Expose()));
}

TEST(SecretBytes, WorkWhereNoMemoryMayBeLocked) {
  rlimit before{};
  getrlimit(RLIMIT_MEMLOCK, &before);
  const rlimit none{0, before.rlim_max};
  setrlimit(RLIMIT_MEMLOCK, &none);
  std::vector<SecretBytes> secrets;
  for (int i = 0; i < 100; ++i) secrets.push_back(SecretBytes::Random(32));
  setrlimit(RLIMIT_MEMLOCK, &before);
  EXPECT_TRUE(std::ranges::all_of(secrets, [](const SecretBytes& secret) { return secret.size() == 32; }));
}

TEST(SecretBytes, MadeByManyThreadsAtOnce) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([] {
      for (int k = 0; k < 50; ++k) EXPECT_EQ(SecretBytes::Random(32).Clone().size(), 32U);
    });
  }
}

TEST(SecretBytes, WriteBehindTheEndEndsTheProcess) {
  EXPECT_DEATH(
      {
        SecretBytes secret(32);
        volatile std::uint8_t* data = secret.ExposeForWriting().data();
        data[32] = 1;
      },
      "");
}

TEST(SecretKey, OnlyOf32Bytes) {
  EXPECT_EQ(BundleKey::From(SecretBytes(31)).error().code, ErrorCode::kMalformed);
  const auto key = BundleKey::From(SecretBytes::CopyOf(Bytes(32, 7)));
  EXPECT_EQ(ToBytes(key->Clone().bytes().Expose()), Bytes(32, 7));
}

TEST(ConstantTimeEqual, ComparesSizesAndBytes) {
  EXPECT_TRUE(ConstantTimeEqual(AsBytes("abc"), AsBytes("abc")));
  EXPECT_FALSE(ConstantTimeEqual(AsBytes("abc"), AsBytes("abd")));
  EXPECT_FALSE(ConstantTimeEqual(AsBytes("abc"), AsBytes("ab")));
  EXPECT_TRUE(ConstantTimeEqual({}, {}));
}

TEST(Wipe, LeavesZeros) {
  Bytes bytes(10, 0xff);
  Wipe(bytes);
  EXPECT_EQ(bytes, Bytes(10));
  Wipe({});
}

TEST(PlaintextBuffer, IsPageAlignedZeroAndMovable) {
  PlaintextBuffer buffer(5000);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.bytes().data()) % 4096, 0U);
  EXPECT_TRUE(std::ranges::all_of(buffer.bytes(), [](std::uint8_t byte) { return byte == 0; }));
  buffer.bytes()[4999] = 9;
  PlaintextBuffer moved = std::move(buffer);
  EXPECT_EQ(buffer.size(), 0U);  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(moved.bytes()[4999], 9);
  moved = PlaintextBuffer();
  EXPECT_EQ(moved.size(), 0U);
}

}  // namespace
}  // namespace strongroom
