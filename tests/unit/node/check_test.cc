#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strongroom/node/rekey.h"
#include "unit/node/machine.h"

namespace strongroom::node {
namespace {

using ::testing::ElementsAre;

class CheckKeyslotsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    bundle_.AddRecoveryKeyslot();
    source_.key = bundle_.AddRecoveryKeyslot();
    bundle_.Write();
    request_.bundle = bundle_.path();
    request_.sources.recovery = source_.Function();
  }

  strongroom::testing::TemporaryDirectory directory_;
  Machine machine_{directory_ / "home"};
  EnvelopesOnly bundle_{machine_, directory_ / "model.bundle"};
  RecoverySource source_{keyslot::RecoveryKey::Random()};
  OpenRequest request_;
};

TEST_F(CheckKeyslotsTest, EachIsTriedAndRecorded) {
  const auto checks = CheckKeyslots(machine_.Fresh(), request_);
  ASSERT_TRUE(checks) << checks.error().message;
  ASSERT_EQ(checks->size(), 2U);
  EXPECT_TRUE(checks->at(0).tried);
  EXPECT_EQ(checks->at(0).error->code, ErrorCode::kNoKey);
  EXPECT_TRUE(checks->at(1).tried);
  EXPECT_FALSE(checks->at(1).error);
  EXPECT_THAT(machine_.History(), ElementsAre("rekey permit", "rekey failed", "rekey permit"));
}

TEST_F(CheckKeyslotsTest, PolicyThatRefusesStopsTheChecking) {
  machine_.Declare(kInChina);
  EXPECT_EQ(CheckKeyslots(machine_.Fresh(), request_).error().code, ErrorCode::kDenied);
  EXPECT_EQ(source_.asked, 0);
}

TEST_F(CheckKeyslotsTest, WithoutASourceNothingIsTried) {
  request_.sources = {};
  EXPECT_EQ(CheckKeyslots(machine_.Fresh(), request_).error().code, ErrorCode::kNoKey);
}

}  // namespace
}  // namespace strongroom::node
