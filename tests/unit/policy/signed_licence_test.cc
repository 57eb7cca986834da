#include "strongroom/policy/signed_licence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strongroom/envelope/dsse.h"

namespace strongroom::policy {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kText = R"([licence]
id = "D1234567"
issuer = "BIS"
parties = ["Stift", "Stift Cloud"]
items = ["4E091"]
countries = ["NL", "DE"]
copies = "2"
valid_from = 2026-01-01
valid_until = 2028-01-01
)";

crypto::Ed25519PrivateKey Key(std::uint8_t fill) {
  return *crypto::Ed25519PrivateKey::FromSeed(SecretBytes::CopyOf(Bytes(32, fill)));
}

envelope::TrustStore Trusting(envelope::KeyPurpose purpose, const std::string& name,
                              const crypto::Ed25519PrivateKey& key) {
  envelope::TrustStore trust;
  EXPECT_TRUE(trust.Add({purpose, {name, key.public_key()}}));
  return trust;
}

class SignedLicence : public ::testing::Test {
 protected:
  crypto::Ed25519PrivateKey key_ = Key(1);
  envelope::TrustStore trust_ = Trusting(envelope::KeyPurpose::kLicenceIssuer, "BIS", key_);
  Bytes file_ = *SignLicence(*ParseLicence(AsBytes(kText)), key_);
};

TEST_F(SignedLicence, OpensAsWhatWasSigned) {
  const auto licence = VerifySignedLicence(file_, trust_);
  ASSERT_TRUE(licence) << licence.error().message;
  EXPECT_EQ(licence->source, Source::kLicence);
  Licence expected = *ParseLicence(AsBytes(kText));
  expected.source = Source::kLicence;
  EXPECT_EQ(*licence, expected);
}

TEST_F(SignedLicence, OnlyALicenceIssuerOfThatNameIsBelieved) {
  EXPECT_EQ(VerifySignedLicence(file_, envelope::TrustStore()).error().code, ErrorCode::kUntrusted);
  EXPECT_EQ(
      VerifySignedLicence(file_, Trusting(envelope::KeyPurpose::kPackAuthority, "BIS", key_)).error().code,
      ErrorCode::kUntrusted);
  EXPECT_EQ(
      VerifySignedLicence(file_, Trusting(envelope::KeyPurpose::kLicenceIssuer, "acme", key_)).error().code,
      ErrorCode::kUntrusted);
  EXPECT_EQ(
      VerifySignedLicence(file_, Trusting(envelope::KeyPurpose::kLicenceIssuer, "BIS", Key(2))).error().code,
      ErrorCode::kAltered);
}

TEST_F(SignedLicence, EveryFlippedBitIsRefused) {
  for (std::size_t bit = 0; bit < file_.size() * 8; ++bit) {
    Bytes altered = file_;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    const auto licence = VerifySignedLicence(altered, trust_);
    ASSERT_FALSE(licence) << bit;
    EXPECT_EQ(ExitCode(licence.error().code), 3) << bit << ": " << licence.error().message;
  }
}

TEST_F(SignedLicence, SignatureOverAnotherKindOfDocumentIsRefused) {
  const Bytes payload = SerializeLicence(*ParseLicence(AsBytes(kText)));
  const auto licence = VerifySignedLicence(envelope::SignDsse("application/other", payload, key_), trust_);
  EXPECT_EQ(licence.error().code, ErrorCode::kMalformed);
}

TEST_F(SignedLicence, PayloadHasOneEncoding) {
  const std::string good(AsText(SerializeLicence(*ParseLicence(AsBytes(kText)))));
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  ASSERT_TRUE(ParseLicencePayload(AsBytes(good)));
  for (const std::string& bad :
       {changed("\"copies\":\"2\"", "\"copies\":\"2.0\""), changed("\"copies\":\"2\"", "\"copies\":2"),
        changed("\"NL\"", "\"UK\""), changed("2028", "2025"), changed("\"format\":1", "\"format\":2"),
        changed("\"issuer\":\"BIS\"", "\"issuer\":\"\""), changed("\"id\"", "\"ID\""), good + "\n"}) {
    const auto parsed = ParseLicencePayload(AsBytes(bad));
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().code, ErrorCode::kMalformed);
  }
}

TEST(LicenceText, IsOneTableAndNothingElse) {
  EXPECT_TRUE(ParseLicence(AsBytes(kText)));
  for (const std::string& more : {std::string("[node]\ncountry = \"NL\"\n"), std::string("x = 1\n")}) {
    const auto licence = ParseLicence(AsBytes(std::string(kText) + more));
    ASSERT_FALSE(licence);
    EXPECT_EQ(licence.error().code, ErrorCode::kMalformed);
  }
  EXPECT_THAT(ParseLicence(AsBytes("[node]\ncountry = \"NL\"\n")).error().message, HasSubstr("[licence]"));
}

TEST(LicenceThatSaysNothing, CannotBeSigned) {
  Licence licence = *ParseLicence(AsBytes(kText));
  licence.valid_from = licence.valid_until;
  EXPECT_EQ(SignLicence(licence, Key(1)).error().code, ErrorCode::kInvalidArgument);
  licence = *ParseLicence(AsBytes(kText));
  licence.issuer.clear();
  EXPECT_EQ(SignLicence(licence, Key(1)).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace strongroom::policy
