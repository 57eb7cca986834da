#include "strongroom/crypto/x25519.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace strongroom::crypto {
namespace {

X25519PrivateKey PrivateKey(std::string_view hex) {
  return *X25519PrivateKey::FromSeed(SecretBytes::CopyOf(*FromHex(hex)));
}

X25519PublicKey PublicKey(std::string_view hex) {
  X25519PublicKey key{};
  std::ranges::copy(*FromHex(hex), key.begin());
  return key;
}

// RFC 7748 section 5.2.
TEST(X25519, KnownAnswer) {
  const auto shared =
      PrivateKey("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4")
          .SharedSecret(PublicKey("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"));
  ASSERT_TRUE(shared);
  EXPECT_EQ(Hex(shared->Expose()), "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
}

TEST(X25519, BothSidesComeToOneSecret) {
  const X25519PrivateKey a = X25519PrivateKey::Generate();
  const X25519PrivateKey b = X25519PrivateKey::Generate();
  EXPECT_NE(a.public_key(), b.public_key());
  EXPECT_TRUE(
      ConstantTimeEqual(a.SharedSecret(b.public_key())->Expose(), b.SharedSecret(a.public_key())->Expose()));
}

TEST(X25519, PublicKeysOfSmallOrderAreRefused) {
  for (const std::string_view point : {"0000000000000000000000000000000000000000000000000000000000000000",
                                       "0100000000000000000000000000000000000000000000000000000000000000",
                                       "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"}) {
    const auto shared = X25519PrivateKey::Generate().SharedSecret(PublicKey(point));
    ASSERT_FALSE(shared) << point;
    EXPECT_EQ(shared.error().code, ErrorCode::kMalformed);
  }
}

TEST(X25519, KeyOfTheWrongLengthIsRefused) {
  EXPECT_EQ(X25519PrivateKey::FromSeed(SecretBytes(31)).error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace strongroom::crypto
