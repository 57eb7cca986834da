#include "strongroom/bundle/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strongroom/crypto/floe.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/envelope/dsse.h"

namespace strongroom::bundle {
namespace {

Digest Filled(std::uint8_t byte) {
  Digest digest{};
  digest.fill(byte);
  return digest;
}

void AddFile(Manifest& manifest, const std::string& name, std::uint64_t size) {
  manifest.subjects.push_back({.name = name, .size = size, .root = Filled(1), .sha256 = {}});
  const std::uint64_t leaves = (size + 32767) / 32768 * 32;
  manifest.subjects.push_back({.name = LeavesName(name), .size = leaves, .root = Filled(2), .sha256 = {}});
}

Manifest Example() {
  Manifest manifest;
  manifest.commitment = Filled(3);
  manifest.cooperative_keyslots = true;
  manifest.created = Timestamp{1795290180};
  manifest.facts = envelope::ObjectBuilder().String("weights", "closed").Build();
  manifest.instance = Filled(4);
  manifest.label = "acme-7b";
  manifest.packs = {{.authority = "acme", .id = "allied-nations", .min_version = 1, .digest = Filled(5), .rule = PackPin::Rule::kFrozen}};
  manifest.sequence = 7;
  AddFile(manifest, "catalogue", 1000);
  AddFile(manifest, "shards/00000.shard", 100'000);
  AddFile(manifest, "shards/00001.shard", 100'000);
  std::ranges::sort(manifest.subjects, {}, &Subject::name);
  return manifest;
}

class ManifestFile : public ::testing::Test {
 protected:
  envelope::TrustStore TrustOwner() const {
    envelope::TrustStore trust;
    static_cast<void>(trust.Add({.purpose = envelope::KeyPurpose::kOwner, .key = {.name = "owner", .key = owner_.public_key()}}));
    return trust;
  }

  Bytes Envelope(const Manifest& manifest) const { return *SignManifest(manifest, owner_, "owner"); }

  // Signs a payload in which `from` was replaced by `to`.
  Bytes EnvelopeWith(std::string_view from, std::string_view to) const {
    Manifest manifest = Example();
    manifest.owner = {.name = "owner", .key = owner_.public_key()};
    std::string payload(AsText(SerializeManifestPayload(manifest)));
    const std::size_t at = payload.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    payload.replace(at, from.size(), to);
    return envelope::SignDsse("application/vnd.in-toto+json", AsBytes(payload), owner_);
  }

  crypto::Ed25519PrivateKey owner_ = crypto::Ed25519PrivateKey::Generate();
};

TEST_F(ManifestFile, SignedManifestVerifiesAndSaysTheSame) {
  const Manifest manifest = Example();
  const auto verified = VerifyManifest(Envelope(manifest), TrustOwner());
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->manifest.subjects, manifest.subjects);
  EXPECT_EQ(verified->manifest.packs, manifest.packs);
  EXPECT_EQ(verified->manifest.facts, manifest.facts);
  EXPECT_EQ(verified->manifest.sequence, 7u);
  EXPECT_EQ(verified->manifest.owner.name, "owner");
  EXPECT_EQ(verified->bundle_id, crypto::Sha256(SerializeManifestPayload(verified->manifest)));
}

TEST_F(ManifestFile, OwnerWhoIsNotTrustedIsUntrusted) {
  const Error error = VerifyManifest(Envelope(Example()), {}).error();
  EXPECT_EQ(error.code, ErrorCode::kUntrusted);
  EXPECT_THAT(error.next, ::testing::HasSubstr("strongroom trust add owner+"));
  EXPECT_THAT(error.next, ::testing::EndsWith(" --purpose owner"));
}

TEST_F(ManifestFile, KeyTrustedForSomethingElseIsUntrusted) {
  envelope::TrustStore trust;
  ASSERT_TRUE(trust.Add({.purpose = envelope::KeyPurpose::kLog, .key = {.name = "owner", .key = owner_.public_key()}}));
  EXPECT_EQ(VerifyManifest(Envelope(Example()), trust).error().code, ErrorCode::kUntrusted);
}

TEST_F(ManifestFile, SignatureOfAnotherKeyThanTheOwnersIsAltered) {
  Manifest manifest = Example();
  manifest.owner = {.name = "owner", .key = owner_.public_key()};
  const auto other = crypto::Ed25519PrivateKey::Generate();
  const Bytes envelope = envelope::SignDsse("application/vnd.in-toto+json", SerializeManifestPayload(manifest), other);
  EXPECT_EQ(VerifyManifest(envelope, TrustOwner()).error().code, ErrorCode::kAltered);
  EXPECT_EQ(ReadManifestUnverified(envelope).error().code, ErrorCode::kAltered);
}

TEST_F(ManifestFile, UnverifiedManifestIsReadButOnlyAsAClaim) {
  const auto read = ReadManifestUnverified(Envelope(Example()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->manifest.label, "acme-7b");
}

TEST_F(ManifestFile, NewerFormatOfATrustedOwnerIsUnsupported) {
  EXPECT_EQ(VerifyManifest(EnvelopeWith("\"format\":1", "\"format\":2"), TrustOwner()).error().code, ErrorCode::kUnsupported);
}

TEST_F(ManifestFile, NewerFormatThatNobodyTrustedSignedIsNotBelieved) {
  EXPECT_EQ(VerifyManifest(EnvelopeWith("\"format\":1", "\"format\":2"), {}).error().code, ErrorCode::kUntrusted);
}

TEST_F(ManifestFile, PayloadThatBreaksARuleIsMalformed) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"\"format\":1", "\"format\":0"},
      {"\"format\":1", "\"format\":1,\"more\":1"},
      {"\"label\":\"acme-7b\"", "\"label\":\"\""},
      {"\"label\":\"acme-7b\"", "\"label\":\"a\\nb\""},
      {"\"sequence\":7", "\"sequence\":0"},
      {"\"rule\":\"frozen\"", "\"rule\":\"maybe\""},
      {"\"facts\":{\"weights\":\"closed\"}", "\"facts\":[]"},
      {"\"facts\":{\"weights\":\"closed\"}", "\"facts\":{\"weights\":1}"},
      {"\"parity\":null", "\"parity\":{\"data\":0,\"parity\":1}"},
      {"\"parity\":null", "\"parity\":{\"data\":10,\"parity\":2}"},  // whose files are not there
      {"\"name\":\"shards/00001.shard\"", "\"name\":\"shards/00002.shard\""},
      {"\"name\":\"catalogue\"", "\"name\":\"../catalogue\""},
      {"\"size\":100000", "\"size\":100001"},
      {"\"size\":1000", "\"size\":18446744073709551615"},
      {"\"series\":\"00", "\"series\":\"0G"},
      {"urn:strongroom:bundle:v1", "urn:strongroom:bundle:v9"},
  };
  for (const auto& [from, to] : cases) {
    const auto verified = VerifyManifest(EnvelopeWith(from, to), TrustOwner());
    ASSERT_FALSE(verified) << to;
    EXPECT_EQ(verified.error().code, ErrorCode::kMalformed) << to << ": " << verified.error().message;
  }
}

TEST_F(ManifestFile, ManifestThatCouldNotBeReadBackIsNotSigned) {
  Manifest manifest = Example();
  manifest.subjects.pop_back();
  EXPECT_EQ(SignManifest(manifest, owner_, "owner").error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace strongroom::bundle
