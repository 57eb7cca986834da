#include "strongroom/policy/signed_pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_packs.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/envelope/dsse.h"

namespace strongroom::policy {
namespace {

using ::testing::HasSubstr;

constexpr Timestamp kIssued{1'795'000'000};
constexpr Timestamp kExpires{1'798'000'000};

crypto::Ed25519PrivateKey Key(std::uint8_t fill) {
  return *crypto::Ed25519PrivateKey::FromSeed(SecretBytes::CopyOf(Bytes(32, fill)));
}

Bytes Text(std::string_view text) {
  return ToBytes(AsBytes(text));
}

std::string SampleText() {
  return SampleHead() + SampleRule("friend", "exception",
                                   "weakest_basis = \"declared\"\n"
                                   "when = [{ fact = \"node.country\", in_list = \"friends\" }]");
}

PackStatement SampleStatement() {
  return {.authority = "acme",
          .id = "sample-pack",
          .version = 3,
          .issued = kIssued,
          .expires = kExpires,
          .replaces = 2,
          .revokes = {Digest{1}, Digest{2}},
          .documents = {.pack = Text(SampleText()),
                        .cases = Text("id,date,node.country,node.basis,expected,rules,note\n"
                                      "gb,2026-06-01,GB,declared,permit,friend,\n"),
                        .tables = {Text(kSampleTable)},
                        .parts = {}}};
}

envelope::TrustStore Trusting(const std::string& name, const crypto::Ed25519PrivateKey& key) {
  envelope::TrustStore trust;
  EXPECT_TRUE(trust.Add({envelope::KeyPurpose::kPackAuthority, {name, key.public_key()}}));
  return trust;
}

class SignedPack : public ::testing::Test {
 protected:
  Expected<VerifiedPack> Verify(ByteView file) { return VerifySignedPack(file, Trusting("acme", key_)); }
  Expected<Pack> Load(const PackStatement& statement, Timestamp now = kIssued) {
    return LoadVerifiedPack({statement, {"acme", key_.public_key()}}, {}, now);
  }

  crypto::Ed25519PrivateKey key_ = Key(1);
  Bytes file_ = *SignPack(SampleStatement(), key_);
};

TEST_F(SignedPack, OpensAsWhatWasSigned) {
  const auto verified = Verify(file_);
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->statement, SampleStatement());
  EXPECT_EQ(verified->signer.name, "acme");
  const auto pack = Load(verified->statement);
  ASSERT_TRUE(pack) << pack.error().message;
  EXPECT_EQ(pack->version, 3u);
  EXPECT_EQ(pack->digest, verified->statement.digest());
}

TEST_F(SignedPack, StrangersSignatureIsUntrusted) {
  const auto stranger = VerifySignedPack(file_, Trusting("beta", Key(2)));
  ASSERT_FALSE(stranger);
  EXPECT_EQ(stranger.error().code, ErrorCode::kUntrusted);
  EXPECT_THAT(stranger.error().message, HasSubstr("'acme'"));
  EXPECT_EQ(VerifySignedPack(file_, envelope::TrustStore()).error().code, ErrorCode::kUntrusted);
}

TEST_F(SignedPack, TrustedKeyUnderAnotherNameIsUntrusted) {
  EXPECT_EQ(VerifySignedPack(file_, Trusting("beta", key_)).error().code, ErrorCode::kUntrusted);
}

TEST_F(SignedPack, OwnersKeyIsNoPackAuthority) {
  envelope::TrustStore trust;
  ASSERT_TRUE(trust.Add({envelope::KeyPurpose::kOwner, {"acme", key_.public_key()}}));
  EXPECT_EQ(VerifySignedPack(file_, trust).error().code, ErrorCode::kUntrusted);
}

TEST_F(SignedPack, StrangerWhoBorrowsTheNameIsRefused) {
  const auto verified = Verify(*SignPack(SampleStatement(), Key(2)));
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, ErrorCode::kAltered);
}

TEST_F(SignedPack, SignatureOverAnotherKindOfDocumentIsRefused) {
  const Bytes payload = SerializePackStatement(SampleStatement());
  const auto verified = Verify(envelope::SignDsse("application/vnd.in-toto+json", payload, key_));
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, ErrorCode::kMalformed);
}

TEST_F(SignedPack, EveryFlippedBitIsRefused) {
  for (std::size_t i = 0; i < file_.size(); ++i) {
    Bytes altered = file_;
    altered[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
    const auto verified = Verify(altered);
    ASSERT_FALSE(verified) << i;
    EXPECT_EQ(ExitCode(verified.error().code), 3) << i << ": " << verified.error().message;
  }
}

TEST_F(SignedPack, CutOrLengthenedFileIsRefused) {
  for (std::size_t size = 0; size < file_.size(); size += 7)
    ASSERT_FALSE(Verify(ByteView(file_).first(size))) << size;
  Bytes longer = file_;
  longer.push_back('\n');
  EXPECT_EQ(Verify(longer).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(Verify(Bytes(kMaxSignedPackSize + 1, '{')).error().code, ErrorCode::kMalformed);
}

TEST_F(SignedPack, LoadsUntilTheMomentItExpires) {
  EXPECT_TRUE(Load(SampleStatement(), {kExpires.seconds - 1}));
  const auto expired = Load(SampleStatement(), kExpires);
  ASSERT_FALSE(expired);
  EXPECT_EQ(expired.error().code, ErrorCode::kDenied);
  EXPECT_THAT(expired.error().message, HasSubstr("expired"));
}

TEST_F(SignedPack, PackThatFailsACaseDoesNotLoad) {
  PackStatement statement = SampleStatement();
  statement.documents.cases = Text(
      "id,date,node.country,node.basis,expected,rules,note\n"
      "gb,2026-06-01,GB,declared,deny,friend,\n");
  const auto pack = Load(statement);
  ASSERT_FALSE(pack);
  EXPECT_EQ(pack.error().code, ErrorCode::kMalformed);
  EXPECT_THAT(pack.error().message, HasSubstr("1 of 1 cases fail, first gb"));
}

TEST_F(SignedPack, HeadMustBeThatOfThePackInside) {
  for (const auto change :
       {+[](PackStatement& s) { s.version = 4; }, +[](PackStatement& s) { s.id = "other"; },
        +[](PackStatement& s) { s.authority = "beta"; }}) {
    PackStatement statement = SampleStatement();
    change(statement);
    const auto pack = Load(statement);
    ASSERT_FALSE(pack);
    EXPECT_EQ(pack.error().code, ErrorCode::kMalformed);
  }
}

TEST_F(SignedPack, DocumentsMustBeThoseThatThePackNames) {
  PackStatement more = SampleStatement();
  more.documents.tables.push_back(Text("id = \"other\"\ntitle = \"x\"\n"));
  EXPECT_EQ(Load(more).error().code, ErrorCode::kMalformed);
  PackStatement twice = SampleStatement();
  twice.documents.tables.push_back(Text(kSampleTable));
  EXPECT_EQ(Load(twice).error().code, ErrorCode::kMalformed);
  PackStatement none = SampleStatement();
  none.documents.tables.clear();
  EXPECT_EQ(Load(none).error().code, ErrorCode::kMalformed);
  PackStatement changed = SampleStatement();
  changed.documents.tables[0].push_back('\n');
  EXPECT_EQ(Load(changed).error().code, ErrorCode::kMalformed);
}

TEST_F(SignedPack, StatementThatContradictsItselfCannotBeSigned) {
  for (const auto change :
       {+[](PackStatement& s) { s.expires = s.issued; }, +[](PackStatement& s) { s.replaces = s.version; },
        +[](PackStatement& s) { s.replaces = 0; }, +[](PackStatement& s) { s.version = 0; },
        +[](PackStatement& s) { s.authority = "two words"; }, +[](PackStatement& s) { s.id.clear(); },
        +[](PackStatement& s) { s.revokes = {s.digest()}; },
        +[](PackStatement& s) {
          s.revokes = {Digest{2}, Digest{1}};
        },
        +[](PackStatement& s) {
          s.revokes = {Digest{1}, Digest{1}};
        },
        +[](PackStatement& s) { s.documents.cases.resize(kMaxSignedPackSize); }}) {
    PackStatement statement = SampleStatement();
    change(statement);
    const auto file = SignPack(statement, key_);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST_F(SignedPack, PayloadHasOneEncoding) {
  const Bytes payload = SerializePackStatement(SampleStatement());
  const std::string good(AsText(payload));
  ASSERT_TRUE(ParsePackStatement(payload));
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  for (const std::string& bad :
       {changed("{\"authority\"", "{ \"authority\""), changed("\"version\":3", "\"version\":3,\"x\":1"),
        changed("\"format\":1", "\"format\":2"), changed("\"replaces\":2", "\"replaces\":null"),
        changed("\"parts\":[]", "\"parts\":[1]"), changed("\"parts\":[]", "\"parts\":[\"YQ\"]"),
        changed("\"tables\"", "\"table\""), changed("\"version\":3", "\"version\":\"3\""), good + " "}) {
    const auto parsed = ParsePackStatement(AsBytes(bad));
    ASSERT_FALSE(parsed) << bad.substr(0, 200);
    EXPECT_EQ(parsed.error().code, ErrorCode::kMalformed);
  }
}

TEST(PackHead, TellsWhatThePackIsMadeWith) {
  const auto head = ParsePackHead(AsBytes(SampleText()));
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->authority, "acme");
  EXPECT_EQ(head->version, 3u);
  ASSERT_EQ(head->tables.size(), 1u);
  EXPECT_EQ(head->tables[0].digest, crypto::Sha256(AsBytes(kSampleTable)));
  EXPECT_FALSE(head->overlay);
  EXPECT_EQ(ParsePackHead(AsBytes("format = 2")).error().code, ErrorCode::kUnsupported);
}

TEST(SupersededPack, DecidesForFrozenBundlesAlone) {
  Pack pack = SamplePack(SampleRule("all", "requirement", "outcome = \"deny\"\nalways = true"));
  pack.superseded = true;
  const Pack installed[] = {pack};
  PackReference reference{"acme", "sample-pack", 1, pack.digest, PackReference::Follow::kNewest};
  const auto newest = SelectPacks({&reference, 1}, installed, {1'780'000'000});
  ASSERT_FALSE(newest);
  EXPECT_EQ(newest.error().code, ErrorCode::kDenied);
  reference.follow = PackReference::Follow::kFrozen;
  EXPECT_TRUE(SelectPacks({&reference, 1}, installed, {1'780'000'000}));
}

}  // namespace
}  // namespace strongroom::policy
