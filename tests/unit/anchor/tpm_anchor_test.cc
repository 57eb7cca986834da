#include "strongroom/anchor/tpm_anchor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "anchor/anchor_state.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/log/merkle.h"
#include "strongroom/selftest/faulty_file_system.h"
#include "testing/swtpm.h"
#include "testing/temporary_directory.h"

namespace strongroom::anchor {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// A log as far as an anchor sees one.
class GrowingLog {
 public:
  log::Checkpoint Append() {
    tree_.Append(crypto::MerkleLeafHash(AsBytes(std::to_string(tree_.size()))));
    return head();
  }
  [[nodiscard]] log::Checkpoint head() const { return {"example.com/log", tree_.size(), tree_.Root()}; }
  [[nodiscard]] LogHolds Holds() const {
    return [this](const log::Checkpoint& asked) -> Status {
      if (asked.size <= tree_.size() && asked.root == tree_.Root(asked.size)) return {};
      return Fail(ErrorCode::kAltered, "not in this log");
    };
  }

 private:
  log::MerkleTree tree_;
};

class Anchored : public ::testing::Test {
 protected:
  void SetUp() override {
    const Status set = anchor_.Set(log_.Append(), 1);
    ASSERT_TRUE(set) << set.error().message;
  }
  TpmOpener Opener() {
    return [this] { return tpm::Context::Open(swtpm_.tcti()); };
  }
  // Copies the anchor's files, as a backup of the home does.
  void Copy(const std::string& from, const std::string& to) const {
    for (const std::string end : {"", ".key"})
      fs::copy_file(from + end, to + end, fs::copy_options::overwrite_existing);
  }
  AnchorState State() { return *ParseAnchorState(*ReadWhole(*files_, path_, 1 << 20)); }
  void Put(const AnchorState& state) {
    ASSERT_TRUE(WriteDurably(*files_, path_, AsBytes(SerializeAnchorState(state))));
  }
  // Does a part of a step as a process does that is then stopped.
  template <typename Work>
  void OnTpm(Work work) {
    auto context = Opener()();
    ASSERT_TRUE(context);
    const auto key = ReadWhole(*files_, path_ + ".key", 32);
    auto session = tpm::NvSession::Open(*context, State().root, SecretBytes::CopyOf(*key));
    ASSERT_TRUE(session) << session.error().message;
    const Status done = work(*session);
    ASSERT_TRUE(done) << done.error().message;
  }
  ErrorCode CheckFailure() {
    const Status checked = anchor_.Check(log_.Holds());
    return checked ? ErrorCode::kInternal : checked.error().code;
  }

  testing::Swtpm swtpm_;
  testing::TemporaryDirectory directory_;
  std::unique_ptr<FileSystem> files_ = MakeRealFileSystem();
  const std::string path_ = directory_ / "log.anchor";
  GrowingLog log_;
  TpmAnchor anchor_{*files_, path_, Opener()};
};

TEST_F(Anchored, EachAdvanceIsVouchedForAlsoAfterAPowerCut) {
  const std::uint64_t first = anchor_.Read()->count;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(anchor_.Advance(log_.Append()));
  swtpm_.Reboot();
  EXPECT_TRUE(anchor_.Check(log_.Holds()));
  const auto standing = anchor_.Read();
  ASSERT_TRUE(standing) << standing.error().message;
  EXPECT_EQ(standing->checkpoint, log_.head());
  EXPECT_EQ(standing->count, first + 3);
}

TEST_F(Anchored, LogMayBeAheadOfIt) {
  log_.Append();
  EXPECT_TRUE(anchor_.Check(log_.Holds()));
}

TEST_F(Anchored, RestoredCopyIsRolledBack) {
  ASSERT_TRUE(anchor_.Advance(log_.Append()));
  const GrowingLog old_log = log_;
  Copy(path_, directory_ / "backup");
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(anchor_.Advance(log_.Append()));
    Copy(path_, directory_ / "newer");
    Copy(directory_ / "backup", path_);
    const Status checked = anchor_.Check(old_log.Holds());
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::kRolledBack);
    EXPECT_THAT(checked.error().message, HasSubstr("went on after this copy"));
    EXPECT_EQ(anchor_.Advance(log_.head()).error().code, ErrorCode::kRolledBack);
    EXPECT_EQ(anchor_.Read().error().code, ErrorCode::kRolledBack);
    Copy(directory_ / "newer", path_);
    EXPECT_TRUE(anchor_.Check(log_.Holds()));
  }
}

TEST_F(Anchored, LogThatLacksTheAnchoredEntriesIsRolledBack) {
  const GrowingLog shorter = log_;
  ASSERT_TRUE(anchor_.Advance(log_.Append()));
  const Status checked = anchor_.Check(shorter.Holds());
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::kRolledBack);
  EXPECT_THAT(checked.error().message, HasSubstr("does not hold the 2 entries"));
}

TEST_F(Anchored, FileEditedToAnOlderCheckpointIsRolledBack) {
  const log::Checkpoint older = log_.head();
  ASSERT_TRUE(anchor_.Advance(log_.Append()));
  AnchorState state = State();
  state.anchored->checkpoint = older;
  Put(state);
  EXPECT_EQ(CheckFailure(), ErrorCode::kRolledBack);
}

TEST_F(Anchored, StoppedAfterEachStepIsCompleted) {
  const AnchorState before = State();
  AnchorState pending = before;
  pending.pending = log_.Append();
  Put(pending);
  EXPECT_TRUE(anchor_.Check(log_.Holds()));  // stopped before the counter
  EXPECT_EQ(State().anchored, pending.Next());

  pending = State();
  pending.pending = log_.Append();
  Put(pending);
  OnTpm([&](tpm::NvSession& nv) { return nv.Increment(pending.Counter()); });
  EXPECT_EQ(anchor_.Read()->checkpoint, pending.anchored->checkpoint);
  EXPECT_TRUE(anchor_.Check(log_.Holds()));  // stopped before the chain
  EXPECT_EQ(State().anchored, pending.Next());

  pending = State();
  pending.pending = log_.Append();
  Put(pending);
  OnTpm([&](tpm::NvSession& nv) { return nv.Increment(pending.Counter()); });
  OnTpm([&](tpm::NvSession& nv) { return nv.Extend(pending.Chain(), pending.Next().Extension()); });
  EXPECT_EQ(anchor_.Read()->checkpoint, log_.head());
  EXPECT_TRUE(anchor_.Check(log_.Holds()));  // stopped before the file
  EXPECT_EQ(State().anchored, pending.Next());
  EXPECT_FALSE(State().pending);
}

TEST_F(Anchored, PendingCheckpointThatTheLogLacksIsRolledBack) {
  AnchorState state = State();
  state.pending = log::Checkpoint{"example.com/log", 9, Digest{}};
  Put(state);
  EXPECT_EQ(CheckFailure(), ErrorCode::kRolledBack);
}

TEST_F(Anchored, AdvanceCompletesWhatAFailedOneLeft) {
  AnchorState pending = State();
  pending.pending = log_.Append();
  Put(pending);
  ASSERT_TRUE(anchor_.Advance(log_.Append()));
  EXPECT_EQ(State().anchored->count, pending.anchored->count + 2);
  EXPECT_TRUE(anchor_.Check(log_.Holds()));
}

TEST_F(Anchored, EveryFileOperationThatFailsLeavesItRecoverable) {
  selftest::FaultPlan plan;
  const auto faulty = selftest::MakeFaultyFileSystem(*files_, plan);
  const TpmAnchor anchor(*faulty, path_, Opener());
  ASSERT_TRUE(anchor.Advance(log_.Append()));
  const std::uint64_t operations = plan.operations;
  ASSERT_GT(operations, 10U);
  for (std::uint64_t at = 1; at <= operations; ++at) {
    plan = {.fail_at = at, .forever = true, .half_written = at % 2 == 0};
    const Status advanced = anchor.Advance(log_.Append());
    ASSERT_FALSE(advanced) << at;
    EXPECT_EQ(advanced.error().code, ErrorCode::kLogUnavailable) << at;
    plan = {};
    const Status checked = anchor_.Check(log_.Holds());
    ASSERT_TRUE(checked) << at << ": " << checked.error().message;
    ASSERT_TRUE(anchor_.Advance(log_.head()));
    EXPECT_EQ(anchor_.Read()->checkpoint, log_.head());
  }
}

TEST_F(Anchored, TpmThatIsGoneOrAnotherMakesTheLogUnavailable) {
  const testing::Swtpm other;
  const TpmAnchor elsewhere(*files_, path_, [&] { return tpm::Context::Open(other.tcti()); });
  EXPECT_EQ(elsewhere.Check(log_.Holds()).error().code, ErrorCode::kLogUnavailable);
  swtpm_.PowerOff();
  EXPECT_EQ(CheckFailure(), ErrorCode::kLogUnavailable);
  EXPECT_EQ(anchor_.Advance(log_.Append()).error().code, ErrorCode::kLogUnavailable);
}

TEST_F(Anchored, IndicesTakenAwayOrMadeAnewAreAltered) {
  const AnchorState state = State();
  OnTpm([&](tpm::NvSession& nv) { return nv.Undefine(state.Counter()); });
  EXPECT_EQ(CheckFailure(), ErrorCode::kAltered);
  OnTpm([&](tpm::NvSession& nv) { return nv.Define(state.Counter()); });
  OnTpm([&](tpm::NvSession& nv) { return nv.Increment(state.Counter()); });
  EXPECT_EQ(CheckFailure(), ErrorCode::kRolledBack);  // the same key, but the counter is above
}

TEST_F(Anchored, EveryLeavesOutWhatIsNotDue) {
  ASSERT_TRUE(anchor_.Remove());
  ASSERT_TRUE(anchor_.Set(log_.head(), 3));
  const std::uint64_t count = anchor_.Read()->count;
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(anchor_.Advance(log_.Append()));
  EXPECT_EQ(anchor_.Read()->count, count + 2);
  EXPECT_EQ(anchor_.Read()->checkpoint.size, 7U);
}

TEST_F(Anchored, OlderCheckpointIsLeftOut) {
  const log::Checkpoint older = log_.Append();
  ASSERT_TRUE(anchor_.Advance(log_.Append()));
  EXPECT_TRUE(anchor_.Advance(older));
  EXPECT_EQ(anchor_.Read()->checkpoint, log_.head());
}

TEST_F(Anchored, RemovedOneIsGoneFromTpmAndFiles) {
  const std::string handles = swtpm_.Tool({"tpm2_getcap", "handles-nv-index"});
  EXPECT_THAT(handles, HasSubstr("0x1805200"));
  const auto removed = anchor_.Remove();
  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_FALSE(*removed);
  EXPECT_FALSE(*anchor_.IsSet());
  EXPECT_FALSE(fs::exists(path_ + ".key"));
  EXPECT_EQ(swtpm_.Tool({"tpm2_getcap", "handles-nv-index"}).find("0x18052"), std::string::npos);
  EXPECT_TRUE(anchor_.Check(log_.Holds()));
  EXPECT_TRUE(anchor_.Advance(log_.Append()));
  EXPECT_EQ(anchor_.Read().error().code, ErrorCode::kNotFound);
  EXPECT_EQ(anchor_.Remove().error().code, ErrorCode::kNotFound);
}

TEST_F(Anchored, RemovedWithoutItsTpmLeavesTheIndicesAndSaysSo) {
  swtpm_.PowerOff();
  const auto removed = anchor_.Remove();
  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_TRUE(*removed);
  EXPECT_FALSE(*anchor_.IsSet());
}

TEST_F(Anchored, SetTwiceExists) {
  EXPECT_EQ(anchor_.Set(log_.head(), 1).error().code, ErrorCode::kExists);
  EXPECT_TRUE(anchor_.Check(log_.Holds()));
}

TEST_F(Anchored, HalfMadeOneIsRefusedAndMadeAnewInItsPlace) {
  AnchorState state = State();
  state.anchored.reset();
  Put(state);
  EXPECT_EQ(CheckFailure(), ErrorCode::kLogUnavailable);
  ASSERT_TRUE(anchor_.Set(log_.head(), 1));
  EXPECT_EQ(State().handle, state.handle);
  EXPECT_TRUE(anchor_.Check(log_.Holds()));
}

TEST_F(Anchored, TwoLogsShareATpm) {
  GrowingLog other_log;
  const std::string other_path = directory_ / "other.anchor";
  TpmAnchor other(*files_, other_path, Opener());
  ASSERT_TRUE(other.Set(other_log.Append(), 1));
  ASSERT_TRUE(other.Advance(other_log.Append()));
  EXPECT_TRUE(anchor_.Check(log_.Holds()));
  EXPECT_TRUE(other.Check(other_log.Holds()));
}

TEST_F(Anchored, KeyThatOthersCanReadAndFileThatDoesNotParseAreRefused) {
  fs::permissions(path_ + ".key", fs::perms::group_read, fs::perm_options::add);
  EXPECT_EQ(CheckFailure(), ErrorCode::kLogUnavailable);
  fs::permissions(path_ + ".key", fs::perms::group_read, fs::perm_options::remove);
  ASSERT_TRUE(WriteDurably(*files_, path_, AsBytes("{}")));
  EXPECT_EQ(CheckFailure(), ErrorCode::kAltered);
}

TEST(TpmAnchor, SetThatFailsLeavesNothing) {
  testing::Swtpm swtpm;
  const testing::TemporaryDirectory directory;
  GrowingLog log;
  selftest::FaultPlan plan;
  const auto files = MakeRealFileSystem();
  const auto faulty = selftest::MakeFaultyFileSystem(*files, plan);
  const auto opener = [&] { return tpm::Context::Open(swtpm.tcti()); };
  TpmAnchor anchor(*faulty, directory / "log.anchor", opener);
  for (std::uint64_t at = 1; at < 40; ++at) {
    plan = {.fail_at = at};
    const Status set = anchor.Set(log.Append(), 1);
    plan = {};
    if (set) {
      ASSERT_TRUE(anchor.Remove());
      continue;
    }
    EXPECT_FALSE(*anchor.IsSet()) << at;
    EXPECT_EQ(swtpm.Tool({"tpm2_getcap", "handles-nv-index"}).find("0x18052"), std::string::npos) << at;
  }
  swtpm.PowerOff();
  EXPECT_EQ(anchor.Set(log.head(), 1).error().code, ErrorCode::kNoKey);
  EXPECT_FALSE(*anchor.IsSet());
}

}  // namespace
}  // namespace strongroom::anchor
