#include "strongroom/log/witness.h"

#include <array>
#include <limits>

#include "log_fixture.h"
#include "strongroom/log/merkle.h"

namespace strongroom::log {
namespace {

constexpr Timestamp kNow{1'795'000'000};

AddCheckpointRequest Request(std::uint64_t old_size, std::vector<Digest> proof, const Checkpoint& checkpoint,
                             std::uint8_t log_key = 1) {
  return {old_size, std::move(proof), *SignCheckpoint(checkpoint, LogKey(log_key))};
}

class WitnessTest : public ::testing::Test {
 protected:
  WitnessTest() {
    for (std::uint8_t i = 0; i < 40; ++i) tree_.Append(Digest{i});
  }

  AddCheckpointAnswer Ask(const AddCheckpointRequest& request) {
    return AskText(SerializeAddCheckpointRequest(request));
  }
  // Asks, and adopts the new state as a server would.
  AddCheckpointAnswer AskText(std::string_view body) {
    AddCheckpointAnswer answer = AnswerAddCheckpoint(body, witness_, state_, now_);
    EXPECT_EQ(answer.status == 200, answer.next.has_value());
    if (answer.next) state_ = *answer.next;
    return answer;
  }
  [[nodiscard]] Checkpoint At(std::uint64_t size) const {
    return {std::string(kOrigin), size, tree_.Root(size)};
  }
  [[nodiscard]] AddCheckpointRequest Growth(std::uint64_t old_size, std::uint64_t size) const {
    return Request(old_size, old_size == 0 ? std::vector<Digest>() : tree_.ConsistencyProof(old_size, size),
                   At(size));
  }
  [[nodiscard]] CosignerKey witness_key() const { return {witness_.name, key_.public_key()}; }

  crypto::Ed25519PrivateKey key_ = LogKey(2);
  Witness witness_{"witness.example/w1", &key_, {{std::string(kOrigin), LogKey().public_key()}}};
  WitnessState state_;
  Timestamp now_ = kNow;
  MerkleTree tree_;
};

TEST_F(WitnessTest, GrowingLogIsCosignedEachTime) {
  std::uint64_t last = 0;
  for (const std::uint64_t size : {0, 0, 1, 2, 2, 7, 8, 40}) {
    const AddCheckpointRequest request = Growth(last, size);
    const AddCheckpointAnswer answer = Ask(request);
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto outcome =
        ReadAddCheckpointAnswer(request.checkpoint_note, 200, answer.body, std::array{witness_key()});
    ASSERT_TRUE(outcome) << outcome.error().message;
    const auto note = envelope::ParseNote(outcome->note);
    EXPECT_EQ(VerifyCosignatures(*note, std::array{witness_key()}), (std::vector<Cosignature>{{0, now_}}));
    EXPECT_EQ(VerifyCheckpoint(outcome->note, witness_.logs[0]), At(size));
    EXPECT_EQ(state_.at(std::string(kOrigin)), (WitnessedTree{size, tree_.Root(size), now_}));
    last = size;
    now_.seconds += 10;
  }
}

TEST_F(WitnessTest, OldSizeThatIsNotTheLastIsAnsweredWithTheLast) {
  ASSERT_EQ(Ask(Growth(0, 8)).status, 200);
  for (const std::uint64_t old_size : {0, 7, 9}) {
    const AddCheckpointAnswer answer = Ask(Growth(old_size, 20));
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.body, "8\n");
    EXPECT_EQ(answer.content_type, "text/x.tlog.size");
    const auto outcome =
        ReadAddCheckpointAnswer(Growth(8, 20).checkpoint_note, 409, answer.body, std::array{witness_key()});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->witness_size, 8u);
  }
}

TEST_F(WitnessTest, SmallerTreeIsRefused) {
  ASSERT_EQ(Ask(Growth(0, 8)).status, 200);
  EXPECT_EQ(Ask(Request(8, {}, At(7))).status, 400);
  EXPECT_EQ(Ask(Request(7, {}, At(7))).status, 409);
}

TEST_F(WitnessTest, ForkIsRefused) {
  ASSERT_EQ(Ask(Growth(0, 8)).status, 200);
  MerkleTree fork;
  for (std::uint8_t i = 0; i < 40; ++i) fork.Append(Digest{i, 1});
  const Checkpoint forked{std::string(kOrigin), 20, fork.Root(20)};
  EXPECT_EQ(Ask(Request(8, fork.ConsistencyProof(8, 20), forked)).status, 422);
  EXPECT_EQ(Ask(Request(8, tree_.ConsistencyProof(8, 20), forked)).status, 422);
  EXPECT_EQ(Ask(Request(8, {}, forked)).status, 422);
  EXPECT_EQ(Ask(Request(8, {}, {std::string(kOrigin), 8, fork.Root(8)})).status, 422);
  EXPECT_EQ(Ask(Request(8, {Digest{}}, At(8))).status, 422);
  EXPECT_EQ(state_.at(std::string(kOrigin)).root, tree_.Root(8));
}

TEST_F(WitnessTest, ForkIsToldOnlyWhereItIsShown) {
  ASSERT_EQ(Ask(Growth(0, 7)).status, 200);
  MerkleTree other;
  for (std::uint8_t i = 0; i < 40; ++i) other.Append(Digest{i, 1});
  const Checkpoint longer{std::string(kOrigin), 20, other.Root(20)};
  const Checkpoint equal{std::string(kOrigin), 7, other.Root(7)};
  for (const auto& [checkpoint, proof] :
       {std::pair(longer, other.ConsistencyProof(7, 20)), std::pair(equal, std::vector<Digest>())}) {
    const AddCheckpointAnswer answer = Ask(Request(7, proof, checkpoint));
    EXPECT_EQ(answer.status, 422);
    ASSERT_TRUE(answer.fork);
    EXPECT_EQ(answer.fork->checkpoint, checkpoint);
    EXPECT_EQ(answer.fork->cosigned_size, 7u);
  }
  // What anybody can send who has the log's checkpoints.
  const std::vector<Digest> hash = {Digest{9}};
  const AddCheckpointAnswer again = Ask(Request(7, hash, At(7)));
  EXPECT_EQ(again.status, 422);
  EXPECT_EQ(again.body, "merkle proof must be empty between trees of one size\n");
  EXPECT_FALSE(again.fork);
  std::vector<Digest> altered = tree_.ConsistencyProof(7, 20);
  altered.back()[0] ^= 1;
  for (const auto& proof : {std::vector<Digest>(), hash, altered}) {
    const AddCheckpointAnswer answer = Ask(Request(7, proof, At(20)));
    EXPECT_EQ(answer.status, 422);
    EXPECT_FALSE(answer.fork);
  }
  EXPECT_EQ(Ask(Growth(7, 20)).status, 200);
}

TEST_F(WitnessTest, CorruptedProofHashIsRefused) {
  ASSERT_EQ(Ask(Growth(0, 11)).status, 200);
  const AddCheckpointRequest good = Growth(11, 37);
  for (std::size_t i = 0; i < good.proof.size(); ++i) {
    AddCheckpointRequest request = good;
    request.proof[i][0] ^= 1;
    EXPECT_EQ(Ask(request).status, 422);
  }
  EXPECT_EQ(Ask(good).status, 200);
}

TEST_F(WitnessTest, UnknownLogsAndKeysAreRefused) {
  EXPECT_EQ(Ask(Request(0, {}, {"example.com/other", 1, Digest{}})).status, 404);
  EXPECT_EQ(Ask(Request(0, {}, At(3), 9)).status, 403);
  AddCheckpointRequest altered = Growth(0, 3);
  altered.checkpoint_note.replace(altered.checkpoint_note.find("\n3\n"), 3, "\n4\n");
  EXPECT_EQ(Ask(altered).status, 403);
  EXPECT_TRUE(state_.empty());
}

TEST_F(WitnessTest, LogMayHaveSeveralKeys) {
  witness_.logs.push_back({std::string(kOrigin), LogKey(9).public_key()});
  EXPECT_EQ(Ask(Request(0, {}, At(3), 9)).status, 200);
  EXPECT_EQ(Ask(Growth(3, 4)).status, 200);
}

TEST_F(WitnessTest, LogsAreKeptApart) {
  witness_.logs.push_back({"example.com/other", LogKey(9).public_key()});
  ASSERT_EQ(Ask(Growth(0, 8)).status, 200);
  EXPECT_EQ(Ask(Request(0, {}, {"example.com/other", 3, tree_.Root(3)}, 9)).status, 200);
  EXPECT_EQ(Ask(Request(8, {}, {"example.com/other", 8, tree_.Root(8)}, 9)).body, "3\n");
  EXPECT_EQ(state_.size(), 2u);
}

TEST_F(WitnessTest, ClockThatRanBackIsRefused) {
  ASSERT_EQ(Ask(Growth(0, 8)).status, 200);
  --now_.seconds;
  EXPECT_EQ(Ask(Growth(8, 9)).status, 503);
  ++now_.seconds;
  EXPECT_EQ(Ask(Growth(8, 9)).status, 200);
}

TEST_F(WitnessTest, HugeSizesAreAnswered) {
  const std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(Ask(Request(0, {}, {std::string(kOrigin), huge, Digest{1}})).status, 200);
  EXPECT_EQ(Ask(Request(huge, {}, {std::string(kOrigin), huge, Digest{1}})).status, 200);
  EXPECT_EQ(Ask(Request(std::uint64_t{1} << 63, {}, At(40))).status, 400);
  EXPECT_EQ(Ask(Growth(0, 40)).body, "18446744073709551615\n");
}

// The sizes that another witness's tests go through: state, request, and the status to give.
TEST_F(WitnessTest, SizeZeroIsTreatedAsOtherWitnessesDo) {
  const Digest empty = tree_.Root(0);
  const Digest leaf = tree_.Root(1);
  const std::vector<Digest> none;
  const struct {
    std::uint64_t known, old_size, size;
    Digest root;
    std::vector<Digest> proof;
    int status;
  } cases[] = {
      {0, 0, 0, empty, none, 200},   {0, 0, 0, leaf, none, 422},  {0, 0, 0, Digest{}, none, 422},
      {0, 0, 0, empty, {leaf}, 422}, {0, 0, 1, leaf, none, 200},  {0, 0, 1, leaf, {leaf}, 422},
      {1, 0, 1, leaf, {leaf}, 409},  {1, 1, 0, empty, none, 400},
  };
  for (const auto& c : cases) {
    state_ = {{std::string(kOrigin), {c.known, c.known == 0 ? empty : leaf, {}}}};
    EXPECT_EQ(Ask(Request(c.old_size, c.proof, {std::string(kOrigin), c.size, c.root})).status, c.status)
        << c.known << " " << c.old_size << " " << c.size;
  }
}

// Requests of another witness's tests, whose log signed trees of one, three and five leaves.
TEST_F(WitnessTest, RequestsOfAnotherImplementationAreAnsweredAsThere) {
  const std::string origin =
      "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562";
  envelope::NoteKey log{origin, {}};
  std::ranges::copy(*FromHex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f"),
                    log.key.begin());
  witness_.logs = {log};
  const auto signed_by_log = [&](std::string_view signature) {
    return "\n\n\xE2\x80\x94 " + origin + " " + std::string(signature) + "\n";
  };
  const std::string one = origin + "\n1\nKgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" +
                          signed_by_log(
                              "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnn"
                              "NuWRTYrajXpNUbIQY=");
  const std::string three =
      "old 1\nKgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
      "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n" +
      origin + "\n3\nRcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=" +
      signed_by_log(
          "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SU"
          "UdrcawfAB8WVrx6go=");
  const std::string five =
      "old 1\nKgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
      "+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=\n"
      "KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n" +
      origin + "\n5\nQrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=" +
      signed_by_log(
          "UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0"
          "tW90dJWAShei7sDww=");
  std::string too_many = "old 0\n";
  for (int i = 0; i < 64; ++i) too_many += "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
  EXPECT_EQ(AskText(too_many + "\n" + one).status, 400);
  ASSERT_EQ(AskText("old 0\n\n" + one).status, 200);
  const WitnessState after_one = state_;
  EXPECT_EQ(AskText(three).status, 200);
  state_ = after_one;
  EXPECT_EQ(AskText(five).status, 200);
  EXPECT_EQ(AskText(three).body, "5\n");
  EXPECT_EQ(Hex(state_.at(origin).root), "42bb57ad06420afa4882c4a63ac6a1ec77480b330b2f20dfc53a0caa5f564e36");
}

TEST_F(WitnessTest, MalformedRequestsAreRefused) {
  const std::string note = Growth(0, 3).checkpoint_note;
  const std::string hash = Base64(Digest{1}) + "\n";
  for (const std::string& body :
       std::vector<std::string>{"", "old\n\n" + note, "old 00\n\n" + note, "old -1\n\n" + note,
                                "old 18446744073709551616\n\n" + note, "Old 0\n\n" + note, "old 0\n" + note,
                                "old 0\n\n", "old 0\n", "old 0", "old 0\n\n\n" + note,
                                "old 0\nAAAA\n\n" + note, "old 0\n" + hash + hash, "old 0\r\n\n" + note,
                                "old 0\n\n" + note + "x", "old 0\n\n" + note.substr(0, note.find("\n\n") + 1),
                                "old 0\n\n" + std::string(kMaxAddCheckpointRequest, 'x')}) {
    EXPECT_EQ(AskText(body).status, 400) << body.substr(0, 100);
  }
}

TEST(AddCheckpointRequest, TextParsesBackToTheRequest) {
  const AddCheckpointRequest request{20'852'014, {Digest{1}, Digest{2}}, "any note\n"};
  const std::string body = SerializeAddCheckpointRequest(request);
  EXPECT_TRUE(body.starts_with("old 20852014\nAQAAAA"));
  EXPECT_EQ(ParseAddCheckpointRequest(body), request);
}

TEST_F(WitnessTest, AnswersThatAreNoCosignatureAreErrors) {
  const std::string note = Growth(0, 3).checkpoint_note;
  const auto code = [&](int status, std::string_view body) {
    const auto outcome = ReadAddCheckpointAnswer(note, status, body, std::array{witness_key()});
    return outcome ? ErrorCode::kInternal : outcome.error().code;
  };
  const std::string line =
      AnswerAddCheckpoint(SerializeAddCheckpointRequest(Growth(0, 3)), witness_, {}, kNow).body;
  EXPECT_EQ(code(200, line), ErrorCode::kInternal);
  EXPECT_EQ(code(200, ""), ErrorCode::kMalformed);
  EXPECT_EQ(code(200, "ok\n"), ErrorCode::kMalformed);
  EXPECT_EQ(code(200, line.substr(0, line.size() - 1)), ErrorCode::kMalformed);
  EXPECT_EQ(code(400, ""), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(403, ""), ErrorCode::kUntrusted);
  EXPECT_EQ(code(404, ""), ErrorCode::kNotFound);
  EXPECT_EQ(code(409, ""), ErrorCode::kAltered);
  EXPECT_EQ(code(409, "8"), ErrorCode::kAltered);
  EXPECT_EQ(code(409, "+8\n"), ErrorCode::kAltered);
  EXPECT_EQ(code(422, ""), ErrorCode::kAltered);
  for (const int status : {0, 301, 429, 500, 503}) EXPECT_EQ(code(status, ""), ErrorCode::kUnavailable);
}

TEST_F(WitnessTest, CosignatureOfAnotherTextOrByAStrangerIsNotTaken) {
  const std::string note = Growth(0, 3).checkpoint_note;
  const auto line = [](std::string_view text, std::string_view name, std::uint8_t fill) {
    return envelope::SerializeNoteSignature(*Cosign(text, name, LogKey(fill), kNow));
  };
  const auto read = [&](std::string_view body) {
    return ReadAddCheckpointAnswer(note, 200, body, std::array{witness_key()});
  };
  const std::string text = CheckpointText(At(3));
  EXPECT_EQ(read(line(text, "stranger", 7)).error().code, ErrorCode::kUntrusted);
  EXPECT_EQ(read(line(CheckpointText(At(4)), witness_.name, 2)).error().code, ErrorCode::kAltered);
  const std::string longer = text + "\nmore\n";
  EXPECT_EQ(read("more\n\n" + line(longer, witness_.name, 2)).error().code, ErrorCode::kMalformed);
  const auto outcome = read(line(text, "stranger", 7) + line(text, witness_.name, 2));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->note, note + line(text, witness_.name, 2));
}

TEST_F(WitnessTest, NewerCosignatureTakesTheOlderOnesPlace) {
  const std::string note = Growth(0, 3).checkpoint_note;
  const auto line = [&](Timestamp time) {
    return envelope::SerializeNoteSignature(*Cosign(CheckpointText(At(3)), witness_.name, key_, time));
  };
  const auto outcome =
      ReadAddCheckpointAnswer(note + line(kNow), 200, line({kNow.seconds + 9}), std::array{witness_key()});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->note, note + line({kNow.seconds + 9}));
}

TEST(WitnessState, TextParsesBackToTheState) {
  const WitnessState state = {{"example.com/a", {0, Digest{1}, Timestamp{0}}},
                              {"example.com/b",
                               {std::numeric_limits<std::uint64_t>::max(), Digest{2},
                                Timestamp{std::numeric_limits<std::int64_t>::max()}}}};
  for (const WitnessState& any : {WitnessState{}, state}) {
    EXPECT_EQ(ParseWitnessState(SerializeWitnessState(any)), any);
  }
}

TEST(WitnessState, AnyOtherTextIsRefused) {
  const std::string version = "strongroom.witness.v1\n";
  const std::string root = Base64(Digest{1}) + "\n";
  const std::string a = "a\n1\n" + root + "7\n";
  const std::string b = "b\n1\n" + root + "7\n";
  ASSERT_TRUE(ParseWitnessState(version + a + b));
  for (const std::string& text :
       {std::string(), "strongroom.witness.v2\n" + a, a, version + b + a, version + a + a,
        version + a + "b\n", version + "\n1\n" + root + "7\n", version + "a b\n1\n" + root + "7\n",
        version + "a\n01\n" + root + "7\n", version + "a\n1\nAAAA\n7\n", version + "a\n1\n" + root + "-7\n",
        version + "a\n1\n" + root + "9223372036854775808\n", version + a + "\n",
        version + a.substr(0, a.size() - 1)}) {
    const auto state = ParseWitnessState(text);
    ASSERT_FALSE(state) << text;
    EXPECT_EQ(state.error().code, ErrorCode::kMalformed);
  }
}

}  // namespace
}  // namespace strongroom::log
