// Project Wycheproof's vectors, where the corpus is at hand.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "providers.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/crypto/signature.h"
#include "strongroom/crypto/x25519.h"

namespace strongroom::crypto {
namespace {

using Json = nlohmann::json;

// The test groups of a file, or null where there is no corpus.
Json TestGroups(const std::string& name) {
  const char* corpus = std::getenv("STRONGROOM_CORPUS");
  if (corpus == nullptr) return nullptr;
  std::ifstream file(std::string(corpus) + "/crypto/C2SP_wycheproof/" + name);
  return Json::parse(file).at("testGroups");
}

Bytes HexField(const Json& object, const char* name) {
  return FromHex(object.at(name).get<std::string>()).value();
}
bool IsValid(const Json& test) {
  return test.at("result") == "valid";
}

#define LOAD_GROUPS_OR_SKIP(groups, name) \
  const Json groups = TestGroups(name);   \
  if (groups.is_null()) GTEST_SKIP() << "STRONGROOM_CORPUS is not set"

class WycheproofAesGcm : public EveryProvider {
 protected:
  void Check(const Json& test) {
    SCOPED_TRACE(test.at("tcId").dump());
    const auto key = bulk_->Prepare(SecretBytes::CopyOf(HexField(test, "key")));
    const Bytes nonce = HexField(test, "iv");
    const Bytes aad = HexField(test, "aad");
    const Bytes message = HexField(test, "msg");
    const Bytes ciphertext = HexField(test, "ct");
    const Bytes tag = HexField(test, "tag");
    Bytes output(ciphertext.size());
    const MutableBytes out(output);
    const ByteView sealed(ciphertext);
    const bool verified = worker_->Decrypt(*key, ByteView(nonce).first<12>(), aad, {&sealed, 1}, {&out, 1},
                                           ByteView(tag).first<16>());
    EXPECT_EQ(verified, IsValid(test));
    if (!IsValid(test)) return;
    EXPECT_EQ(output, message);
    std::array<std::uint8_t, 16> made;
    const ByteView in(message);
    worker_->Encrypt(*key, ByteView(nonce).first<12>(), aad, {&in, 1}, {&out, 1}, made);
    EXPECT_EQ(output, ciphertext);
    EXPECT_EQ(Hex(made), Hex(tag));
  }
};

STRONGROOM_FOR_EVERY_PROVIDER(WycheproofAesGcm);

TEST_P(WycheproofAesGcm, KeysOf256BitsWithOurNonceAndTagSizes) {
  LOAD_GROUPS_OR_SKIP(groups, "aes_gcm_test.json");
  int checked = 0;
  for (const Json& group : groups) {
    if (group.at("keySize") != 256 || group.at("ivSize") != 96 || group.at("tagSize") != 128) continue;
    for (const Json& test : group.at("tests")) {
      Check(test);
      ++checked;
    }
  }
  EXPECT_GE(checked, 60);
}

template <typename Hkdf>
void CheckHkdf(const Json& groups, Hkdf hkdf, std::size_t longest) {
  int checked = 0;
  for (const Json& group : groups) {
    for (const Json& test : group.at("tests")) {
      SCOPED_TRACE(test.at("tcId").dump());
      const auto size = test.at("size").get<std::size_t>();
      EXPECT_EQ(IsValid(test), size <= longest);
      if (!IsValid(test)) continue;
      EXPECT_EQ(
          Hex(hkdf(HexField(test, "ikm"), HexField(test, "salt"), HexField(test, "info"), size).Expose()),
          test.at("okm").get<std::string>());
      ++checked;
    }
  }
  EXPECT_GE(checked, 80);
}

TEST(WycheproofHkdf, Sha256) {
  LOAD_GROUPS_OR_SKIP(groups, "hkdf_sha256_test.json");
  CheckHkdf(groups, HkdfSha256, 255 * 32);
}

TEST(WycheproofHkdf, Sha384) {
  LOAD_GROUPS_OR_SKIP(groups, "hkdf_sha384_test.json");
  CheckHkdf(groups, HkdfSha384, 255 * 48);
}

TEST(WycheproofEd25519, EveryCase) {
  LOAD_GROUPS_OR_SKIP(groups, "ed25519_test.json");
  for (const Json& group : groups) {
    Ed25519PublicKey key;
    std::ranges::copy(HexField(group.at("publicKey"), "pk"), key.begin());
    for (const Json& test : group.at("tests")) {
      SCOPED_TRACE(test.at("tcId").dump());
      const Bytes bytes = HexField(test, "sig");
      Ed25519Signature signature;
      const bool right_size = bytes.size() == signature.size();
      if (right_size) std::ranges::copy(bytes, signature.begin());
      EXPECT_EQ(right_size && Verify(key, HexField(test, "msg"), signature), IsValid(test));
    }
  }
}

TEST(WycheproofP256, EveryCase) {
  LOAD_GROUPS_OR_SKIP(groups, "ecdsa_secp256r1_sha256_test.json");
  for (const Json& group : groups) {
    const Bytes point = HexField(group.at("publicKey"), "uncompressed");
    P256PublicKey key;
    std::copy_n(point.begin() + 1, 32, key.x.begin());
    std::copy_n(point.begin() + 33, 32, key.y.begin());
    for (const Json& test : group.at("tests")) {
      EXPECT_EQ(VerifyDer(key, HexField(test, "msg"), HexField(test, "sig")), IsValid(test))
          << test.at("tcId");
    }
  }
}

TEST(WycheproofX25519, EveryCaseAndNoSecretOfZeros) {
  LOAD_GROUPS_OR_SKIP(groups, "x25519_test.json");
  for (const Json& group : groups) {
    for (const Json& test : group.at("tests")) {
      SCOPED_TRACE(test.at("tcId").dump());
      const auto key = X25519PrivateKey::FromSeed(SecretBytes::CopyOf(HexField(test, "private")));
      X25519PublicKey peer{};
      std::ranges::copy(HexField(test, "public"), peer.begin());
      const auto shared = key->SharedSecret(peer);
      const Bytes expected = HexField(test, "shared");
      EXPECT_EQ(shared.has_value(), expected != Bytes(expected.size()));
      EXPECT_EQ(shared ? Hex(shared->Expose()) : Hex(Bytes(expected.size())), Hex(expected));
    }
  }
}

}  // namespace
}  // namespace strongroom::crypto
