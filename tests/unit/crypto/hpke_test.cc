#include "strongroom/crypto/hpke.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/hpke_seal.h"

namespace strongroom::crypto {
namespace {

Bytes H(std::string_view hex) {
  return FromHex(hex).value();
}

X25519PrivateKey PrivateKey(std::string_view hex) {
  return *X25519PrivateKey::FromSeed(SecretBytes::CopyOf(H(hex)));
}

// Of the test vectors that RFC 9180 appendix A refers to, the one of this suite in base mode, with its first
// message.
constexpr std::string_view kRecipientKey = "497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d";
constexpr std::string_view kRecipient = "430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c";
constexpr std::string_view kEphemeralKey = "179d4b53b6365c45b600c4163b61d95cbc2f4d9e36f1695558dce265ab8bab11";
constexpr std::string_view kInfo = "4f6465206f6e2061204772656369616e2055726e";
constexpr std::string_view kAad = "436f756e742d30";
constexpr std::string_view kPlaintext = "4265617574792069732074727574682c20747275746820626561757479";
constexpr std::string_view kSealed =
    "6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256"
    "e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a";

ErrorCode OpenFailure(const X25519PrivateKey& key, ByteView info, ByteView aad, ByteView sealed) {
  const auto opened = HpkeOpen(key, info, aad, sealed);
  EXPECT_FALSE(opened);
  return opened ? ErrorCode::kInternal : opened.error().code;
}

TEST(Hpke, PublishedVectorIsSealedAndOpened) {
  const X25519PrivateKey recipient = PrivateKey(kRecipientKey);
  EXPECT_EQ(Hex(recipient.public_key()), kRecipient);
  const auto sealed =
      HpkeSealWith(PrivateKey(kEphemeralKey), recipient.public_key(), H(kInfo), H(kAad), H(kPlaintext));
  ASSERT_TRUE(sealed);
  EXPECT_EQ(Hex(*sealed), kSealed);
  const auto opened = HpkeOpen(recipient, H(kInfo), H(kAad), H(kSealed));
  ASSERT_TRUE(opened);
  EXPECT_EQ(Hex(opened->Expose()), kPlaintext);
}

TEST(Hpke, EveryLengthSurvivesAndNoTwoMessagesAreAlike) {
  const X25519PrivateKey key = X25519PrivateKey::Generate();
  for (const std::size_t length : {0, 1, 16, 4096}) {
    const Bytes plaintext(length, 7);
    const auto sealed = HpkeSeal(key.public_key(), {}, {}, plaintext);
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->size(), length + kHpkeOverhead);
    EXPECT_NE(*sealed, *HpkeSeal(key.public_key(), {}, {}, plaintext));
    EXPECT_TRUE(std::ranges::equal(HpkeOpen(key, {}, {}, *sealed)->Expose(), plaintext));
  }
}

TEST(Hpke, AnyChangedByteIsRefused) {
  const X25519PrivateKey recipient = PrivateKey(kRecipientKey);
  Bytes sealed = H(kSealed);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    const auto mask = static_cast<std::uint8_t>(1 << (i % 8));
    sealed[i] ^= mask;
    EXPECT_EQ(OpenFailure(recipient, H(kInfo), H(kAad), sealed), ErrorCode::kAltered) << i;
    sealed[i] ^= mask;
  }
}

TEST(Hpke, OtherKeyInfoOrAadIsRefused) {
  const X25519PrivateKey recipient = PrivateKey(kRecipientKey);
  EXPECT_EQ(OpenFailure(PrivateKey(kEphemeralKey), H(kInfo), H(kAad), H(kSealed)), ErrorCode::kAltered);
  EXPECT_EQ(OpenFailure(recipient, H(kAad), H(kAad), H(kSealed)), ErrorCode::kAltered);
  EXPECT_EQ(OpenFailure(recipient, H(kInfo), H(kInfo), H(kSealed)), ErrorCode::kAltered);
}

TEST(Hpke, MessageCutShortIsRefused) {
  const Bytes sealed = H(kSealed);
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    const ErrorCode code =
        OpenFailure(PrivateKey(kRecipientKey), H(kInfo), H(kAad), ByteView(sealed).first(size));
    EXPECT_EQ(code, size < kHpkeOverhead ? ErrorCode::kMalformed : ErrorCode::kAltered);
  }
}

TEST(Hpke, KeysOfSmallOrderAreRefused) {
  EXPECT_EQ(HpkeSeal(X25519PublicKey{}, {}, {}, {}).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(OpenFailure(PrivateKey(kRecipientKey), {}, {}, Bytes(kHpkeOverhead)), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace strongroom::crypto
