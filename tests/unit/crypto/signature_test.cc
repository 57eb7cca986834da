#include "strongroom/crypto/signature.h"

#include <gtest/gtest.h>

#include "strongroom/crypto/hash.h"

namespace strongroom::crypto {
namespace {

SecretBytes SecretFromHex(std::string_view hex) {
  return SecretBytes::CopyOf(FromHex(hex).value());
}

// RFC 8032 section 7.1, test 2.
TEST(Ed25519, Rfc8032Test2) {
  const auto key = Ed25519PrivateKey::FromSeed(
      SecretFromHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  ASSERT_TRUE(key);
  EXPECT_EQ(Hex(key->public_key()), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const Bytes message = {0x72};
  const Ed25519Signature signature = key->Sign(message);
  EXPECT_EQ(Hex(signature),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aee"
            "b00d291612bb0c00");
  EXPECT_TRUE(Verify(key->public_key(), message, signature));
}

TEST(Ed25519, AlteredMessageSignatureOrKeyIsRefused) {
  const Ed25519PrivateKey key = Ed25519PrivateKey::Generate();
  const Ed25519Signature signature = key.Sign(AsBytes("message"));
  EXPECT_TRUE(Verify(key.public_key(), AsBytes("message"), signature));
  EXPECT_FALSE(Verify(key.public_key(), AsBytes("massage"), signature));
  EXPECT_FALSE(Verify(Ed25519PrivateKey::Generate().public_key(), AsBytes("message"), signature));
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    Ed25519Signature altered = signature;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_FALSE(Verify(key.public_key(), AsBytes("message"), altered));
  }
}

TEST(Ed25519, SmallOrderKeyIsRefused) {
  // The neutral element: under it R = sB with any s would verify without libsodium's check.
  const Ed25519PublicKey neutral = {1};
  const Ed25519Signature signature = {1};
  EXPECT_FALSE(Verify(neutral, AsBytes("anything"), signature));
}

TEST(Ed25519, SeedOfAnotherSizeIsMalformed) {
  EXPECT_EQ(Ed25519PrivateKey::FromSeed(SecretBytes(31)).error().code, ErrorCode::kMalformed);
}

TEST(Ed25519, SeedGivesTheSameKeyAgain) {
  const Ed25519PrivateKey key = Ed25519PrivateKey::Generate();
  EXPECT_EQ(Ed25519PrivateKey::FromSeed(key.seed().Clone())->public_key(), key.public_key());
}

// RFC 6979 appendix A.2.5: the key pair, and its signature of "sample".
constexpr std::string_view kScalar = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
constexpr std::string_view kX = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
constexpr std::string_view kY = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
constexpr std::string_view kR = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
constexpr std::string_view kS = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

std::array<std::uint8_t, 32> Array32(std::string_view hex) {
  std::array<std::uint8_t, 32> out{};
  const Bytes bytes = FromHex(hex).value();
  std::copy_n(bytes.begin(), out.size(), out.begin());
  return out;
}

TEST(P256, Rfc6979KeyPairAndSignature) {
  const auto key = P256PrivateKey::FromScalar(SecretFromHex(kScalar));
  ASSERT_TRUE(key);
  EXPECT_EQ(Hex(key->public_key().x), kX);
  EXPECT_EQ(Hex(key->public_key().y), kY);
  EXPECT_TRUE(Verify(key->public_key(), AsBytes("sample"), {Array32(kR), Array32(kS)}));
  EXPECT_FALSE(Verify(key->public_key(), AsBytes("samples"), {Array32(kR), Array32(kS)}));
}

TEST(P256, SignedMessageVerifies) {
  for (int round = 0; round < 100; ++round) {  // enough for r or s to begin with a zero byte now and then
    const P256PrivateKey key = P256PrivateKey::Generate();
    const P256Signature signature = key.Sign(AsBytes("message"));
    EXPECT_TRUE(Verify(key.public_key(), AsBytes("message"), signature));
    EXPECT_FALSE(Verify(key.public_key(), AsBytes("massage"), signature));
  }
}

TEST(P256, ZeroAndOrderSizedSignatureNumbersAreRefused) {
  const P256PrivateKey key = P256PrivateKey::Generate();
  P256Signature signature = key.Sign(AsBytes("message"));
  signature.s = {};
  EXPECT_FALSE(Verify(key.public_key(), AsBytes("message"), signature));
  EXPECT_FALSE(Verify(key.public_key(), AsBytes("message"), P256Signature{}));
  signature.s.fill(0xff);
  EXPECT_FALSE(Verify(key.public_key(), AsBytes("message"), signature));
}

TEST(P256, PointOffTheCurveIsRefused) {
  const P256Signature signature{Array32(kR), Array32(kS)};
  P256PublicKey key{Array32(kX), Array32(kY)};
  key.y[31] ^= 1;
  EXPECT_FALSE(Verify(key, AsBytes("sample"), signature));
  EXPECT_FALSE(Verify(P256PublicKey{}, AsBytes("sample"), signature));
}

TEST(P256, ScalarOutsideTheGroupIsMalformed) {
  const std::string_view order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
  EXPECT_EQ(P256PrivateKey::FromScalar(SecretBytes(32)).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(P256PrivateKey::FromScalar(SecretFromHex(order)).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(P256PrivateKey::FromScalar(SecretBytes(31)).error().code, ErrorCode::kMalformed);
  SecretBytes below = SecretFromHex(order);
  below.ExposeForWriting().back() -= 1;
  EXPECT_TRUE(P256PrivateKey::FromScalar(std::move(below)));
}

TEST(P256, DerOfAnotherFormIsRefused) {
  const P256PublicKey key{Array32(kX), Array32(kY)};
  // SEQUENCE of two INTEGERs; both numbers have their top bit set, so that each begins with a zero byte.
  const std::string numbers = "022100" + std::string(kR) + "022100" + std::string(kS);
  const auto verifies = [&](const std::string& hex) {
    return VerifyDer(key, AsBytes("sample"), FromHex(hex).value());
  };
  EXPECT_TRUE(verifies("3046" + numbers));
  EXPECT_FALSE(verifies("308146" + numbers));         // a length longer than it need be
  EXPECT_FALSE(verifies("3080" + numbers + "0000"));  // BER's indefinite length
  EXPECT_FALSE(verifies("3046" + numbers + "00"));    // trailing bytes
  EXPECT_FALSE(verifies("304702220000" + std::string(kR) + "022100" + std::string(kS)));  // a padded number
  EXPECT_FALSE(verifies(""));
}

}  // namespace
}  // namespace strongroom::crypto
