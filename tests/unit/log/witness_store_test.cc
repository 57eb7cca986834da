#include "strongroom/log/witness_store.h"

#include <algorithm>
#include <array>
#include <thread>

#include "log_fixture.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/log/merkle.h"
#include "strongroom/selftest/faulty_file_system.h"
#include "strongroom/selftest/simulated_disk.h"

namespace strongroom::log {
namespace {

constexpr Timestamp kNow{1'795'000'000};

class WitnessStoreTest : public ::testing::Test {
 protected:
  WitnessStoreTest() {
    for (std::uint8_t i = 0; i < 40; ++i) tree_.Append(Digest{i});
    EXPECT_TRUE(CreateWitness(*files_, directory_, "witness.example/1"));
    EXPECT_TRUE(TrustLog(*files_, directory_, log_key_));
  }

  Expected<std::unique_ptr<WitnessStore>> Open() { return WitnessStore::Open(*files_, directory_); }
  [[nodiscard]] std::string Request(std::uint64_t old_size, std::uint64_t size) const {
    const auto proof = old_size == 0 ? std::vector<Digest>() : tree_.ConsistencyProof(old_size, size);
    const Checkpoint checkpoint{log_key_.name, size, tree_.Root(size)};
    return SerializeAddCheckpointRequest({old_size, proof, *SignCheckpoint(checkpoint, LogKey())});
  }
  // The status that a store answers, 0 for an error.
  int Ask(WitnessStore& store, std::uint64_t old_size, std::uint64_t size) {
    const auto answer = store.AddCheckpoint(Request(old_size, size), kNow);
    return answer ? answer->status : 0;
  }
  [[nodiscard]] std::string Path(std::string_view name) const { return JoinPath(directory_, name); }
  [[nodiscard]] static std::string OriginHash() { return Hex(crypto::Sha256(AsBytes(kOrigin))); }

  testing::TemporaryDirectory temporary_;
  std::unique_ptr<FileSystem> files_ = MakeRealFileSystem();
  std::string directory_ = temporary_ / "witness";
  envelope::NoteKey log_key_{std::string(kOrigin), LogKey().public_key()};
  MerkleTree tree_;
};

TEST_F(WitnessStoreTest, NewWitnessHasItsOwnKeyThatNobodyElseMayRead) {
  const auto overview = ReadWitness(*files_, directory_);
  ASSERT_TRUE(overview);
  EXPECT_EQ(overview->key.name, "witness.example/1");
  EXPECT_EQ(overview->logs, std::vector{log_key_});
  EXPECT_TRUE(overview->state.empty());
  EXPECT_EQ(files_->Stat(Path("witness.key"))->mode & 0777, 0600u);
  const auto other = CreateWitness(*files_, temporary_ / "other", "witness.example/1");
  ASSERT_TRUE(other);
  EXPECT_NE(other->key, overview->key.key);
}

TEST_F(WitnessStoreTest, WitnessIsNeverMadeInThePlaceOfAnother) {
  const Bytes key = *ReadWhole(*files_, Path("witness.key"), 100);
  EXPECT_EQ(CreateWitness(*files_, directory_, "witness.example/1").error().code, ErrorCode::kExists);
  EXPECT_EQ(*ReadWhole(*files_, Path("witness.key"), 100), key);
  EXPECT_EQ(CreateWitness(*files_, temporary_ / "x", "no name").error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(files_->Stat(temporary_ / "x"));
}

TEST_F(WitnessStoreTest, RemembersAcrossRestarts) {
  std::uint64_t last = 0;
  for (const std::uint64_t size : {0, 0, 1, 7, 7, 40}) {
    const auto store = Open();
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(Ask(**store, last, size), 200);
    EXPECT_EQ(Ask(**store, last, size), size > last ? 409 : 200);
    last = size;
  }
}

TEST_F(WitnessStoreTest, NewestCheckpointIsThereForMonitorsWithoutSignaturesOfStrangers) {
  const auto store = *Open();
  EXPECT_EQ(store->NewestCheckpoint(OriginHash()).error().code, ErrorCode::kNotFound);
  std::string body = Request(0, 3);
  const envelope::Note stranger = *envelope::SignNote(
      envelope::ParseNote(body.substr(body.find("\n\n") + 2))->text, "stranger", LogKey(9));
  body += envelope::SerializeNoteSignature(stranger.signatures[0]);
  ASSERT_EQ(store->AddCheckpoint(body, kNow)->status, 200);
  const auto note = store->NewestCheckpoint(OriginHash());
  ASSERT_TRUE(note);
  EXPECT_EQ(VerifyCheckpoint(*note, log_key_), (Checkpoint{log_key_.name, 3, tree_.Root(3)}));
  const envelope::Note parsed = *envelope::ParseNote(*note);
  EXPECT_EQ(parsed.signatures.size(), 2u);
  EXPECT_EQ(VerifyCosignatures(parsed, std::array{store->key()}), (std::vector<Cosignature>{{0, kNow}}));
  for (const std::string& bad : std::vector<std::string>{"", "..", "../state", "ABCD", OriginHash() + "0"}) {
    EXPECT_EQ(store->NewestCheckpoint(bad).error().code, ErrorCode::kNotFound) << bad;
  }
}

TEST_F(WitnessStoreTest, DirectoryIsServedOnce) {
  auto first = Open();
  ASSERT_TRUE(first);
  EXPECT_EQ(Open().error().code, ErrorCode::kUnavailable);
  first->reset();
  EXPECT_TRUE(Open());
}

TEST_F(WitnessStoreTest, LostStateIsNotMadeAnew) {
  ASSERT_EQ(Ask(**Open(), 0, 8), 200);
  ASSERT_TRUE(files_->Remove(Path("state")));
  EXPECT_EQ(Open().error().code, ErrorCode::kTruncated);
  EXPECT_EQ(ReadWitness(*files_, directory_).error().code, ErrorCode::kTruncated);
  EXPECT_FALSE(files_->Stat(Path("state")));
}

TEST_F(WitnessStoreTest, StatePutBackIsNoticedByTheCheckpointsBesideIt) {
  ASSERT_EQ(Ask(**Open(), 0, 8), 200);
  const Bytes older = *ReadWhole(*files_, Path("state"), 1000);
  ASSERT_EQ(Ask(**Open(), 8, 9), 200);
  ASSERT_TRUE(WriteDurably(*files_, Path("state"), older));
  EXPECT_EQ(Open().error().code, ErrorCode::kRolledBack);
  ASSERT_TRUE(WriteDurably(*files_, Path("state"), AsBytes(SerializeWitnessState({}))));
  EXPECT_EQ(Open().error().code, ErrorCode::kRolledBack);
}

TEST_F(WitnessStoreTest, DamagedOrForeignFilesAreRefused) {
  const auto broken = [&](std::string_view name, std::string_view content) {
    const Bytes good = *ReadWhole(*files_, Path(name), 1 << 20);
    EXPECT_TRUE(WriteDurably(*files_, Path(name), AsBytes(content)));
    const ErrorCode code = Open().error().code;
    EXPECT_TRUE(WriteDurably(*files_, Path(name), good));
    return code;
  };
  EXPECT_EQ(broken("state", ""), ErrorCode::kMalformed);
  EXPECT_EQ(broken("state", "strongroom.witness.v2\n"), ErrorCode::kMalformed);
  EXPECT_EQ(broken("logs", "nonsense\n"), ErrorCode::kMalformed);
  EXPECT_EQ(broken("logs", log_key_.ToText()), ErrorCode::kMalformed);
  EXPECT_EQ(broken("witness", log_key_.ToText() + "\n"), ErrorCode::kUnsupported);
  EXPECT_EQ(broken("witness.key", std::string(31, 'k')), ErrorCode::kMalformed);
  EXPECT_EQ(broken("witness.key", std::string(32, 'k')), ErrorCode::kAltered);
  ASSERT_TRUE(files_->SetMode(Path("witness.key"), 0640));
  EXPECT_EQ(Open().error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(WitnessStore::Open(*files_, temporary_ / "absent").error().code, ErrorCode::kNotFound);
}

TEST_F(WitnessStoreTest, LogLosesItsKeysAndNotItsPast) {
  const auto store = *Open();
  ASSERT_EQ(Ask(*store, 0, 8), 200);
  ASSERT_TRUE(DistrustLog(*files_, directory_, log_key_));
  EXPECT_EQ(Ask(*store, 8, 9), 404);
  EXPECT_EQ(DistrustLog(*files_, directory_, log_key_).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(TrustLog(*files_, directory_, log_key_));
  EXPECT_TRUE(TrustLog(*files_, directory_, log_key_)) << "a key that it knows";
  EXPECT_EQ(Ask(*store, 0, 3), 409);
  EXPECT_EQ(Ask(*store, 8, 9), 200);
}

TEST_F(WitnessStoreTest, RequestsAtOnceAreDecidedOneByOne) {
  const auto store = *Open();
  ASSERT_EQ(Ask(*store, 0, 1), 200);
  std::array<int, 39> statuses{};
  {
    std::vector<std::jthread> clients;
    for (std::size_t i = 0; i < statuses.size(); ++i) {
      clients.emplace_back([&, i] { statuses[i] = Ask(*store, 1, i + 2); });
    }
  }
  EXPECT_EQ(std::ranges::count(statuses, 200), 1);
  EXPECT_EQ(std::ranges::count(statuses, 409), 38);
  const auto winner = static_cast<std::uint64_t>(std::ranges::find(statuses, 200) - statuses.begin()) + 2;
  EXPECT_EQ(ReadWitness(*files_, directory_)->state.at(std::string(kOrigin)).size, winner);
}

// Whatever operation fails, once or for ever, done or not: an answer of 200 was durable before.
TEST_F(WitnessStoreTest, FailingDiskCosignsNothingThatItWouldForget) {
  for (const bool forever : {false, true}) {
    for (const bool done_first : {false, true}) {
      for (std::uint64_t fail_at = 1; fail_at < 32; ++fail_at) {
        const std::uint64_t before = ReadWitness(*files_, directory_)->state[std::string(kOrigin)].size;
        const std::uint64_t asked = before < 40 ? before + 1 : before;
        selftest::FaultPlan plan;
        const auto faulty = selftest::MakeFaultyFileSystem(*files_, plan);
        auto store = WitnessStore::Open(*faulty, directory_);
        ASSERT_TRUE(store);
        plan.fail_at = plan.operations + fail_at;
        plan.forever = forever;
        plan.done_first = done_first;
        plan.half_written = true;
        const bool cosigned = Ask(**store, before, asked) == 200;
        store->reset();
        ASSERT_TRUE(Open());
        const std::uint64_t after = ReadWitness(*files_, directory_)->state[std::string(kOrigin)].size;
        EXPECT_GE(after, cosigned ? asked : before) << fail_at;
      }
    }
  }
}

// Killed at every operation in turn, and the power gone at once: what was answered is remembered.
TEST_F(WitnessStoreTest, PowerLossTakesBackNoCosignature) {
  selftest::SimulatedDisk fresh;
  ASSERT_TRUE(CreateWitness(fresh, "/w", "witness.example/1"));
  ASSERT_TRUE(TrustLog(fresh, "/w", log_key_));
  bool finished = false;
  for (std::uint64_t kill_at = 1; !finished; ++kill_at) {
    const auto disk = fresh.Copy();
    selftest::FaultPlan plan{.fail_at = kill_at, .forever = true};
    const auto failing = selftest::MakeFaultyFileSystem(*disk, plan);
    std::uint64_t answered = 0;
    if (auto store = WitnessStore::Open(*failing, "/w")) {
      while (answered < 3 && Ask(**store, answered, answered + 1) == 200) ++answered;
    }
    finished = answered == 3;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const auto found = disk->AfterPowerLoss(seed);
      const auto store = WitnessStore::Open(*found, "/w");
      ASSERT_TRUE(store) << kill_at << ": " << store.error().message;
      EXPECT_GE(ReadWitness(*found, "/w")->state[std::string(kOrigin)].size, answered) << kill_at;
    }
  }
}

TEST_F(WitnessStoreTest, PowerLossWhileItIsMadeLeavesAWholeWitnessOrNone) {
  bool finished = false;
  for (std::uint64_t kill_at = 1; !finished; ++kill_at) {
    selftest::SimulatedDisk disk;
    selftest::FaultPlan plan{.fail_at = kill_at, .forever = true};
    finished =
        CreateWitness(*selftest::MakeFaultyFileSystem(disk, plan), "/w", "witness.example/1").has_value();
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const auto found = disk.AfterPowerLoss(seed);
      const bool there = found->Stat("/w").has_value();
      EXPECT_EQ(WitnessStore::Open(*found, "/w").has_value(), there);
      EXPECT_TRUE(there || !finished);
    }
  }
}

}  // namespace
}  // namespace strongroom::log
