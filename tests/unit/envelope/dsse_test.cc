#include "strongroom/envelope/dsse.h"

#include <gtest/gtest.h>

#include <array>

namespace strongroom::envelope {
namespace {

constexpr std::string_view kType = "application/vnd.strongroom.test+json";

crypto::Ed25519PrivateKey Key(std::uint8_t fill) {
  return *crypto::Ed25519PrivateKey::FromSeed(SecretBytes::CopyOf(Bytes(32, fill)));
}

DsseEnvelope Parsed(ByteView bytes) {
  auto envelope = ParseDsse(bytes, 4096);
  EXPECT_TRUE(envelope);
  return envelope.value_or(DsseEnvelope{});
}

ErrorCode ParseFailure(std::string_view text) {
  const auto envelope = ParseDsse(AsBytes(text), 4096);
  EXPECT_FALSE(envelope) << text;
  return envelope ? ErrorCode::kInternal : envelope.error().code;
}

TEST(Dsse, SignedPayloadVerifiesUnderTheKeyThatSigned) {
  const auto signer = Key(1);
  const DsseEnvelope envelope = Parsed(SignDsse(kType, AsBytes("payload"), signer));
  EXPECT_EQ(envelope.unverified_payload_type, kType);
  EXPECT_EQ(AsText(envelope.unverified_payload), "payload");
  const std::array<crypto::Ed25519PublicKey, 2> keys = {Key(2).public_key(), signer.public_key()};
  EXPECT_EQ(VerifyDsse(envelope, kType, keys), 1u);
  EXPECT_TRUE(VerifyDsseBy(envelope, kType, signer.public_key()));
}

TEST(Dsse, SignatureCoversTheTypeByPreAuthenticationEncoding) {
  const auto signer = Key(1);
  const DsseEnvelope envelope =
      Parsed(SignDsse("http://example.com/HelloWorld", AsBytes("hello world"), signer));
  // The example of the DSSE specification.
  const std::string_view pae = "DSSEv1 29 http://example.com/HelloWorld 11 hello world";
  EXPECT_TRUE(crypto::Verify(signer.public_key(), AsBytes(pae), envelope.signature));
}

TEST(Dsse, StrangersSignatureIsUntrusted) {
  const DsseEnvelope envelope = Parsed(SignDsse(kType, AsBytes("payload"), Key(1)));
  const std::array<crypto::Ed25519PublicKey, 1> keys = {Key(2).public_key()};
  EXPECT_EQ(VerifyDsse(envelope, kType, keys).error().code, ErrorCode::kUntrusted);
  EXPECT_EQ(VerifyDsse(envelope, kType, {}).error().code, ErrorCode::kUntrusted);
}

TEST(Dsse, AlteredPayloadIsRefused) {
  const auto signer = Key(1);
  DsseEnvelope envelope = Parsed(SignDsse(kType, AsBytes("payload"), signer));
  envelope.unverified_payload[0] ^= 1;
  EXPECT_EQ(VerifyDsseBy(envelope, kType, signer.public_key()).error().code, ErrorCode::kAltered);
}

TEST(Dsse, AnotherPayloadTypeIsRefused) {
  const auto signer = Key(1);
  const DsseEnvelope envelope = Parsed(SignDsse(kType, AsBytes("payload"), signer));
  EXPECT_EQ(VerifyDsseBy(envelope, "other", signer.public_key()).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(VerifyDsse(envelope, "other", {}).error().code, ErrorCode::kMalformed);
}

TEST(Dsse, EveryOtherEncodingIsRefused) {
  const std::string sig = Base64(Bytes(64, 7));
  const std::string one = R"({"keyid":"","sig":")" + sig + R"("})";
  const auto envelope = [&](const std::string& payload, const std::string& signatures) {
    return R"({"payload":")" + payload + R"(","payloadType":"t","signatures":[)" + signatures + "]}";
  };
  ASSERT_TRUE(ParseDsse(AsBytes(envelope("AQ==", one)), 4096));
  EXPECT_EQ(ParseFailure(envelope("AQ==", "")), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(envelope("AQ==", one + "," + one)), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(envelope("AR==", one)), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(envelope("AQ", one)), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(envelope("AQ==", R"({"keyid":"k","sig":")" + sig + R"("})")), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(envelope("AQ==", R"({"sig":")" + sig + R"("})")), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(envelope("AQ==", R"({"keyid":"","sig":"AQ=="})")), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(envelope("AQ==", one) + "\n"), ErrorCode::kMalformed);
  EXPECT_EQ(ParseFailure(R"({"extra":1,"payload":"AQ==","payloadType":"t","signatures":[)" + one + "]}"),
            ErrorCode::kMalformed);
}

TEST(Dsse, EnvelopeCutShortIsTruncated) {
  const Bytes bytes = SignDsse(kType, AsBytes("payload"), Key(1));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(ParseFailure(AsText(bytes).substr(0, size)), ErrorCode::kTruncated) << size << " bytes";
}

TEST(Dsse, EnvelopeBeyondTheLimitIsRefused) {
  const Bytes bytes = SignDsse(kType, Bytes(100, 1), Key(1));
  EXPECT_TRUE(ParseDsse(bytes, bytes.size()));
  EXPECT_EQ(ParseDsse(bytes, bytes.size() - 1).error().code, ErrorCode::kMalformed);
}

TEST(Dsse, BeginningOfAnEnvelopeBeyondTheLimitIsTooLongAndNotCutShort) {
  const Bytes bytes = SignDsse(kType, Bytes(100, 1), Key(1));
  EXPECT_EQ(ParseDsse(ByteView(bytes).first(101), 100).error().code, ErrorCode::kMalformed);
}

TEST(Dsse, EveryFlippedBitIsRefused) {
  const auto signer = Key(1);
  Bytes bytes = SignDsse(kType, AsBytes("payload"), signer);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const auto envelope = ParseDsse(bytes, 4096);
    EXPECT_FALSE(envelope && VerifyDsseBy(*envelope, kType, signer.public_key())) << "bit " << bit;
    EXPECT_TRUE(envelope || envelope.error().code == ErrorCode::kMalformed) << "bit " << bit;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
}

}  // namespace
}  // namespace strongroom::envelope
