#include "strongroom/crypto/hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace strongroom::crypto {
namespace {

Bytes H(std::string_view hex) {
  return FromHex(hex).value();
}
Bytes Repeated(std::uint8_t byte, std::size_t count) {
  return Bytes(count, byte);
}

Bytes Counting(std::uint8_t from, std::size_t count) {
  Bytes bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(from + i);
  return bytes;
}

TEST(Sha256, Fips180Examples) {
  EXPECT_EQ(Hex(Sha256(ByteView())), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256(AsBytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, PiecesHashAsTheirConcatenation) {
  const std::array<ByteView, 3> pieces = {AsBytes("a"), ByteView(), AsBytes("bc")};
  EXPECT_EQ(Sha256(pieces), Sha256(AsBytes("abc")));
}

// The tree of RFC 6962 section 2.1 over the entries "" and 00, as certificate-transparency's own tests have
// it.
TEST(MerkleHash, LeavesAndNodesAreSetApart) {
  const Digest empty_leaf = MerkleLeafHash({});
  const Digest zero_leaf = MerkleLeafHash(H("00"));
  EXPECT_EQ(Hex(empty_leaf), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(Hex(MerkleNodeHash(empty_leaf, zero_leaf)),
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
}

struct HkdfCase {
  const char* name;
  Bytes key, salt, info;
  std::string output;
};

// RFC 5869 appendix A, the three cases with SHA-256.
TEST(HkdfSha256, Rfc5869Cases) {
  const std::vector<HkdfCase> cases = {
      {"A.1", Repeated(0x0b, 22), Counting(0x00, 13), Counting(0xf0, 10),
       "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
      {"A.2", Counting(0x00, 80), Counting(0x60, 80), Counting(0xb0, 80),
       "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da327"
       "5600c2f09b8367793"
       "a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
      {"A.3",
       Repeated(0x0b, 22),
       {},
       {},
       "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
  };
  for (const HkdfCase& c : cases) {
    EXPECT_EQ(Hex(HkdfSha256(c.key, c.salt, c.info, c.output.size() / 2).Expose()), c.output) << c.name;
  }
}

TEST(HkdfExpandSha384, LongerOutputBeginsWithTheShorter) {
  const Bytes key(48, 1);
  const SecretBytes whole = HkdfExpandSha384(key, AsBytes("info"), 200);
  for (const std::size_t length : {0, 1, 47, 48, 49, 96, 199}) {
    const SecretBytes part = HkdfExpandSha384(key, AsBytes("info"), length);
    EXPECT_EQ(Hex(part.Expose()), Hex(whole.Expose().first(length)));
  }
}

TEST(HkdfExpandSha384, LongInfoCountsToItsLastByte) {
  Bytes info(5000);
  const SecretBytes one = HkdfExpandSha384(Bytes(48), info, 32);
  info.back() = 1;
  EXPECT_FALSE(ConstantTimeEqual(one.Expose(), HkdfExpandSha384(Bytes(48), info, 32).Expose()));
}

TEST(HkdfExpandSha384, MoreThan255BlocksEndTheProcess) {
  EXPECT_EQ(HkdfExpandSha384(Bytes(48), {}, 255 * 48).size(), 255U * 48);
  EXPECT_DEATH(static_cast<void>(HkdfExpandSha384(Bytes(48), {}, 255 * 48 + 1)), "");
}

TEST(RandomBytes, DoNotRepeat) {
  std::set<Bytes> seen;
  for (int i = 0; i < 100; ++i) seen.insert(RandomBytes(16));
  EXPECT_EQ(seen.size(), 100U);
  EXPECT_TRUE(RandomBytes(0).empty());
}

// Two passes over 64 KiB, one lane; the expected key is OpenSSL 3.2's.
TEST(Argon2id, OpenSslAgrees) {
  const SecretBytes password = SecretBytes::CopyOf(AsBytes("password"));
  const auto key = Argon2id(password, AsBytes("somesaltsomesalt"), {.passes = 2, .memory_bytes = 64 << 10});
  ASSERT_TRUE(key);
  EXPECT_EQ(Hex(key->Expose()), "1a98fba8e6394425c9bdc333a9c750aaf811df070f5fb4a5788e1cf4db5793a1");
}

TEST(Argon2id, CostOutsideTheBoundsIsMalformed) {
  const SecretBytes password = SecretBytes::CopyOf(AsBytes("password"));
  const Bytes salt(16);
  for (const Argon2Cost cost :
       {Argon2Cost{0, 64 << 10}, Argon2Cost{17, 64 << 10}, Argon2Cost{1, (8 << 10) - 1},
        Argon2Cost{1, (1 << 30) + 1}, Argon2Cost{1, UINT64_MAX}}) {
    EXPECT_EQ(Argon2id(password, salt, cost).error().code, ErrorCode::kMalformed);
  }
  EXPECT_EQ(Argon2id(password, Bytes(15), {1, 8 << 10}).error().code, ErrorCode::kMalformed);
  EXPECT_TRUE(Argon2id(password, salt, {1, 8 << 10}));
}

TEST(SealSmall, RoundTripsEverySize) {
  const SecretBytes key = SecretBytes::Random(32);
  for (const std::size_t size : {0, 1, 32, 1000}) {
    const Bytes plaintext = RandomBytes(size);
    const Bytes sealed = SealSmall(key, plaintext, AsBytes("aad")).value();
    EXPECT_EQ(sealed.size(), size + 28);
    EXPECT_EQ(ToBytes(OpenSmall(key, sealed, AsBytes("aad"))->Expose()), plaintext);
  }
}

TEST(OpenSmall, EveryFlippedBitIsAltered) {
  const SecretBytes key = SecretBytes::Random(32);
  const Bytes sealed = SealSmall(key, AsBytes("secret"), {}).value();
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes altered = sealed;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_EQ(OpenSmall(key, altered, {}).error().code, ErrorCode::kAltered);
  }
  EXPECT_EQ(OpenSmall(key, sealed, AsBytes("other")).error().code, ErrorCode::kAltered);
  EXPECT_EQ(OpenSmall(SecretBytes::Random(32), sealed, {}).error().code, ErrorCode::kAltered);
}

TEST(OpenSmall, TooShortToHoldATagIsMalformed) {
  EXPECT_EQ(OpenSmall(SecretBytes(32), Bytes(27), {}).error().code, ErrorCode::kMalformed);
}

TEST(SealSmall, KeyOfAnotherSizeIsMalformed) {
  EXPECT_EQ(SealSmall(SecretBytes(16), {}, {}).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(OpenSmall(SecretBytes(16), Bytes(28), {}).error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace strongroom::crypto
