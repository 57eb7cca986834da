#include "strongroom/envelope/trust.h"

#include <gtest/gtest.h>

namespace strongroom::envelope {
namespace {

NoteKey Key(std::string name, std::uint8_t fill) {
  return {std::move(name),
          crypto::Ed25519PrivateKey::FromSeed(SecretBytes::CopyOf(Bytes(32, fill)))->public_key()};
}

TEST(TrustStore, KeyIsTrustedForItsPurposeAlone) {
  TrustStore store;
  const NoteKey key = Key("lab", 1);
  ASSERT_TRUE(store.Add({KeyPurpose::kOwner, key}));
  ASSERT_NE(store.Find(KeyPurpose::kOwner, key.key), nullptr);
  EXPECT_EQ(store.Find(KeyPurpose::kOwner, key.key)->name, "lab");
  EXPECT_EQ(store.Find(KeyPurpose::kLog, key.key), nullptr);
  EXPECT_EQ(store.Find(KeyPurpose::kOwner, Key("lab", 2).key), nullptr);
  EXPECT_TRUE(store.Keys(KeyPurpose::kWitness).empty());
}

TEST(TrustStore, TextFormIsKept) {
  TrustStore store;
  for (const KeyPurpose purpose :
       {KeyPurpose::kOwner, KeyPurpose::kPackAuthority, KeyPurpose::kLog, KeyPurpose::kWitness,
        KeyPurpose::kCustodian, KeyPurpose::kLicenceIssuer}) {
    ASSERT_TRUE(store.Add({purpose, Key("k", 1)}));
  }
  const auto parsed = TrustStore::Parse("# ours\n\n" + store.Serialize());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->keys(), store.keys());
}

TEST(TrustStore, NoKeyIsReplacedInSilence) {
  TrustStore store;
  ASSERT_TRUE(store.Add({KeyPurpose::kOwner, Key("lab", 1)}));
  EXPECT_EQ(store.Add({KeyPurpose::kOwner, Key("lab", 2)}).error().code, ErrorCode::kExists);
  EXPECT_EQ(store.Add({KeyPurpose::kOwner, Key("other", 1)}).error().code, ErrorCode::kExists);
  EXPECT_EQ(store.keys().size(), 1u);
}

TEST(TrustStore, RemovedKeyIsNoLongerTrusted) {
  TrustStore store;
  ASSERT_TRUE(store.Add({KeyPurpose::kOwner, Key("lab", 1)}));
  EXPECT_EQ(store.Remove(KeyPurpose::kLog, "lab").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(store.Remove(KeyPurpose::kOwner, "lab"));
  EXPECT_EQ(store.Find(KeyPurpose::kOwner, Key("lab", 1).key), nullptr);
}

TEST(TrustStore, BadLineIsRefusedByItsNumber) {
  const std::string line = "owner " + Key("lab", 1).ToText() + "\n";
  for (const std::string& bad :
       {"owner\n" + std::string(), "boss " + Key("a", 2).ToText() + "\n",
        "owner  " + Key("a", 2).ToText() + "\n", " " + line, "owner " + Key("a", 2).ToText() + " \n", line,
        "owner " + Key("other", 1).ToText() + "\n", std::string("owner x+1+2\n")}) {
    const auto store = TrustStore::Parse(line + bad);
    ASSERT_FALSE(store) << bad;
    EXPECT_EQ(store.error().code, ErrorCode::kMalformed);
    EXPECT_TRUE(store.error().message.starts_with("trusted keys, line 2: ")) << store.error().message;
  }
}

}  // namespace
}  // namespace strongroom::envelope
