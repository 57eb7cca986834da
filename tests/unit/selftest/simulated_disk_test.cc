// The simulator itself: what POSIX promises is kept, what it does not promise is lost sooner or later, and
// protocols that are known to be wrong are caught.
#include "strongroom/selftest/simulated_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "strongroom/selftest/faulty_file_system.h"

namespace strongroom::selftest {
namespace {

using ::testing::ElementsAre;

constexpr std::uint64_t kPatterns = 400;
const std::string kOld(1500, 'o');
const std::string kNew(2600, 'n');

void Put(FileSystem& files, const std::string& path, std::string_view text, bool sync) {
  auto file = files.Open(path, OpenMode::kOpenOrCreate);
  ASSERT_TRUE(file && (*file)->WriteAt(0, AsBytes(text)));
  if (sync) {
    ASSERT_TRUE((*file)->Sync());
  }
}

std::string TextOf(FileSystem& files, const std::string& path) {
  const auto bytes = ReadWhole(files, path, 1 << 20);
  return bytes ? std::string(AsText(*bytes)) : "absent";
}

// Every text that the file may hold after the power went.
std::set<std::string> Outcomes(const SimulatedDisk& disk, const std::string& path) {
  std::set<std::string> outcomes;
  for (std::uint64_t seed = 0; seed < kPatterns; ++seed) {
    outcomes.insert(TextOf(*disk.AfterPowerLoss(seed), path));
  }
  return outcomes;
}

// A disk on which /file durably holds kOld.
class PowerLoss : public ::testing::Test {
 protected:
  void SetUp() override {
    Put(disk_, "/file", kOld, true);
    ASSERT_TRUE(disk_.SyncDirectory("/"));
    ASSERT_THAT(Outcomes(disk_, "/file"), ElementsAre(kOld));
  }
  SimulatedDisk disk_;
};

TEST_F(PowerLoss, WhatIsSyncedStays) {
  Put(disk_, "/file", kNew, true);
  EXPECT_THAT(Outcomes(disk_, "/file"), ElementsAre(kNew));
}

TEST_F(PowerLoss, AnUnsyncedWriteIsLostKeptTornReorderedAndLeftWithoutItsData) {
  Put(disk_, "/file", kNew, false);
  EXPECT_EQ(TextOf(disk_, "/file"), kNew);
  const std::set<std::string> outcomes = Outcomes(disk_, "/file");
  EXPECT_TRUE(outcomes.contains(kOld));
  EXPECT_TRUE(outcomes.contains(kNew));
  EXPECT_TRUE(outcomes.contains(std::string(512, 'n') + kOld.substr(512))) << "the first sector alone";
  EXPECT_TRUE(outcomes.contains(kOld.substr(0, 1024) + kNew.substr(1024))) << "the last ones alone";
  EXPECT_TRUE(outcomes.contains(kOld + std::string(kNew.size() - kOld.size(), '\0'))) << "size without data";
  EXPECT_TRUE(std::ranges::any_of(outcomes, [](const std::string& text) {
    return text.find_first_not_of(std::string("on\0", 3)) != std::string::npos;
  })) << "garbage of earlier files";
}

TEST_F(PowerLoss, SectorsAreNotTornInside) {
  Put(disk_, "/file", kNew, false);
  for (const std::string& text : Outcomes(disk_, "/file")) {
    for (std::size_t begin = 0; begin + 512 <= std::min(text.size(), kOld.size()); begin += 512) {
      const std::string sector = text.substr(begin, 512);
      EXPECT_TRUE(sector == std::string(512, 'o') || sector == std::string(512, 'n'));
    }
  }
}

TEST_F(PowerLoss, EachVersionSinceTheSyncMayBeFound) {
  Put(disk_, "/file", "first", false);
  Put(disk_, "/file", "other", false);
  const std::set<std::string> outcomes = Outcomes(disk_, "/file");
  for (const std::string start : {"ooooo", "first", "other"}) {
    EXPECT_TRUE(outcomes.contains(start + kOld.substr(5))) << start;
  }
}

TEST_F(PowerLoss, ATruncationIsLostOrKept) {
  auto file = *disk_.Open("/file", OpenMode::kReadWrite);
  ASSERT_TRUE(file->Truncate(100));
  EXPECT_EQ(TextOf(disk_, "/file"), kOld.substr(0, 100));
  const std::set<std::string> outcomes = Outcomes(disk_, "/file");
  EXPECT_TRUE(outcomes.contains(kOld));
  EXPECT_TRUE(outcomes.contains(kOld.substr(0, 100)));
  ASSERT_TRUE(file->Sync());
  EXPECT_THAT(Outcomes(disk_, "/file"), ElementsAre(kOld.substr(0, 100)));
}

TEST_F(PowerLoss, WhatWasCutOffDoesNotComeBackOnceSynced) {
  auto file = *disk_.Open("/file", OpenMode::kReadWrite);
  ASSERT_TRUE(file->Truncate(100) && file->Truncate(kOld.size()) && file->Sync());
  EXPECT_THAT(Outcomes(disk_, "/file"), ElementsAre(kOld.substr(0, 100) + std::string(1400, '\0')));
}

TEST_F(PowerLoss, AHoleHoldsZeros) {
  auto file = *disk_.Open("/file", OpenMode::kReadWrite);
  ASSERT_TRUE(file->Truncate(4000) && file->Sync());
  EXPECT_THAT(Outcomes(disk_, "/file"), ElementsAre(kOld + std::string(2500, '\0')));
}

TEST_F(PowerLoss, ASyncedFileWhoseDirectoryIsNotMayBeAbsent) {
  Put(disk_, "/other", kNew, true);
  EXPECT_THAT(Outcomes(disk_, "/other"), ElementsAre("absent", kNew));
  ASSERT_TRUE(disk_.SyncDirectory("/"));
  EXPECT_THAT(Outcomes(disk_, "/other"), ElementsAre(kNew));
}

TEST_F(PowerLoss, ARemovalIsLostOrKeptUntilItsDirectoryIsSynced) {
  ASSERT_TRUE(disk_.Remove("/file"));
  EXPECT_THAT(Outcomes(disk_, "/file"), ElementsAre("absent", kOld));
  ASSERT_TRUE(disk_.SyncDirectory("/"));
  EXPECT_THAT(Outcomes(disk_, "/file"), ElementsAre("absent"));
}

TEST_F(PowerLoss, ARenameIsLostOrKeptAsAWhole) {
  Put(disk_, "/file.new", kNew, true);
  ASSERT_TRUE(disk_.SyncDirectory("/") && disk_.Rename("/file.new", "/file"));
  std::set<std::pair<std::string, std::string>> outcomes;
  for (std::uint64_t seed = 0; seed < kPatterns; ++seed) {
    const auto found = disk_.AfterPowerLoss(seed);
    outcomes.emplace(TextOf(*found, "/file"), TextOf(*found, "/file.new"));
  }
  EXPECT_THAT(outcomes, ElementsAre(std::pair(kNew, std::string("absent")), std::pair(kOld, kNew)));
}

TEST_F(PowerLoss, ADirectoryIsRenamedWithWhatIsInIt) {
  ASSERT_TRUE(disk_.MakeDirectory("/log.partial", 0700));
  Put(disk_, "/log.partial/journal", kNew, true);
  ASSERT_TRUE(disk_.SyncDirectory("/log.partial") && disk_.RenameNoReplace("/log.partial", "/log"));
  EXPECT_THAT(Outcomes(disk_, "/log/journal"), ElementsAre("absent", kNew));
  ASSERT_TRUE(disk_.SyncDirectory("/"));
  EXPECT_THAT(Outcomes(disk_, "/log/journal"), ElementsAre(kNew));
  EXPECT_THAT(disk_.AfterPowerLoss(1)->Files(), ElementsAre("/file", "/log/journal"));
}

TEST_F(PowerLoss, ADiskThatLiesKeepsNothingForSure) {
  SimulatedDisk liar({.honours_sync = false});
  Put(liar, "/file", kNew, true);
  ASSERT_TRUE(liar.SyncDirectory("/"));
  EXPECT_TRUE(Outcomes(liar, "/file").contains("absent"));
}

TEST_F(PowerLoss, AfterAFailedSyncALaterOneDoesNotWriteWhatTheFirstOneLeft) {
  FaultPlan plan;
  plan.sync_failed = [this](const FileIdentity& file) { disk_.ForgetUnsynced(file); };
  const auto faulty = MakeFaultyFileSystem(disk_, plan);
  auto file = *faulty->Open("/file", OpenMode::kReadWrite);
  ASSERT_TRUE(file->WriteAt(0, AsBytes(kNew)));
  plan.fail_at = plan.operations + 1;
  ASSERT_FALSE(file->Sync());
  ASSERT_TRUE(file->Sync());
  EXPECT_EQ(TextOf(disk_, "/file"), kNew) << "as the page cache has it";
  EXPECT_GT(Outcomes(disk_, "/file").size(), 2u);
  ASSERT_TRUE(file->WriteAt(0, AsBytes(kNew)) && file->Sync());
  EXPECT_THAT(Outcomes(disk_, "/file"), ElementsAre(kNew));
}

TEST_F(PowerLoss, TheSameSeedFindsTheSame) {
  Put(disk_, "/file", kNew, false);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(TextOf(*disk_.AfterPowerLoss(seed), "/file"), TextOf(*disk_.AfterPowerLoss(seed), "/file"));
  }
}

// A way of putting kNew in the place of kOld. Whether, wherever it is interrupted and however the power goes
// then, one of the two is found whole, and kNew once it has answered.
using Protocol = std::function<Status(FileSystem& files)>;
bool IsSafe(const Protocol& replace) {
  for (std::uint64_t step = 1;; ++step) {
    SimulatedDisk disk;
    Put(disk, "/file", kOld, true);
    static_cast<void>(disk.SyncDirectory("/"));
    FaultPlan plan{.fail_at = step, .forever = true};
    const auto faulty = MakeFaultyFileSystem(disk, plan);
    const bool answered = replace(*faulty).has_value();
    for (const std::string& text : Outcomes(disk, "/file")) {
      if (text != kNew && (answered || text != kOld)) return false;
    }
    if (plan.operations < step) return true;
  }
}

Status WriteNew(FileSystem& files, const std::string& path, bool sync) {
  SR_ASSIGN_OR_RETURN(const auto file, files.Open(path, OpenMode::kOpenOrCreate));
  SR_RETURN_IF_ERROR(file->Truncate(0));
  SR_RETURN_IF_ERROR(file->WriteAt(0, AsBytes(kNew)));
  return sync ? file->Sync() : Status();
}

TEST(WriteProtocol, WriteDurablyIsSafe) {
  EXPECT_TRUE(IsSafe([](FileSystem& files) { return WriteDurably(files, "/file", AsBytes(kNew)); }));
}

TEST(WriteProtocol, WritingInPlaceIsCaught) {
  EXPECT_FALSE(IsSafe([](FileSystem& files) { return WriteNew(files, "/file", true); }));
}

TEST(WriteProtocol, RenameWithoutSyncOfTheDataIsCaught) {
  EXPECT_FALSE(IsSafe([](FileSystem& files) -> Status {
    SR_RETURN_IF_ERROR(WriteNew(files, "/file.new", false));
    SR_RETURN_IF_ERROR(files.Rename("/file.new", "/file"));
    return files.SyncDirectory("/");
  }));
}

TEST(WriteProtocol, RenameWithoutSyncOfTheDirectoryIsCaught) {
  EXPECT_FALSE(IsSafe([](FileSystem& files) -> Status {
    SR_RETURN_IF_ERROR(WriteNew(files, "/file.new", true));
    return files.Rename("/file.new", "/file");
  }));
}

TEST(WriteProtocol, RemovingTheOldOneFirstIsCaught) {
  EXPECT_FALSE(IsSafe([](FileSystem& files) -> Status {
    SR_RETURN_IF_ERROR(WriteNew(files, "/file.new", true));
    SR_RETURN_IF_ERROR(files.Remove("/file"));
    SR_RETURN_IF_ERROR(files.Rename("/file.new", "/file"));
    return files.SyncDirectory("/");
  }));
}

TEST(SimulatedDisk, OneOpenFileHoldsTheLock) {
  SimulatedDisk disk;
  auto first = *disk.Open("/file", OpenMode::kCreate);
  auto second = *disk.Open("/file", OpenMode::kReadWrite);
  EXPECT_TRUE(*first->TryLock());
  EXPECT_FALSE(*second->TryLock());
  first.reset();
  EXPECT_TRUE(*second->TryLock());
}

TEST(SimulatedDisk, IdentityFollowsNamesAsOnARealDisk) {
  SimulatedDisk disk;
  auto file = *disk.Open("/file", OpenMode::kCreate);
  EXPECT_EQ(file->Identity()->links, 1u);
  EXPECT_EQ(file->Identity()->inode, disk.Stat("/file")->inode);
  ASSERT_TRUE(disk.Open("/other", OpenMode::kCreate) && disk.Rename("/other", "/file"));
  EXPECT_EQ(file->Identity()->links, 0u);
  EXPECT_NE(file->Identity()->inode, disk.Stat("/file")->inode);
}

TEST(SimulatedDisk, WhatIsNotThereIsNotFound) {
  SimulatedDisk disk;
  EXPECT_EQ(disk.Open("/file", OpenMode::kRead).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(disk.Open("/no/file", OpenMode::kCreate).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(disk.Remove("/file").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(disk.RemoveTree("/no/tree"));
  ASSERT_TRUE(disk.MakeDirectory("/d", 0700) && disk.Open("/d/x", OpenMode::kCreate));
  EXPECT_FALSE(disk.Remove("/d"));
  EXPECT_TRUE(disk.RemoveTree("/d"));
  EXPECT_EQ(disk.Stat("/d").error().code, ErrorCode::kNotFound);
}

TEST(SimulatedDisk, AFlippedBitIsFlippedOnTheDiskToo) {
  SimulatedDisk disk;
  Put(disk, "/file", "a", true);
  ASSERT_TRUE(disk.SyncDirectory("/"));
  disk.FlipBit("/file", 1);
  EXPECT_EQ(TextOf(disk, "/file"), "c");
  EXPECT_THAT(Outcomes(disk, "/file"), ElementsAre("c"));
}

}  // namespace
}  // namespace strongroom::selftest
