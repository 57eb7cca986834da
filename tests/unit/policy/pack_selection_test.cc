#include <gtest/gtest.h>

#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using Follow = PackReference::Follow;

Pack Installed(std::uint64_t version, std::uint8_t digest) {
  Pack pack;
  pack.id = "sample";
  pack.authority = "acme";
  pack.version = version;
  pack.digest.fill(digest);
  pack.valid = {.from = *ParseRfc3339("2025-01-01"), .until = *ParseRfc3339("2027-01-01"), .citation = {}};
  return pack;
}

PackReference Reference(std::uint64_t min_version, std::uint8_t digest, Follow follow) {
  PackReference reference{
      .authority = "acme", .id = "sample", .min_version = min_version, .digest = {}, .follow = follow};
  reference.digest.fill(digest);
  return reference;
}

Expected<std::vector<const Pack*>> Select(const PackReference& reference, const std::vector<Pack>& installed,
                                          Timestamp now = kToday) {
  return SelectPacks(std::span(&reference, 1), installed, now);
}

TEST(SelectPacks, NewestInstalledVersionDecides) {
  const std::vector<Pack> installed = {Installed(1, 1), Installed(3, 3), Installed(2, 2)};
  const auto selected = Select(Reference(1, 1, Follow::kNewest), installed);
  ASSERT_TRUE(selected.has_value());
  EXPECT_EQ(selected->front(), &installed[1]);
}

TEST(SelectPacks, FrozenPackDecidesThoughANewerOneIsInstalled) {
  const std::vector<Pack> installed = {Installed(1, 1), Installed(3, 3)};
  const auto selected = Select(Reference(1, 1, Follow::kFrozen), installed);
  ASSERT_TRUE(selected.has_value());
  EXPECT_EQ(selected->front(), &installed[0]);
}

TEST(SelectPacks, NoReferenceIsDenied) {
  EXPECT_EQ(SelectPacks({}, std::vector{Installed(1, 1)}, kToday).error().code, ErrorCode::kDenied);
}

TEST(SelectPacks, MissingPackIsNotFound) {
  EXPECT_EQ(Select(Reference(1, 1, Follow::kNewest), {}).error().code, ErrorCode::kNotFound);
  Pack other = Installed(1, 1);
  other.authority = "mallory";
  EXPECT_EQ(Select(Reference(1, 1, Follow::kNewest), {other}).error().code, ErrorCode::kNotFound);
}

TEST(SelectPacks, OlderThanTheMinimumIsDenied) {
  EXPECT_EQ(Select(Reference(2, 2, Follow::kNewest), {Installed(1, 1)}).error().code, ErrorCode::kDenied);
  EXPECT_EQ(Select(Reference(2, 1, Follow::kFrozen), {Installed(1, 1)}).error().code, ErrorCode::kDenied);
}

TEST(SelectPacks, FrozenDigestThatIsNotInstalledIsDenied) {
  EXPECT_EQ(Select(Reference(1, 9, Follow::kFrozen), {Installed(1, 1), Installed(2, 2)}).error().code,
            ErrorCode::kDenied);
}

TEST(SelectPacks, SameVersionWithOtherContentIsDenied) {
  EXPECT_EQ(Select(Reference(1, 9, Follow::kNewest), {Installed(1, 1)}).error().code, ErrorCode::kDenied);
  EXPECT_EQ(Select(Reference(1, 1, Follow::kNewest), {Installed(2, 2), Installed(2, 3)}).error().code,
            ErrorCode::kDenied);
}

TEST(SelectPacks, SupersededPackDecidesOnlyForBundlesThatAreFrozenToIt) {
  Pack superseded = Installed(1, 1);
  superseded.superseded = true;
  EXPECT_EQ(Select(Reference(1, 1, Follow::kNewest), {superseded}).error().code, ErrorCode::kDenied);
  EXPECT_TRUE(Select(Reference(1, 1, Follow::kFrozen), {superseded}).has_value());
}

TEST(SelectPacks, ExpiredOrFuturePackIsDenied) {
  const PackReference reference = Reference(1, 1, Follow::kNewest);
  EXPECT_EQ(Select(reference, {Installed(1, 1)}, *ParseRfc3339("2027-01-01")).error().code,
            ErrorCode::kDenied);
  EXPECT_EQ(Select(reference, {Installed(1, 1)}, *ParseRfc3339("2024-12-31")).error().code,
            ErrorCode::kDenied);
  EXPECT_TRUE(Select(reference, {Installed(1, 1)}, *ParseRfc3339("2026-12-31T23:59:59Z")).has_value());
}

}  // namespace
}  // namespace strongroom::policy
