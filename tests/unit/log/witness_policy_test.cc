#include "strongroom/log/witness_policy.h"

#include <array>

#include "log_fixture.h"
#include "published_checkpoint.h"

namespace strongroom::log {
namespace {

constexpr std::int64_t kNow = 1'795'000'000;

std::string LogLine(std::uint8_t fill = 1) {
  return "log " + envelope::NoteKey{std::string(kOrigin), LogKey(fill).public_key()}.ToText() + "\n";
}

CosignerKey Cosigner(std::uint8_t fill, const std::string& name) {
  return {name, LogKey(fill).public_key()};
}

// "witness wN ..." with the key of that number, named as given.
std::string WitnessLine(std::uint8_t fill, const std::string& key_name) {
  return "witness w" + std::to_string(fill) + " " + Cosigner(fill, key_name).ToText() + "\n";
}

// Three witnesses of three operators.
std::string ThreeWitnesses() {
  return WitnessLine(2, "a.example/w") + WitnessLine(3, "b.example/w") + WitnessLine(4, "c.example/w");
}

Expected<WitnessPolicy> Policy(const std::string& lines) {
  return WitnessPolicy::Parse(LogLine() + lines);
}

bool Meets(const std::string& lines, std::initializer_list<std::size_t> cosigned) {
  const auto policy = Policy(lines);
  EXPECT_TRUE(policy) << policy.error().message;
  return policy && policy->IsQuorum(cosigned);
}

std::string Refusal(const std::string& lines) {
  const auto policy = WitnessPolicy::Parse(lines);
  EXPECT_FALSE(policy);
  if (policy) return "";
  EXPECT_EQ(policy.error().code, ErrorCode::kMalformed);
  return policy.error().message;
}

TEST(WitnessPolicy, FileOfPublishedKeysParses) {
  const auto policy =
      WitnessPolicy::Parse("# public witnesses\n\nlog " + std::string(kPublishedLogKey) +
                           " https://arche.example/\n\twitness garden  " + std::string(kGardenKey) +
                           "\twitness-prefix \nwitness ring " + std::string(kRingKey) +
                           "\n  # another\ngroup TrustFabric any garden ring\nwitness remora " +
                           std::string(kRemoraKey) + "\ngroup both all TrustFabric remora\nquorum both\n");
  ASSERT_TRUE(policy) << policy.error().message;
  ASSERT_EQ(policy->logs().size(), 1u);
  EXPECT_EQ(policy->logs()[0].key.ToText(), kPublishedLogKey);
  EXPECT_EQ(policy->logs()[0].url, "https://arche.example/");
  ASSERT_EQ(policy->witnesses().size(), 3u);
  EXPECT_EQ(policy->witnesses()[0].name, "garden");
  EXPECT_EQ(policy->witnesses()[0].url, "witness-prefix");
  EXPECT_EQ(policy->witnesses()[0].operator_name, "transparency.dev");
  EXPECT_EQ(policy->witnesses()[2].operator_name, "remora.n621.de");
  EXPECT_TRUE(policy->IsQuorum(std::array<std::size_t, 2>{1, 2}));
  EXPECT_FALSE(policy->IsQuorum(std::array<std::size_t, 2>{0, 1}));
}

TEST(WitnessPolicy, QuorumOfNobodyNeedsNoLogAndNoWitness) {
  const auto policy = WitnessPolicy::Parse("quorum none\n");
  ASSERT_TRUE(policy);
  EXPECT_TRUE(policy->NeedsNoWitness());
  EXPECT_TRUE(policy->IsQuorum({}));
  EXPECT_TRUE(policy->LogKeys().empty());
}

TEST(WitnessPolicy, GroupsCountTheirMembers) {
  EXPECT_TRUE(Meets(ThreeWitnesses() + "quorum w3\n", {1}));
  EXPECT_FALSE(Meets(ThreeWitnesses() + "quorum w3\n", {0, 2}));
  EXPECT_FALSE(Meets(ThreeWitnesses() + "group g any w2 w3 w4\nquorum g\n", {}));
  EXPECT_TRUE(Meets(ThreeWitnesses() + "group g any w2 w3 w4\nquorum g\n", {2}));
  EXPECT_FALSE(Meets(ThreeWitnesses() + "group g 2 w2 w3 w4\nquorum g\n", {2}));
  EXPECT_TRUE(Meets(ThreeWitnesses() + "group g 2 w2 w3 w4\nquorum g\n", {2, 0}));
  EXPECT_FALSE(Meets(ThreeWitnesses() + "group g all w2 w3 w4\nquorum g\n", {2, 0}));
  EXPECT_TRUE(Meets(ThreeWitnesses() + "group g all w2 w3 w4\nquorum g\n", {2, 0, 1}));
}

TEST(WitnessPolicy, RepeatedOrUnknownWitnessDoesNotCount) {
  EXPECT_FALSE(Meets(ThreeWitnesses() + "group g 2 w2 w3 w4\nquorum g\n", {1, 1, 1}));
  EXPECT_FALSE(Meets(ThreeWitnesses() + "group g 2 w2 w3 w4\nquorum g\n", {1, 3, 99}));
}

TEST(WitnessPolicy, OperatorWithManyKeysCountsOnce) {
  const std::string two_of_one = WitnessLine(2, "a.example/1") + WitnessLine(3, "a.example/2");
  const std::string lines = two_of_one + WitnessLine(4, "c.example/w") + "group g 2 w2 w3 w4\nquorum g\n";
  EXPECT_FALSE(Meets(lines, {0, 1}));
  EXPECT_TRUE(Meets(lines, {0, 2}));
  EXPECT_TRUE(Meets(two_of_one + "group g any w2 w3\nquorum g\n", {1}));
  EXPECT_EQ(Refusal(two_of_one + "group g all w2 w3\nquorum g\n"),
            "witness policy, line 3: group 'g' needs 2 members, and of its own only 1 count: an operator "
            "counts once");
}

TEST(WitnessPolicy, OperatorLineSaysWhoOperatesWhatever) {
  const std::string lines = ThreeWitnesses() + "operator acme w2 w3\ngroup g 2 w2 w3 w4\nquorum g\n";
  EXPECT_EQ(Policy(lines)->witnesses()[1].operator_name, "acme");
  EXPECT_FALSE(Meets(lines, {0, 1}));
  EXPECT_TRUE(Meets(lines, {1, 2}));
  const std::string hosted = WitnessLine(2, "host.example/a") + WitnessLine(3, "host.example/b");
  EXPECT_TRUE(Meets(hosted + "operator a w2\noperator b w3\ngroup g all w2 w3\nquorum g\n", {0, 1}));
  const std::string oids = WitnessLine(2, "oid/1.2.3") + WitnessLine(3, "oid/1.2.4");
  EXPECT_TRUE(Meets(oids + "group g all w2 w3\nquorum g\n", {0, 1}));
}

TEST(WitnessPolicy, OperatorMayNotFillPlacesInTwoGroups) {
  EXPECT_EQ(Refusal(WitnessLine(2, "a.example/1") + WitnessLine(3, "a.example/2") +
                    "group g any w2\ngroup h any w3\ngroup both all g h\nquorum both\n"),
            "witness policy, line 4: operator 'a.example' has witnesses in group 'g' already");
}

TEST(WitnessPolicy, MalformedLinesAreRefusedByNumber) {
  const std::string w = ThreeWitnesses();
  const std::pair<std::string, std::string> cases[] = {
      {"", "witness policy has no quorum line"},
      {"quorum none", "witness policy does not end in a newline"},
      {"quorum none\nquorum none\n", "witness policy, line 2: there are two quorum lines"},
      {"quorum w2\n" + w, "witness policy, line 1: 'w2' is not defined above"},
      {"quorum none\r\n", "witness policy, line 1: it holds a control character"},
      {"quorum none\n# \x7F\n", "witness policy, line 2: it holds a control character"},
      {"Quorum none\n", "witness policy, line 1: 'Quorum' is not a kind of line"},
      {"quorum\n", "witness policy, line 1: a quorum line reads 'quorum NAME' or 'quorum none'"},
      {"quorum none # nobody\n",
       "witness policy, line 1: a quorum line reads 'quorum NAME' or 'quorum none'"},
      {"log\nquorum none\n", "witness policy, line 1: a log line reads 'log VKEY [URL]'"},
      {LogLine() + LogLine() + "quorum none\n", "witness policy, line 2: this key is in the file already"},
      {LogLine(2) + WitnessLine(2, "a"), "witness policy, line 2: this key is in the file already"},
      {w + WitnessLine(2, "b"), "witness policy, line 4: 'w2' is defined already"},
      {w + "witness v " + Cosigner(2, "other").ToText() + "\n",
       "witness policy, line 4: this key is in the file already"},
      {"witness none " + std::string(kRemoraKey) + "\n",
       "witness policy, line 1: 'none' can name neither a witness nor a group"},
      {"witness w\n", "witness policy, line 1: a witness line reads 'witness NAME VKEY [URL]'"},
      {w + "group none any w2\n", "witness policy, line 4: 'none' can name neither a witness nor a group"},
      {w + "group w3 any w2\n", "witness policy, line 4: 'w3' is defined already"},
      {w + "group g any\n", "witness policy, line 4: a group line reads 'group NAME K|any|all MEMBER...'"},
      {w + "group g any none\n", "witness policy, line 4: 'none' is not defined above"},
      {w + "group g any g\n", "witness policy, line 4: 'g' is not defined above"},
      {w + "group g any w2 w2\n", "witness policy, line 4: 'w2' is a group's member already"},
      {w + "group g any w2\ngroup h any w2\n", "witness policy, line 5: 'w2' is a group's member already"},
      {w + "operator a g\n", "witness policy, line 4: 'g' is not a witness defined above"},
      {w + "operator a w2\noperator b w2\n", "witness policy, line 5: 'w2' has an operator already"},
      {w + "operator a\n", "witness policy, line 4: an operator line reads 'operator NAME WITNESS...'"},
      {"log " + std::string(kOrigin) + "\nquorum none\n",
       "witness policy, line 1: verifier key has fewer than three parts"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(Refusal(text), message) << text;
  for (const std::string k : {"0", "4", "01", "+2", "-1", "18446744073709551617", "most"}) {
    EXPECT_EQ(
        Refusal(w + "group g " + k + " w2 w3 w4\n"),
        "witness policy, line 4: a group's threshold is 'any', 'all' or a number from 1 to its members");
  }
}

TEST(WitnessPolicy, KeysOfTheWrongTypeAreRefused) {
  EXPECT_EQ(WitnessPolicy::Parse("log " + std::string(kRemoraKey) + "\nquorum none\n").error().code,
            ErrorCode::kUnsupported);
  const auto policy = WitnessPolicy::Parse("witness w " + std::string(kPublishedLogKey) + "\nquorum none\n");
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().code, ErrorCode::kUnsupported);
  EXPECT_TRUE(policy.error().message.starts_with("witness policy, line 1: "));
}

TEST(WitnessPolicy, LinesOfEachKindAreBounded) {
  std::string groups = ThreeWitnesses() + "group g0 any w2\n";
  for (int i = 1; i < 256; ++i) {
    groups += "group g" + std::to_string(i) + " any g" + std::to_string(i - 1) + "\n";
  }
  const auto policy = WitnessPolicy::Parse(groups + "quorum g255\n");
  ASSERT_TRUE(policy);
  EXPECT_TRUE(policy->IsQuorum(std::array<std::size_t, 1>{0}));
  EXPECT_EQ(Refusal(groups + "group g256 any g255\nquorum g256\n"),
            "witness policy, line 260: there are too many groups");
}

class VerifyWitnessedCheckpointTest : public ::testing::Test {
 protected:
  // The log's checkpoint with cosignatures of {key, seconds before now}.
  static std::string Note(std::initializer_list<std::pair<std::uint8_t, std::int64_t>> cosigned) {
    envelope::Note note =
        *envelope::SignNote(CheckpointText({std::string(kOrigin), 7, Digest{9}}), kOrigin, LogKey());
    const std::string names = "??abc";
    for (const auto& [fill, age] : cosigned) {
      note.signatures.push_back(*Cosign(note.text, std::string(1, names[fill]) + ".example/w", LogKey(fill),
                                        Timestamp{kNow - age}));
    }
    return envelope::SerializeNote(note);
  }
  Expected<WitnessedCheckpoint> Verify(const std::string& note) {
    return VerifyWitnessedCheckpoint(note, policy_.LogKeys(), policy_, Freshness{Timestamp{kNow}, 600, 5});
  }

  WitnessPolicy policy_ = *Policy(ThreeWitnesses() + "group g 2 w2 w3 w4\nquorum g\n");
};

TEST_F(VerifyWitnessedCheckpointTest, FreshQuorumIsAccepted) {
  const auto witnessed = Verify(Note({{2, 600}, {4, -5}}));
  ASSERT_TRUE(witnessed) << witnessed.error().message;
  EXPECT_EQ(witnessed->checkpoint, (Checkpoint{std::string(kOrigin), 7, Digest{9}}));
  EXPECT_EQ(witnessed->cosignatures,
            (std::vector<Cosignature>{{0, Timestamp{kNow - 600}}, {2, Timestamp{kNow + 5}}}));
}

TEST_F(VerifyWitnessedCheckpointTest, MissingStaleAndFutureCosignaturesDoNotCount) {
  const auto witnessed = Verify(Note({{2, 601}, {3, 0}}));
  ASSERT_FALSE(witnessed);
  EXPECT_EQ(witnessed.error().code, ErrorCode::kQuorum);
  EXPECT_EQ(witnessed.error().why,
            (std::vector<std::string>{
                "witness 'w2': cosigned at " + ToRfc3339(Timestamp{kNow - 601}) + ", too long ago",
                "witness 'w4': has not cosigned it"}));
  EXPECT_EQ(Verify(Note({{2, -6}, {3, 0}})).error().code, ErrorCode::kQuorum);
  EXPECT_EQ(Verify(Note({})).error().code, ErrorCode::kQuorum);
  EXPECT_EQ(Verify(Note({{2, 0}, {2, 0}, {2, 1}})).error().code, ErrorCode::kQuorum);
}

TEST_F(VerifyWitnessedCheckpointTest, YearsLaterTimesAreOnlyReported) {
  EXPECT_TRUE(VerifyWitnessedCheckpoint(Note({{2, kNow}, {3, 0}}), policy_.LogKeys(), policy_, std::nullopt));
}

TEST_F(VerifyWitnessedCheckpointTest, WrongCosignatureRefusesTheCheckpoint) {
  std::string note = Note({{2, 0}, {3, 0}, {4, 0}});
  const std::size_t at = note.rfind("AAAAA");  // in the last cosignature's time
  note[at] = 'B';
  EXPECT_EQ(Verify(note).error().code, ErrorCode::kAltered);
}

TEST_F(VerifyWitnessedCheckpointTest, LogsThatAreNotKnownAreRefused) {
  const std::array other = {envelope::NoteKey{std::string(kOrigin), LogKey(9).public_key()}};
  EXPECT_EQ(VerifyWitnessedCheckpoint(Note({{2, 0}, {3, 0}}), other, policy_, std::nullopt).error().code,
            ErrorCode::kUntrusted);
  EXPECT_EQ(VerifyWitnessedCheckpoint(Note({{2, 0}, {3, 0}}), {}, policy_, std::nullopt).error().code,
            ErrorCode::kUntrusted);
}

TEST_F(VerifyWitnessedCheckpointTest, PolicyOfOtherLogsAcceptsNoneButThose) {
  const std::string note = Note({{2, 0}, {3, 0}});
  const std::array trusted = {envelope::NoteKey{std::string(kOrigin), LogKey().public_key()}};
  const std::string other =
      "log " + envelope::NoteKey{"example.com/other", LogKey(9).public_key()}.ToText() + "\n";
  for (const std::string& lines : {other, LogLine(9)}) {
    const auto refused = VerifyWitnessedCheckpoint(
        note, trusted, *WitnessPolicy::Parse(lines + "quorum none\n"), std::nullopt);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUntrusted);
    EXPECT_EQ(refused.error().message,
              "none of the policy's 'log' lines names a key that signed this checkpoint of '" +
                  std::string(kOrigin) + "'");
  }
  for (const std::string& lines : {std::string(), other + LogLine(1)}) {
    const auto policy = WitnessPolicy::Parse(lines + "quorum none\n");
    EXPECT_TRUE(VerifyWitnessedCheckpoint(note, trusted, *policy, std::nullopt)) << lines;
  }
}

TEST_F(VerifyWitnessedCheckpointTest, OneLogMayNotSignForAnother) {
  const std::array keys = {envelope::NoteKey{"example.com/one", LogKey(7).public_key()},
                           envelope::NoteKey{"example.com/two", LogKey(8).public_key()}};
  const WitnessPolicy nobody = *WitnessPolicy::Parse("quorum none\n");
  const auto note = [&](std::string_view origin, std::string_view signer, std::uint8_t fill) {
    return envelope::SerializeNote(
        *envelope::SignNote(CheckpointText({std::string(origin), 1, Digest{}}), signer, LogKey(fill)));
  };
  EXPECT_TRUE(
      VerifyWitnessedCheckpoint(note("example.com/two", "example.com/two", 8), keys, nobody, std::nullopt));
  EXPECT_EQ(
      VerifyWitnessedCheckpoint(note("example.com/two", "example.com/one", 7), keys, nobody, std::nullopt)
          .error()
          .code,
      ErrorCode::kMalformed);
}

TEST(VerifyWitnessedCheckpoint, PublishedCheckpointMeetsAPolicyOfItsWitnesses) {
  const std::string lines = "log " + std::string(kPublishedLogKey) + "\nwitness garden " +
                            std::string(kGardenKey) + "\nwitness ring " + std::string(kRingKey) +
                            "\nwitness smartit " + std::string(kSmartitKey) + "\nwitness remora " +
                            std::string(kRemoraKey) + "\nwitness stagemole " + std::string(kStagemoleKey) +
                            "\noperator TrustFabric garden ring\n";
  const auto four =
      WitnessPolicy::Parse(lines + "group g 4 garden ring smartit remora stagemole\nquorum g\n");
  ASSERT_TRUE(four) << four.error().message;
  const Freshness freshness{Timestamp{kPublishedTime + 60}, 60, 0};
  const auto witnessed = VerifyWitnessedCheckpoint(kPublishedCheckpoint, four->LogKeys(), *four, freshness);
  ASSERT_TRUE(witnessed) << witnessed.error().message;
  EXPECT_EQ(witnessed->checkpoint.size, 1'432'088'532u);
  EXPECT_EQ(witnessed->cosignatures.size(), 4u);
  const auto ring = WitnessPolicy::Parse(lines + "quorum ring\n");
  EXPECT_EQ(VerifyWitnessedCheckpoint(kPublishedCheckpoint, ring->LogKeys(), *ring, freshness).error().code,
            ErrorCode::kQuorum);
}

}  // namespace
}  // namespace strongroom::log
