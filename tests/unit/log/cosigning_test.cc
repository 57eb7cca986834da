#include "strongroom/log/cosigning.h"

#include <array>
#include <mutex>

#include "log_fixture.h"
#include "strongroom/log/witness.h"
#include "tiles_in_memory.h"

namespace strongroom::log {
namespace {

using ::testing::HasSubstr;

constexpr Timestamp kNow{1'795'000'000};

// A real witness behind a function in the place of a network.
struct FakeNetworkWitness {
  explicit FakeNetworkWitness(std::uint8_t seed)
      : key(LogKey(seed)), witness{"w" + std::to_string(seed) + ".example", &key, {}} {
    witness.logs = {{std::string(kOrigin), LogKey().public_key()}};
  }
  Expected<WitnessAnswer> Answer(const std::string& body) {
    ++requests;
    if (down) return Fail(ErrorCode::kUnavailable, "nobody answers");
    if (scripted.status != 0) return scripted;
    AddCheckpointAnswer answer = AnswerAddCheckpoint(body, witness, state, kNow);
    if (answer.next) state = *answer.next;
    if (is_terse && answer.status == 409) return WitnessAnswer{409, ""};
    return WitnessAnswer{answer.status, answer.body};
  }
  [[nodiscard]] std::string PolicyLine() const {
    return "witness " + witness.name + " " + CosignerKey{witness.name, key.public_key()}.ToText() +
           " http://" + witness.name + "/prefix/\n";
  }

  crypto::Ed25519PrivateKey key;
  Witness witness;
  WitnessState state;
  int requests = 0;
  bool down = false;
  bool is_terse = false;  // names no size in a conflict
  WitnessAnswer scripted;
};

class CosigningTest : public ::testing::Test {
 protected:
  CosigningTest() {
    std::string text;
    for (const auto& witness : witnesses_) text += witness->PolicyLine();
    policy_ = *WitnessPolicy::Parse(text + "group g 2 w2.example w3.example w4.example\nquorum g\n");
  }

  // Asks for the first `size` entries of `tiles`.
  Expected<Cosigning> Cosign(TilesInMemory& tiles) {
    const std::uint64_t size = tiles.tree.size();
    auto note = *SignCheckpoint({std::string(kOrigin), size, tiles.tree.Root()}, LogKey());
    auto reader = *LogReader::Open(tiles, note, std::array{log_key_});
    return CollectCosignatures(
        reader, policy_, [&](std::size_t i, const std::string& url, const std::string& body) {
          EXPECT_EQ(url, "http://" + witnesses_[i]->witness.name + "/prefix/add-checkpoint");
          return witnesses_[i]->Answer(body);
        });
  }
  Expected<Cosigning> Cosign(std::uint64_t size) {
    TilesInMemory tiles(size);
    return Cosign(tiles);
  }
  [[nodiscard]] bool MeetsQuorum(const Cosigning& cosigning) const {
    return VerifyWitnessedCheckpoint(cosigning.note, std::array{log_key_}, policy_, std::nullopt).has_value();
  }

  envelope::NoteKey log_key_{std::string(kOrigin), LogKey().public_key()};
  std::array<std::unique_ptr<FakeNetworkWitness>, 3> witnesses_ = {std::make_unique<FakeNetworkWitness>(2),
                                                                   std::make_unique<FakeNetworkWitness>(3),
                                                                   std::make_unique<FakeNetworkWitness>(4)};
  WitnessPolicy policy_ = *WitnessPolicy::Parse("quorum none\n");
};

TEST_F(CosigningTest, GrowingLogIsCosignedByAll) {
  for (const std::uint64_t size : {0, 0, 1, 2, 255, 256, 300, 300, 1000}) {
    const auto cosigning = Cosign(size);
    ASSERT_TRUE(cosigning) << cosigning.error().message;
    for (const Status& outcome : cosigning->outcomes) EXPECT_TRUE(outcome) << outcome.error().message;
    const auto witnessed =
        VerifyWitnessedCheckpoint(cosigning->note, std::array{log_key_}, policy_, std::nullopt);
    ASSERT_TRUE(witnessed);
    EXPECT_EQ(witnessed->checkpoint.size, size);
    EXPECT_EQ(witnessed->cosignatures.size(), 3u);
  }
}

TEST_F(CosigningTest, WitnessesBehindAreBroughtUpFromWhereTheyAre) {
  witnesses_[0]->down = true;
  ASSERT_TRUE(Cosign(10));
  witnesses_[0]->down = false;
  witnesses_[1]->down = true;
  const auto cosigning = Cosign(500);
  ASSERT_TRUE(cosigning);
  EXPECT_TRUE(cosigning->outcomes[0]);
  EXPECT_EQ(cosigning->outcomes[1].error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(cosigning->outcomes[2]);
  EXPECT_TRUE(MeetsQuorum(*cosigning));
  EXPECT_EQ(witnesses_[2]->state.at(std::string(kOrigin)).size, 500u);
}

TEST_F(CosigningTest, TooFewIsForThePolicyToSay) {
  witnesses_[0]->down = witnesses_[1]->down = true;
  const auto cosigning = Cosign(10);
  ASSERT_TRUE(cosigning);
  EXPECT_FALSE(MeetsQuorum(*cosigning));
}

TEST_F(CosigningTest, LogThatWasRolledBackIsToldSo) {
  ASSERT_TRUE(Cosign(20));
  const auto back = Cosign(19);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, ErrorCode::kRolledBack);
  EXPECT_THAT(back.error().message, HasSubstr("w2.example"));
  EXPECT_THAT(back.error().message, HasSubstr("20 entries"));
}

TEST_F(CosigningTest, LogThatWasForkedIsToldSoByTheOneWhoSaw) {
  witnesses_[0]->down = witnesses_[1]->down = true;
  ASSERT_TRUE(Cosign(20));
  witnesses_[0]->down = witnesses_[1]->down = false;
  // Another history of the same length and more.
  for (const std::uint64_t size : {20, 30}) {
    TilesInMemory fork(size);
    fork.files.clear();
    MerkleTree other;
    std::vector<Digest> hashes;
    for (std::uint64_t i = 0; i < size; ++i) hashes.push_back(Digest{static_cast<std::uint8_t>(i), 9});
    for (const Digest& hash : hashes) other.Append(hash);
    fork.tree = other;
    fork.files[TilePath(HashTileAt(0, 0, size))] = SerializeTile(hashes);
    const auto forked = Cosign(fork);
    ASSERT_FALSE(forked);
    EXPECT_EQ(forked.error().code, ErrorCode::kRolledBack);
    EXPECT_THAT(forked.error().message, HasSubstr("w4.example"));
    for (const auto& witness : witnesses_) EXPECT_LE(witness->state[std::string(kOrigin)].size, 30u);
    witnesses_[0]->state.clear();
    witnesses_[1]->state.clear();
  }
}

TEST_F(CosigningTest, EveryOtherStatusIsAReportAndNoMore) {
  const std::pair<WitnessAnswer, ErrorCode> cases[] = {
      {{400, "no"}, ErrorCode::kInvalidArgument},
      {{403, "no"}, ErrorCode::kUntrusted},
      {{404, "no"}, ErrorCode::kNotFound},
      {{422, "no"}, ErrorCode::kMalformed},
      {{429, ""}, ErrorCode::kUnavailable},
      {{503, ""}, ErrorCode::kUnavailable},
      {{302, ""}, ErrorCode::kUnavailable},
      {{200, ""}, ErrorCode::kMalformed},
      {{200, "not a signature\n"}, ErrorCode::kMalformed},
      {{409, "5\n"}, ErrorCode::kMalformed},
  };
  for (const auto& [answer, code] : cases) {
    witnesses_[0]->scripted = answer;
    witnesses_[0]->requests = 0;
    const auto cosigning = Cosign(10);
    ASSERT_TRUE(cosigning) << answer.status;
    ASSERT_FALSE(cosigning->outcomes[0]) << answer.status;
    EXPECT_EQ(cosigning->outcomes[0].error().code, code)
        << answer.status << cosigning->outcomes[0].error().message;
    EXPECT_LE(witnesses_[0]->requests, 2);
    EXPECT_TRUE(MeetsQuorum(*cosigning));
  }
}

// Signature lines by a witness over the checkpoint of the first `size` entries, one a time.
std::string LinesBy(const FakeNetworkWitness& by, std::uint64_t size, std::span<const Timestamp> times) {
  const std::string text = CheckpointText({std::string(kOrigin), size, TilesInMemory(size).tree.Root()});
  std::string lines;
  for (const Timestamp time : times)
    lines += envelope::SerializeNoteSignature(*Cosign(text, by.witness.name, by.key, time));
  return lines;
}

TEST_F(CosigningTest, WitnessThatAnswersManyTimesCountsOnceAndCrowdsOutNobody) {
  std::vector<Timestamp> times;
  for (std::int64_t i = 0; i < 62; ++i) times.push_back({kNow.seconds - (i * 7) % 62});
  witnesses_[0]->scripted = {200, LinesBy(*witnesses_[0], 10, times)};
  const auto cosigning = Cosign(10);
  ASSERT_TRUE(cosigning) << cosigning.error().message;
  for (const Status& outcome : cosigning->outcomes) EXPECT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(MeetsQuorum(*cosigning));
  const auto note = envelope::ParseNote(cosigning->note, kMaxCheckpointSize);
  EXPECT_EQ(note->signatures.size(), 4u) << "the log's, and one a witness";
  EXPECT_EQ(VerifyCosignatures(*note, policy_.WitnessKeys())->front().time, kNow);
}

TEST_F(CosigningTest, AnswerThatIsPlayedBackTakesNoNewerOnesPlace) {
  const auto note = SignCheckpoint({std::string(kOrigin), 10, TilesInMemory(10).tree.Root()}, LogKey());
  const auto add = [&](const std::string& to, std::int64_t seconds) {
    const std::string lines = LinesBy(*witnesses_[0], 10, std::array{Timestamp{seconds}});
    return ReadAddCheckpointAnswer(to, 200, lines, policy_.WitnessKeys())->note;
  };
  const std::string newer = add(*note, 2000);
  EXPECT_EQ(add(newer, 1000), newer);
  EXPECT_EQ(add(add(*note, 1000), 2000), newer);
}

TEST_F(CosigningTest, CosignatureThatFindsNoRoomIsThatWitnesssFailure) {
  TilesInMemory tiles(10);
  auto note = *envelope::ParseNote(*SignCheckpoint({std::string(kOrigin), 10, tiles.tree.Root()}, LogKey()),
                                   kMaxCheckpointSize);
  for (std::uint32_t i = 0; i < 61; ++i) note.signatures.push_back({"stranger", i, Bytes(64)});
  auto reader = *LogReader::Open(tiles, envelope::SerializeNote(note), std::array{log_key_});
  const auto cosigning =
      CollectCosignatures(reader, policy_, [&](std::size_t i, const std::string&, const std::string& body) {
        return witnesses_[i]->Answer(body);
      });
  ASSERT_TRUE(cosigning) << cosigning.error().message;
  EXPECT_TRUE(cosigning->outcomes[0]);
  EXPECT_TRUE(cosigning->outcomes[1]);
  EXPECT_EQ(cosigning->outcomes[2].error().code, ErrorCode::kMalformed);
  EXPECT_EQ(cosigning->outcomes[2].error().message, "the checkpoint would have more than 64 signatures");
  EXPECT_TRUE(MeetsQuorum(*cosigning));
}

// Version 1.0.0 of the protocol says 409 for another root of the same size; transparency-dev's witness names
// no size then.
TEST_F(CosigningTest, ForkToldAsAConflictIsAFork) {
  for (const WitnessAnswer& answer : {WitnessAnswer{409, "10\n"}, WitnessAnswer{409, ""}}) {
    witnesses_[0]->scripted = answer;
    witnesses_[0]->requests = 0;
    const auto forked = Cosign(10);
    ASSERT_FALSE(forked) << answer.body;
    EXPECT_EQ(forked.error().code, ErrorCode::kRolledBack);
    EXPECT_EQ(
        forked.error().message,
        "witness 'w2.example': it cosigned 10 entries of this log that are not those in it: the log was "
        "forked");
    EXPECT_EQ(witnesses_[0]->requests, 2);
  }
}

TEST_F(CosigningTest, SizelessConflictThatIsNoForkEndsInACosignature) {
  ASSERT_TRUE(Cosign(10));
  for (const auto& witness : witnesses_) witness->is_terse = true;
  const auto cosigning = Cosign(10);
  ASSERT_TRUE(cosigning);
  for (const Status& outcome : cosigning->outcomes) EXPECT_TRUE(outcome) << outcome.error().message;
}

TEST_F(CosigningTest, RefusalOfAFirstQuestionIsTheWitnessesFault) {
  witnesses_[0]->scripted = {422, "no"};
  const auto cosigning = Cosign(10);
  ASSERT_TRUE(cosigning);
  EXPECT_EQ(cosigning->outcomes[0].error().message,
            "the witness is at fault: it refuses a first question, which proves nothing");
}

TEST_F(CosigningTest, TilesThatDoNotLeadToTheCheckpointAreFoundHere) {
  ASSERT_TRUE(Cosign(10));
  TilesInMemory tiles(20);
  for (auto& [path, bytes] : tiles.files) bytes[40] ^= 1;
  const auto cosigning = Cosign(tiles);
  ASSERT_TRUE(cosigning);
  for (const Status& outcome : cosigning->outcomes) EXPECT_EQ(outcome.error().code, ErrorCode::kAltered);
}

TEST_F(CosigningTest, WitnessWithoutAUrlIsNotAsked) {
  policy_ = *WitnessPolicy::Parse("witness a " + CosignerKey{"a", LogKey(2).public_key()}.ToText() +
                                  "\nquorum a\n");
  const auto cosigning = Cosign(3);
  ASSERT_TRUE(cosigning);
  EXPECT_EQ(cosigning->outcomes[0].error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace strongroom::log
