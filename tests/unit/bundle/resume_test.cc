// Interrupted work: whatever operation fails, no name is given to what is not whole, and the work can be
// continued.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>

#include "bundle/work_lock.h"
#include "strongroom/bundle/layout.h"
#include "strongroom/selftest/faulty_file_system.h"
#include "unit/bundle/sealed_model.h"

namespace strongroom::bundle {
namespace {

namespace fs = std::filesystem;
using strongroom::selftest::FaultPlan;
using strongroom::selftest::MakeFaultyFileSystem;

class Resume : public ::testing::Test {
 protected:
  void MakeModel() {
    WriteFile(model_.source() + "/a/noise", Noise(100'000, 1));
    WriteFile(model_.source() + "/weights", Bf16Weights(50'000, 1));
    WriteFile(model_.source() + "/empty", std::string_view());
    fs::create_symlink("weights", model_.source() + "/link");
    model_.options.threads = 1;
    model_.options.shard_size = 65'000;
    model_.options.parity = ParitySpec{.data = 2, .parity = 1};
  }

  // So many that the estimate samples only every second one, which is of another length than the others.
  void MakeModelThatIsEstimatedWrong(std::size_t sampled, std::size_t others) {
    for (int i = 0; i < 100; ++i) {
      WriteFile(model_.source() + "/" + std::to_string(1000 + i), Noise(i % 2 == 0 ? sampled : others, i));
    }
    model_.options.threads = 1;
    model_.options.shard_size = 40'000;
  }

  void ExpectWhole() {
    const Status verified = model_.VerifyStatus();
    ASSERT_TRUE(verified) << verified.error().message;
    fs::remove_all(model_.opened());
    const auto opened = model_.OpenInto();
    ASSERT_TRUE(opened) << opened.error().message;
    ASSERT_EQ(ReadTree(model_.source()), ReadTree(model_.opened()));
    ASSERT_FALSE(fs::exists(model_.bundle() + ".partial"));
    ASSERT_FALSE(fs::exists(model_.bundle() + ".partial.journal"));
  }

  // Seals with every operation from the n-th on failing, for every n of that distance, and then continues.
  void ExpectFaultsAreSurvived(std::uint64_t distance) {
    for (std::uint64_t n = 1;; n += distance) {
      SCOPED_TRACE("operation " + std::to_string(n));
      plan_ = {.fail_at = n, .forever = true};
      model_.options.resume = false;
      const Status sealed = model_.Seal();
      const bool published = fs::exists(model_.bundle());
      plan_ = {};
      if (!sealed && !published) {
        model_.options.resume = true;
        const Status resumed = model_.Seal();
        ASSERT_TRUE(resumed) << resumed.error().message;
      }
      if (!sealed && published) {
        fs::remove_all(model_.bundle() + ".partial");
        fs::remove(model_.bundle() + ".partial.journal");
      }
      ASSERT_NO_FATAL_FAILURE(ExpectWhole());
      fs::remove_all(model_.bundle());
      if (sealed) return;
    }
  }

  FaultPlan plan_;
  std::unique_ptr<FileSystem> disk_ = MakeRealFileSystem();
  std::unique_ptr<FileSystem> faulty_ = MakeFaultyFileSystem(*disk_, plan_);
  SealedModel model_{faulty_.get()};
};

TEST_F(Resume, SealSurvivesFaults) {
  MakeModel();
  ExpectFaultsAreSurvived(3);
}

TEST_F(Resume, SealThatIsCutAnewSurvivesFaults) {
  MakeModelThatIsEstimatedWrong(10, 1500);
  ExpectFaultsAreSurvived(19);
}

TEST_F(Resume, PlanThatWasTooShortIsCutAnew) {
  MakeModelThatIsEstimatedWrong(1000, 5000);
  ASSERT_TRUE(model_.Seal());
  ExpectWhole();
  EXPECT_EQ(model_.Manifest()->manifest.shards(), 8u);
}

TEST_F(Resume, PlanThatWasTooLongIsCutAnew) {
  MakeModelThatIsEstimatedWrong(5000, 1000);
  ASSERT_TRUE(model_.Seal());
  ExpectWhole();
  EXPECT_EQ(model_.Manifest()->manifest.shards(), 8u);
}

TEST_F(Resume, FullDiskIsUnavailableAndTheSealGoesOnLater) {
  MakeModel();
  plan_ = {.fail_at = 60, .forever = true, .errnum = ENOSPC, .half_written = true};
  EXPECT_EQ(model_.Seal().error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(fs::exists(model_.bundle()));
  plan_ = {};
  model_.options.resume = true;
  ASSERT_TRUE(model_.Seal());
  ExpectWhole();
}

TEST_F(Resume, ShardsThatWereDoneAreNotMadeAgain) {
  WriteFile(model_.source() + "/noise", Noise(3'000'000, 1));
  model_.options.threads = 1;
  model_.options.shard_size = 200'000;
  model_.options.force = true;
  const std::string partial = model_.bundle() + ".partial/";
  for (std::uint64_t n = 100; !fs::exists(partial + LeavesName(ShardName(4))); n += 10) {
    plan_ = {.fail_at = n, .forever = true};
    ASSERT_FALSE(model_.Seal());
    plan_ = {};
  }
  const Bytes first = ReadFile(partial + ShardName(0)), third = ReadFile(partial + ShardName(2));
  model_.options.force = false;
  model_.options.resume = true;
  ASSERT_TRUE(model_.Seal());
  EXPECT_EQ(ReadFile(model_.bundle() + "/" + ShardName(0)), first);
  EXPECT_EQ(ReadFile(model_.bundle() + "/" + ShardName(2)), third);
  ExpectWhole();
}

TEST_F(Resume, SourceThatChangedMeanwhileStopsIt) {
  MakeModel();
  plan_ = {.fail_at = 60, .forever = true};
  ASSERT_FALSE(model_.Seal());
  plan_ = {};
  WriteFile(model_.source() + "/weights", Bf16Weights(50'000, 2));
  model_.options.resume = true;
  EXPECT_EQ(model_.Seal().error().code, ErrorCode::kAltered);
}

TEST_F(Resume, FileAddedDuringTheSealStopsIt) {
  MakeModel();
  const auto sealer = Sealer::Start(model_.files(), model_.options, WrappingKey::Random());
  ASSERT_TRUE(sealer);
  WriteFile(model_.source() + "/a/new", std::string_view("late"));
  const auto sealed = (*sealer)->Run({}, {});
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().code, ErrorCode::kAltered);
  EXPECT_EQ(sealed.error().message, model_.source() + ": changed while it was being sealed");
}

TEST_F(Resume, ShardThatWasReplacedMeanwhileIsMadeAgain) {
  WriteFile(model_.source() + "/noise", Noise(3'000'000, 1));
  model_.options.threads = 1;
  model_.options.shard_size = 200'000;
  plan_ = {.fail_at = 100, .forever = true};
  ASSERT_FALSE(model_.Seal());
  plan_ = {};
  fs::remove(model_.bundle() + ".partial/" + ShardName(1));
  model_.options.resume = true;
  ASSERT_TRUE(model_.Seal());
  ExpectWhole();
}

TEST_F(Resume, OtherOptionsThanBeforeAreRefused) {
  MakeModel();
  plan_ = {.fail_at = 60, .forever = true};
  ASSERT_FALSE(model_.Seal());
  plan_ = {};
  model_.options.resume = true;
  model_.options.parity.reset();
  EXPECT_EQ(model_.Seal().error().code, ErrorCode::kInvalidArgument);
}

TEST_F(Resume, PartialBundleNeedsResumeOrForce) {
  MakeModel();
  plan_ = {.fail_at = 60, .forever = true};
  ASSERT_FALSE(model_.Seal());
  plan_ = {};
  const Status refused = model_.Seal();
  EXPECT_EQ(refused.error().code, ErrorCode::kExists);
  EXPECT_NE(refused.error().next.find("--resume"), std::string::npos);
  model_.options.force = true;
  ASSERT_TRUE(model_.Seal());
  ExpectWhole();
}

TEST_F(Resume, StoppedSealIsInterruptedAndGoesOnLater) {
  MakeModel();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(model_.Seal(stop.get_token()).error().code, ErrorCode::kInterrupted);
  model_.options.resume = true;
  ASSERT_TRUE(model_.Seal());
  ExpectWhole();
}

TEST_F(Resume, OutputThatExistsIsRefusedAndReplacedWithForce) {
  MakeModel();
  ASSERT_TRUE(model_.Seal());
  EXPECT_EQ(model_.Seal().error().code, ErrorCode::kExists);
  const Bytes before = ReadFile(model_.bundle() + "/catalogue");
  model_.options.force = true;
  ASSERT_TRUE(model_.Seal());
  EXPECT_NE(ReadFile(model_.bundle() + "/catalogue"), before);
  ExpectWhole();
}

TEST_F(Resume, OpenSurvivesAFaultAtEveryOperation) {
  MakeModel();
  fs::permissions(model_.source() + "/a", fs::perms(0750));
  ASSERT_TRUE(model_.Seal());
  const Tree source = ReadTree(model_.source());
  const auto bundle = model_.Open();
  for (std::uint64_t n = 1;; ++n) {
    SCOPED_TRACE("operation " + std::to_string(n));
    plan_ = {.fail_at = n, .forever = true};
    const bool opened =
        OpenInto(**bundle, model_.files(), model_.opened(), {.threads = 1}, {}, {}).has_value();
    const bool published = fs::exists(model_.opened());
    plan_ = {};
    if (!opened && !published) {
      const auto resumed =
          OpenInto(**bundle, model_.files(), model_.opened(), {.resume = true, .threads = 1}, {}, {});
      ASSERT_TRUE(resumed) << resumed.error().message;
    }
    ASSERT_EQ(ReadTree(model_.opened()), source);
    fs::remove_all(model_.opened());
    fs::remove(model_.opened() + ".partial.note");
    if (opened) return;
  }
}

TEST_F(Resume, FilesThatWereCompleteAreNotOpenedAgain) {
  for (int i = 0; i < 1000; ++i) WriteFile(model_.source() + "/" + std::to_string(i), Noise(1000, i));
  ASSERT_TRUE(model_.Seal());
  const auto bundle = model_.Open();
  plan_ = {.fail_at = 4200, .forever = true};
  ASSERT_FALSE(OpenInto(**bundle, model_.files(), model_.opened(), {.threads = 1}, {}, {}));
  plan_ = {};
  const auto resumed =
      OpenInto(**bundle, model_.files(), model_.opened(), {.resume = true, .threads = 1}, {}, {});
  ASSERT_TRUE(resumed) << resumed.error().message;
  EXPECT_GE(resumed->resumed_files, 256u);
  EXPECT_EQ(ReadTree(model_.opened()), ReadTree(model_.source()));
}

TEST_F(Resume, WhatAnotherRunWorksOnIsLeftAlone) {
  MakeModel();
  const auto expect_busy = [](const auto& result, const std::string& partial) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(result.error().message, partial + ": another run is at work on it");
  };
  {
    const auto other = Sealer::Start(model_.files(), model_.options, WrappingKey::Random());
    ASSERT_TRUE(other);
    for (const bool resume : {false, true}) {
      model_.options.resume = resume;
      expect_busy(model_.Seal(), model_.bundle() + ".partial");
    }
  }
  model_.options.resume = false;
  model_.options.force = true;
  ASSERT_TRUE(model_.Seal());
  {
    const auto other = WorkLock::Take(model_.files(), model_.opened());
    ASSERT_TRUE(other);
    expect_busy(model_.OpenInto({.resume = true}), model_.opened() + ".partial");
  }
  ASSERT_TRUE(model_.OpenInto());
  EXPECT_FALSE(fs::exists(model_.bundle() + ".partial.lock"));
  EXPECT_FALSE(fs::exists(model_.opened() + ".partial.lock"));
}

TEST_F(Resume, WhatNoOpenLeftIsNotContinued) {
  ASSERT_TRUE(model_.Seal());
  const std::string partial = model_.opened() + ".partial", elsewhere = model_ / "elsewhere";
  const auto expect_refused = [&] {
    const auto opened = model_.OpenInto({.resume = true});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kExists);
    EXPECT_EQ(opened.error().message, partial + ": was not left by an interrupted open");
    EXPECT_FALSE(fs::exists(model_.opened()));
  };
  fs::create_directory(elsewhere);
  fs::create_directory_symlink(elsewhere, partial);
  WriteFile(partial + ".note", std::string_view(""));
  expect_refused();
  EXPECT_TRUE(fs::is_empty(elsewhere));

  fs::remove(partial);
  fs::create_directory(partial);
  fs::permissions(partial, fs::perms(0777));
  expect_refused();

  fs::permissions(partial, fs::perms(0700));
  fs::remove(partial + ".note");
  expect_refused();
}

TEST_F(Resume, OpenOfAnotherBundleDoesNotContinueTheFirst) {
  MakeModel();
  ASSERT_TRUE(model_.Seal());
  const auto bundle = model_.Open();
  plan_ = {.fail_at = 30, .forever = true};
  ASSERT_FALSE(OpenInto(**bundle, model_.files(), model_.opened(), {.threads = 1}, {}, {}));
  plan_ = {};
  model_.options.force = true;
  ASSERT_TRUE(model_.Seal());
  EXPECT_EQ(model_.OpenInto({.resume = true}).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(Resume, DirectoryThatExistsIsRefusedAndReplacedWithForce) {
  MakeModel();
  ASSERT_TRUE(model_.Seal());
  WriteFile(model_.opened() + "/mine", std::string_view("old"));
  EXPECT_EQ(model_.OpenInto().error().code, ErrorCode::kExists);
  EXPECT_TRUE(fs::exists(model_.opened() + "/mine"));
  ASSERT_TRUE(model_.OpenInto({.force = true}));
  EXPECT_EQ(ReadTree(model_.opened()), ReadTree(model_.source()));
}

}  // namespace
}  // namespace strongroom::bundle
