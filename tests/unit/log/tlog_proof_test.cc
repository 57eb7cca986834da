#include "strongroom/log/tlog_proof.h"

#include <gtest/gtest.h>

#include <array>

#include "strongroom/crypto/hash.h"

namespace strongroom::log {
namespace {

// Entry 2 of "alpha", "beta", "gamma", "delta", "epsilon", cosigned twice; made by a script on another
// implementation of hashes and signatures.
constexpr std::string_view kProof =
    "c2sp.org/tlog-proof@v1\n"
    "extra Z3JlZWs=\n"
    "index 2\n"
    "XHEX+57bDOw4cleJEQXaamYWciryRwg+LW7aZxUpzcU=\n"
    "mDy1fATN3VJjTtqzinvvhXCKl08RS72aqexdTOZla0s=\n"
    "vzbln4jQYj023Thg4kpE/Ma80q2I/fZySdwZU/NgW1E=\n"
    "\n"
    "example.com/greek\n"
    "5\n"
    "T62vZSML5iJ8ANplXqCI8QOKOzRDNQs+bPcGLy4Dljo=\n"
    "\n"
    "\xE2\x80\x94 example.com/greek "
    "pyhMwhPckVxhRPKZN/KyNLx7RGaXTjvStiASuFs2iGDyNC3GqFt5rv7C13GDQsqc/yXaDv7ksZG1rOCQ9UicGTJcvwY=\n"
    "\xE2\x80\x94 witness.one.example/w "
    "Kw+tfQAAAABq/"
    "YbAFtPw+Yuhq5+nqKI7tyVyEZYCJOzshZuxaFzsxmrMwMh+uAr50gb16zau122hkYRwWv7cRb2yQeWX6A8oNH7gDQ==\n"
    "\xE2\x80\x94 witness.two.example/w "
    "PE2feAAAAABq/"
    "YbHMIH2b4X0iZTePggrJSrxB1PmK63rKFKmk2o5I+ILyJuBvkI9Vo0rp36bIWHO5QLOeywh+p6fn2BZFeBzxtRECw==\n";
constexpr std::string_view kPolicy =
    "log example.com/greek+a7284cc2+AWa+fjMsekUzMr2dCn99sFX1xe8aBq2mbZizn7aBDEc6\n"
    "witness one witness.one.example/w+2b0fad7d+BAtROtm0kkAVygkC7QeQRNOsXb7CMG8GlIwQ2o62458t\n"
    "witness two witness.two.example/w+3c4d9f78+BJGiigt0OBWTpNlGlXkgiSavyK2CyIObdkQ1m566mks6\n"
    "group both all one two\n"
    "quorum both\n";

class TlogProofTest : public ::testing::Test {
 protected:
  static Expected<WitnessedCheckpoint> Verify(std::string_view text, std::string_view entry) {
    const auto proof = ParseTlogProof(text);
    if (!proof) return std::unexpected(proof.error());
    const WitnessPolicy policy = *WitnessPolicy::Parse(kPolicy);
    return VerifyTlogProof(*proof, AsBytes(entry), policy.LogKeys(), policy, std::nullopt);
  }
};

TEST_F(TlogProofTest, ProofOfAnotherImplementationVerifies) {
  const auto witnessed = Verify(kProof, "gamma");
  ASSERT_TRUE(witnessed) << witnessed.error().message;
  EXPECT_EQ(witnessed->checkpoint.size, 5u);
  EXPECT_EQ(witnessed->cosignatures,
            (std::vector<Cosignature>{{0, Timestamp{1'795'000'000}}, {1, Timestamp{1'795'000'007}}}));
  EXPECT_EQ(SerializeTlogProof(*ParseTlogProof(kProof)), kProof);
  EXPECT_EQ(AsText(*ParseTlogProof(kProof)->extra), "greek");
}

TEST_F(TlogProofTest, ProofOfAnotherEntryIsRefused) {
  EXPECT_EQ(Verify(kProof, "delta").error().code, ErrorCode::kAltered);
  EXPECT_EQ(Verify(kProof, "").error().code, ErrorCode::kAltered);
  std::string moved(kProof);
  moved.replace(moved.find("index 2"), 7, "index 3");
  EXPECT_EQ(Verify(moved, "gamma").error().code, ErrorCode::kAltered);
  moved.replace(moved.find("index 3"), 7, "index 5");
  EXPECT_EQ(Verify(moved, "gamma").error().code, ErrorCode::kAltered);
}

TEST_F(TlogProofTest, MissingWitnessIsRefused) {
  const std::string without(kProof.substr(0, kProof.rfind("\xE2\x80\x94")));
  EXPECT_EQ(Verify(without, "gamma").error().code, ErrorCode::kQuorum);
}

TEST_F(TlogProofTest, EveryFlippedBitButThoseOfTheExtraIsRefused) {
  const std::size_t extra = kProof.find("Z3J");
  for (std::size_t bit = 0; bit < kProof.size() * 8; bit += 3) {
    if (bit / 8 >= extra && bit / 8 < extra + 8) continue;
    std::string changed(kProof);
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(Verify(changed, "gamma")) << bit;
  }
}

// The texts that another implementation's tests write and refuse.
TEST(TlogProof, PublishedTextsAreWrittenAndParsed) {
  const Digest one = crypto::Sha256(AsBytes("hash1"));
  const Digest two = crypto::Sha256(AsBytes("hash2"));
  const std::pair<TlogProof, std::string> cases[] = {
      {{5, {one, two}, "test checkpoint\n", std::nullopt},
       "c2sp.org/tlog-proof@v1\nindex 5\n" + Base64(one) + "\n" + Base64(two) + "\n\ntest checkpoint\n"},
      {{10, {one}, "checkpoint data\n", ToBytes(AsBytes("extra information"))},
       "c2sp.org/tlog-proof@v1\nextra ZXh0cmEgaW5mb3JtYXRpb24=\nindex 10\n" + Base64(one) +
           "\n\ncheckpoint data\n"},
      {{0, {}, "checkpoint\n", std::nullopt}, "c2sp.org/tlog-proof@v1\nindex 0\n\ncheckpoint\n"}};
  for (const auto& [proof, text] : cases) {
    EXPECT_EQ(SerializeTlogProof(proof), text);
    EXPECT_EQ(ParseTlogProof(text), proof);
  }
}

TEST(TlogProof, MalformedTextsAreRefused) {
  const std::string version = "c2sp.org/tlog-proof@v1\n";
  const std::string hash = Base64(Digest{1}) + "\n";
  std::string too_many = version + "index 0\n";
  for (int i = 0; i < 65; ++i) too_many += hash;
  for (const std::string& text :
       {std::string(), std::string("wrong-header\nindex 0\n\ncheckpoint\n"),
        version + "extra !!notbase64!!\nindex 0\n\ncheckpoint\n", version + "extra \nindex 0\n\ncheckpoint\n",
        version + "extra AAAA\n\ncheckpoint\n", version + "extra AAAA\nextra AAAA\nindex 0\n\ncheckpoint\n",
        version + "\n\ncheckpoint\n", version + "index notanumber\n\ncheckpoint\n",
        version + "index -5\n\ncheckpoint\n", version + "index 05\n\ncheckpoint\n",
        version + "index 18446744073709551616\n\ncheckpoint\n",
        version + "index 0\n!!notbase64!!\n\ncheckpoint\n",
        version + "index 0\n" + Base64(Bytes(64)) + "\n\ncheckpoint\n", version + "index 0\n",
        version + "index 0\n\n", version + "index 0\n" + hash,
        version + "index 0\nextra AAAA\n\ncheckpoint\n", too_many + "\ncheckpoint\n",
        version + "index 0\n\n" + std::string(kMaxTlogProofSize, 'x')}) {
    const auto proof = ParseTlogProof(text);
    ASSERT_FALSE(proof) << text.substr(0, 80);
    EXPECT_EQ(proof.error().code, ErrorCode::kMalformed);
  }
}

}  // namespace
}  // namespace strongroom::log
