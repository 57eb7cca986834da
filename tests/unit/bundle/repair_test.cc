#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "unit/bundle/sealed_model.h"

namespace strongroom::bundle {
namespace {

namespace fs = std::filesystem;

// About 26 shards of 300 kB, in groups of 5 with 2 parity files each; the last group is smaller.
class Repair : public ::testing::Test {
 protected:
  void SetUp() override {
    WriteFile(model_.source() + "/noise", Noise(7'700'000, 1));
    model_.options.shard_size = 300'000;
    model_.options.parity = ParitySpec{.data = 5, .parity = 2};
    ASSERT_TRUE(model_.Seal());
    ASSERT_TRUE(model_.VerifyStatus());
    before_ = ReadTree(model_.bundle());
  }

  void ExpectRepaired() {
    ASSERT_FALSE(model_.VerifyStatus());
    const auto report = model_.Repair();
    ASSERT_TRUE(report) << report.error().message;
    const Status status = report->status();
    ASSERT_TRUE(status) << status.error().message;
    ASSERT_TRUE(model_.VerifyStatus());
    EXPECT_EQ(ReadTree(model_.bundle()), before_);
  }

  void ExpectHopeless(const std::string& name) {
    const auto report = model_.Repair();
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->status().error().code, ErrorCode::kAltered);
    ASSERT_FALSE(report->unrepairable.empty());
    EXPECT_EQ(report->unrepairable.front().name, name);
  }

  std::string In(const std::string& name) const { return model_.bundle() + "/" + name; }

  SealedModel model_;
  Tree before_;
};

TEST_F(Repair, FlippedBitsInOneShardAreMended) {
  FlipBit(In("shards/00003.shard"), 8 * 100'000);
  FlipBit(In("shards/00003.shard"), 8 * 200'000);
  ExpectRepaired();
}

TEST_F(Repair, ReportSaysHowManyLeavesWereRebuilt) {
  FlipBit(In("shards/00003.shard"), 8 * 100'000);
  FlipBit(In("shards/00003.shard"), 8 * 200'000);
  const auto report = model_.Repair();
  ASSERT_TRUE(report);
  ASSERT_EQ(report->repaired.size(), 1u);
  EXPECT_EQ(report->repaired.front().name, "shards/00003.shard");
  EXPECT_EQ(report->repaired.front().leaves, 2u);
}

TEST_F(Repair, MissingAndShortShardsOfOneGroupAreMended) {
  fs::remove(In("shards/00000.shard"));
  fs::resize_file(In("shards/00004.shard"), 1000);
  ExpectRepaired();
}

TEST_F(Repair, WholeFolderOfParityIsMended) {
  fs::remove_all(model_.bundle() + "/parity");
  ExpectRepaired();
}

TEST_F(Repair, LeavesFilesAreMendedFromWhatTheyDescribe) {
  FlipBit(In("shards/00001.leaves"), 17);
  fs::remove(In("parity/00001.leaves"));
  fs::resize_file(In("catalogue.leaves"), 7);
  ExpectRepaired();
}

TEST_F(Repair, ShardThatLostItsLeavesTooIsMendedAsAWhole) {
  FlipBit(In("shards/00001.shard"), 8 * 50'000);
  FlipBit(In("shards/00001.leaves"), 17);
  ExpectRepaired();
}

TEST_F(Repair, DifferentLeavesOfManyShardsAreMended) {
  for (int i = 0; i < 5; ++i) FlipBit(In(ShardName(static_cast<std::uint32_t>(i))), 8 * (40'000 * i + 100));
  ExpectRepaired();
}

TEST_F(Repair, LastSmallerGroupIsMended) {
  const std::uint32_t last = model_.Manifest()->manifest.shards() - 1;
  fs::remove(In(ShardName(last)));
  fs::remove(In(ParityName(last / 5 * 2)));
  ExpectRepaired();
}

TEST_F(Repair, FileThatIsTooLongIsMended) {
  fs::resize_file(In("shards/00002.shard"), fs::file_size(In("shards/00002.shard")) + 5);
  fs::resize_file(In("catalogue"), fs::file_size(In("catalogue")) + 5);
  ExpectRepaired();
}

TEST_F(Repair, ThreeShardsLostOfAGroupWithTwoParityFilesAreNotMended) {
  for (int i = 0; i < 3; ++i) fs::remove(In(ShardName(static_cast<std::uint32_t>(i))));
  ExpectHopeless("shards/00000.shard");
  EXPECT_EQ(model_.VerifyStatus().error().code, ErrorCode::kTruncated);
}

TEST_F(Repair, OtherGroupsAreMendedEvenIfOneIsHopeless) {
  for (int i = 0; i < 3; ++i) fs::remove(In(ShardName(static_cast<std::uint32_t>(i))));
  fs::remove(In("shards/00007.shard"));
  ASSERT_TRUE(model_.Repair());
  EXPECT_TRUE(fs::exists(In("shards/00007.shard")));
  EXPECT_FALSE(fs::exists(In("shards/00000.shard")));
}

TEST_F(Repair, FileThatTheManifestDoesNotNameIsLeftAloneAndReported) {
  WriteFile(In("notes.txt"), std::string_view("mine"));
  ExpectHopeless("notes.txt");
  EXPECT_TRUE(fs::exists(In("notes.txt")));
}

TEST_F(Repair, LeftoverOfAKilledRepairIsRemoved) {
  WriteFile(In("shards/00001.shard.repair"), std::string_view("half"));
  ExpectRepaired();
}

TEST_F(Repair, CatalogueIsMendedFromItsOwnParity) {
  FlipBit(In("catalogue"), 100);
  FlipBit(In("parity/catalogue.leaves"), 100);
  ExpectRepaired();
}

TEST_F(Repair, CatalogueDamagedInBothPlacesIsNotMended) {
  FlipBit(In("catalogue"), 100);
  FlipBit(In("parity/catalogue.parity"), 200);
  ExpectHopeless("catalogue");
}

}  // namespace
}  // namespace strongroom::bundle
