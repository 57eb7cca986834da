#include <gtest/gtest.h>

#include <filesystem>

#include "strongroom/home/home.h"
#include "strongroom/selftest/faulty_file_system.h"
#include "testing/fake_clock.h"
#include "testing/temporary_directory.h"

namespace strongroom::home {
namespace {

class HomeKeyChangeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto home = Home::Init(*files_, path_, {.name = "acme"}, clock_);
    ASSERT_TRUE(home);
    first_ = *home->LogKey();
    ASSERT_TRUE((*home->OpenLog(clock_))->Append({}));
  }
  Home Opened(FileSystem& files) { return *Home::Open(files, path_); }
  Home Opened() { return Opened(*files_); }
  // Whether the home's log takes a record, and its keys are in order.
  void ExpectSound(const Home& home) {
    const auto log = home.OpenLog(clock_);
    ASSERT_TRUE(log) << log.error().message;
    EXPECT_TRUE((*log)->Append({}));
    EXPECT_FALSE(std::filesystem::exists(home.PathOf("log.key.next")));
    EXPECT_EQ(home.LogKeys()->front(), first_);
    EXPECT_EQ(home.LogKeys()->back(), *home.LogKey());
    const auto keys = *home.LogKeys();
    EXPECT_EQ(std::ranges::adjacent_find(keys), keys.end());
    EXPECT_EQ(home.Trust()->Keys(envelope::KeyPurpose::kLog), std::vector{*home.LogKey()});
  }

  testing::TemporaryDirectory temporary_;
  std::unique_ptr<FileSystem> files_ = MakeRealFileSystem();
  std::string path_ = temporary_ / "home";
  testing::FakeClock clock_{Timestamp{1'795'000'000}};
  envelope::NoteKey first_;
  Home::LogCheck holds_ = [](log::Log&) { return Status(); };
};

TEST_F(HomeKeyChangeTest, RotatedKeySignsAndTheOldOneIsRemembered) {
  Home home = Opened();
  const auto second = home.ChangeLogKey(log::KeyChange::kRotation, clock_, holds_);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_NE(*second, first_);
  EXPECT_EQ(*home.LogKey(), *second);
  EXPECT_EQ(*home.LogKeys(), (std::vector{first_, *second}));
  ExpectSound(home);
  const auto third = home.ChangeLogKey(log::KeyChange::kRotation, clock_, holds_);
  EXPECT_EQ(*home.LogKeys(), (std::vector{first_, *second, *third}));
  ExpectSound(home);
}

TEST_F(HomeKeyChangeTest, LostKeyIsReplacedAndTheLossIsOnRecord) {
  std::filesystem::remove(path_ + "/log.key");
  Home home = Opened();
  EXPECT_EQ(home.OpenLog(clock_).error().code, ErrorCode::kLogUnavailable);
  const auto second = home.ChangeLogKey(log::KeyChange::kLoss, clock_, holds_);
  ASSERT_TRUE(second) << second.error().message;
  ExpectSound(home);
}

TEST_F(HomeKeyChangeTest, KeyThatIsThereIsNotLost) {
  Home home = Opened();
  ASSERT_TRUE(home.ChangeLogKey(log::KeyChange::kLoss, clock_, holds_))
      << "the owner says that it is not to be used again";
  ExpectSound(home);
}

TEST_F(HomeKeyChangeTest, LossSignsNothingOverALogThatWasPutBackFromACopy) {
  std::filesystem::copy(path_ + "/log", path_ + "/copy", std::filesystem::copy_options::recursive);
  Home home = Opened();
  const auto receipt = (*home.OpenLog(clock_))->Append({});
  ASSERT_TRUE(receipt && home.RememberCheckpoint(*receipt));
  std::filesystem::remove_all(path_ + "/log");
  std::filesystem::rename(path_ + "/copy", path_ + "/log");
  std::filesystem::remove(path_ + "/log.key");
  const auto changed = home.ChangeLogKey(log::KeyChange::kLoss, clock_, holds_);
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, ErrorCode::kLogUnavailable);
  EXPECT_FALSE(std::filesystem::exists(path_ + "/log.key.next"));
}

TEST_F(HomeKeyChangeTest, LogThatIsNotAsItShouldBeIsRefusedTheChange) {
  Home home = Opened();
  const auto changed = home.ChangeLogKey(log::KeyChange::kRotation, clock_, [](log::Log&) -> Status {
    return Fail(ErrorCode::kLogUnavailable, "the anchor says otherwise");
  });
  EXPECT_EQ(changed.error().message, "the anchor says otherwise");
  EXPECT_EQ(*home.LogKey(), first_);
  EXPECT_FALSE(std::filesystem::exists(path_ + "/log.key.next"));
}

TEST_F(HomeKeyChangeTest, ChangeThatIsCutOffAnywhereIsFinishedOrUndone) {
  for (std::uint64_t fail_at = 1;; ++fail_at) {
    selftest::FaultPlan plan{.fail_at = fail_at, .forever = true};
    const auto faulty = selftest::MakeFaultyFileSystem(*files_, plan);
    auto home = Home::Open(*faulty, path_);
    if (home) static_cast<void>(home->ChangeLogKey(log::KeyChange::kRotation, clock_, holds_));
    ExpectSound(Opened());
    if (plan.operations < fail_at) break;
  }
}

}  // namespace
}  // namespace strongroom::home
