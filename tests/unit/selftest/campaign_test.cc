// Small runs of the campaigns, and that each of them fails where there is something to find.
#include "strongroom/selftest/campaign.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/temporary_directory.h"

namespace strongroom::selftest {
namespace {

void ExpectHolds(const Expected<CampaignReport>& report) {
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(report->told, ::testing::IsEmpty());
  EXPECT_TRUE(report->Held());
  EXPECT_GT(report->runs, 0u);
}

std::uint64_t FigureOf(const CampaignReport& report, std::string_view name) {
  for (const auto& [figure, count] : report.figures) {
    if (figure == name) return count;
  }
  return 0;
}

TEST(Campaign, FaultsLoseNothingAcknowledged) {
  const auto report = RunFaults({.seed = 1, .threads = 2});
  ExpectHolds(report);
  EXPECT_EQ(report->lost, 0u);
  EXPECT_GT(report->acknowledged, 0u);
}

TEST(Campaign, PowerLossLosesNothingAcknowledged) {
  const auto report = RunPowerLoss({.seed = 1, .threads = 2});
  ExpectHolds(report);
  EXPECT_EQ(report->lost, 0u);
}

TEST(Campaign, ADiskThatLiesAboutSyncsIsNoticed) {
  const auto report = RunPowerLoss({.seed = 1, .threads = 2}, {.honours_sync = false});
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->Held());
  EXPECT_GT(report->lost, 0u);
}

TEST(Campaign, ProofsAreRightAndSpoiledOnesRefused) {
  const auto report = RunProofs({.seed = 1, .threads = 2});
  ExpectHolds(report);
  EXPECT_EQ(report->runs, 64u * 65u);
}

TEST(Campaign, ForksThatTwoOfThreeAcceptAreDetected) {
  const auto report = RunForks({.seed = 1, .threads = 2});
  ExpectHolds(report);
  EXPECT_GT(FigureOf(*report, "two histories accepted, 2 of 3, 1 dishonest"), 0u);
}

TEST(Campaign, ForksAreNeverAcceptedWhereQuorumsShareAnHonestWitness) {
  for (const ForkOptions forks : {ForkOptions{2, 0}, ForkOptions{3, 1}}) {
    const auto report = RunForks({.seed = 1, .threads = 2}, forks);
    ExpectHolds(report);
    EXPECT_EQ(report->forks, 0u);
  }
}

TEST(Campaign, AQuorumOfOneIsNoticed) {
  const auto report = RunForks({.seed = 1, .threads = 2}, {.quorum = 1, .dishonest = 1});
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->Held());
  EXPECT_GT(report->forks, 0u);
}

TEST(Campaign, EveryBitIsLocated) {
  const auto report = RunBits({.seed = 1, .threads = 2});
  ExpectHolds(report);
}

TEST(Campaign, KilledWritersLoseNothingAcknowledged) {
  const strongroom::testing::TemporaryDirectory directory;
  const auto report = RunKills({.seed = 1, .directory = directory.path()});
  ExpectHolds(report);
  EXPECT_GT(report->acknowledged, 0u);
  EXPECT_LT(report->RestartSeconds(100), 1.0);
}

TEST(Campaign, TamperingIsRefusedAndNothingLost) {
  const strongroom::testing::TemporaryDirectory directory;
  ExpectHolds(RunTamper({.seed = 1, .directory = directory.path()}));
}

TEST(Campaign, AStoppedOneIsInterrupted) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(RunProofs({.stop = stop.get_token()}).error().code, ErrorCode::kInterrupted);
}

}  // namespace
}  // namespace strongroom::selftest
