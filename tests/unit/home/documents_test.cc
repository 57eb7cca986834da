#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strongroom/home/home.h"
#include "strongroom/selftest/faulty_file_system.h"
#include "testing/fake_clock.h"
#include "testing/temporary_directory.h"

namespace strongroom::home {
namespace {

using ::strongroom::selftest::FaultPlan;
using ::strongroom::selftest::MakeFaultyFileSystem;
using ::strongroom::testing::FakeClock;
using ::strongroom::testing::TemporaryDirectory;
using ::testing::HasSubstr;

const Bytes kContent = ToBytes(AsBytes("a signed pack"));

PackVersion Version(std::uint64_t version, const Digest& digest) {
  return {.authority = "acme/policy",
          .id = "rules",
          .version = version,
          .issued = {1'800'000'000},
          .digest = digest};
}

class HomeDocuments : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(Home::Init(*files_, path_, {.name = "acme"}, clock_)); }
  Home Opened() { return *Home::Open(*files_, path_); }

  TemporaryDirectory directory_;
  std::unique_ptr<FileSystem> files_ = MakeRealFileSystem();
  FakeClock clock_{Timestamp{1'800'000'000}};
  std::string path_ = directory_ / "home";
};

TEST_F(HomeDocuments, FreshHomeHasNone) {
  const Home home = Opened();
  EXPECT_TRUE(home.Packs()->empty());
  EXPECT_TRUE(home.Licences()->empty());
  EXPECT_TRUE(home.PacksSeen()->empty());
}

TEST_F(HomeDocuments, InstalledPackIsReadBackAndRemembered) {
  Home home = Opened();
  ASSERT_TRUE(home.InstallPack(Version(3, {3}), kContent));
  const auto packs = Opened().Packs();
  ASSERT_EQ(packs->size(), 1u);
  EXPECT_EQ(*packs->front().bytes, kContent);
  EXPECT_EQ(home.PacksSeen()->front().version, 3u);
  EXPECT_TRUE(home.InstallPack(Version(3, {3}), kContent));
}

TEST_F(HomeDocuments, VersionsStandBesideEachOther) {
  Home home = Opened();
  ASSERT_TRUE(home.InstallPack(Version(1, {1}), kContent));
  ASSERT_TRUE(home.InstallPack(Version(2, {2}), kContent));
  EXPECT_EQ(home.Packs()->size(), 2u);
}

TEST_F(HomeDocuments, OlderPackIsRefusedEvenAfterTheNewerIsDeleted) {
  Home home = Opened();
  ASSERT_TRUE(home.InstallPack(Version(2, {2}), kContent));
  EXPECT_EQ(home.InstallPack(Version(1, {1}), kContent).error().code, ErrorCode::kRolledBack);
  ASSERT_TRUE(home.RemovePack("acme/policy", "rules", 2));
  EXPECT_TRUE(home.Packs()->empty());
  EXPECT_EQ(home.InstallPack(Version(1, {1}), kContent).error().code, ErrorCode::kRolledBack);
  EXPECT_TRUE(home.InstallPack(Version(2, {2}), kContent));
}

TEST_F(HomeDocuments, PacksWithoutTheirMemoryAreRefused) {
  Home home = Opened();
  ASSERT_TRUE(home.InstallPack(Version(2, {2}), kContent));
  ASSERT_TRUE(files_->Remove(home.PathOf("packs.seen")));
  const auto seen = home.PacksSeen();
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, ErrorCode::kMalformed);
  EXPECT_EQ(home.InstallPack(Version(3, {3}), kContent).error().code, ErrorCode::kMalformed);
}

TEST_F(HomeDocuments, RemovingWhatIsNotThereIsNotFound) {
  Home home = Opened();
  EXPECT_EQ(home.RemovePack("acme/policy", "rules", 2).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(home.RemoveLicence("BIS", "D1").error().code, ErrorCode::kNotFound);
}

TEST_F(HomeDocuments, LicenceIsNotReplacedInSilence) {
  Home home = Opened();
  ASSERT_TRUE(home.InstallLicence("BIS", "D/1", kContent));
  EXPECT_TRUE(home.InstallLicence("BIS", "D/1", kContent));
  EXPECT_EQ(home.InstallLicence("BIS", "D/1", AsBytes("another")).error().code, ErrorCode::kExists);
  ASSERT_TRUE(home.InstallLicence("BIS", "D/2", kContent));
  EXPECT_EQ(home.Licences()->size(), 2u);
  ASSERT_TRUE(home.RemoveLicence("BIS", "D/1"));
  EXPECT_TRUE(home.InstallLicence("BIS", "D/1", AsBytes("another")));
}

TEST_F(HomeDocuments, UnreadableFileHidesNoOther) {
  Home home = Opened();
  ASSERT_TRUE(home.InstallPack(Version(2, {2}), kContent));
  ASSERT_TRUE(files_->MakeSymlink("elsewhere", home.PathOf("packs/0.pack")));
  const auto packs = home.Packs();
  ASSERT_EQ(packs->size(), 2u);
  EXPECT_THAT((*packs)[0].path, HasSubstr("0.pack"));
  EXPECT_FALSE((*packs)[0].bytes);
  EXPECT_TRUE((*packs)[1].bytes);
}

// Whatever operation fails, an older pack never gets in afterwards, and the pack is whole or not there.
TEST_F(HomeDocuments, InterruptedInstallNeverLeavesAPackThatIsNotRemembered) {
  for (std::uint64_t at = 1;; ++at) {
    FaultPlan plan{.fail_at = at, .forever = true};
    const auto faulty = MakeFaultyFileSystem(*files_, plan);
    bool done = false;
    if (auto home = Home::Open(*faulty, path_))
      done = home->InstallPack(Version(2, {2}), kContent).has_value();
    const Home after = Opened();
    const auto packs = after.Packs();
    ASSERT_TRUE(packs);
    for (const Document& pack : *packs) {
      EXPECT_EQ(*pack.bytes, kContent);
      EXPECT_EQ(after.PacksSeen()->size(), 1u);
    }
    if (done) break;
    ASSERT_LT(at, 200u);
  }
}

}  // namespace
}  // namespace strongroom::home
