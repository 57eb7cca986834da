#include "strongroom/keyslot/keyslots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "slots_for_tests.h"
#include "strongroom/envelope/dsse.h"

namespace strongroom::keyslot {
namespace {

using ::testing::HasSubstr;

Bytes MadeUpName() {
  Bytes name(34, 0x0C);
  name[0] = 0x00;
  name[1] = 0x0B;
  return name;
}

// A tpm slot as Seal describes one, made without a TPM.
TpmSlot MadeUpTpmSlot() {
  TpmSlot slot{.root = {.handle = tpm::kStorageRootTemplate, .name = MadeUpName()},
               .object = {.public_area = {}, .private_area = Bytes(100, 0x77)},
               .pcrs = Must(tpm::PcrValues::Create(tpm::PcrSelection::Default(),
                                                   std::vector<Bytes>(4, Bytes(32, 0x5A)))),
               .policy_key = crypto::P256PrivateKey::Generate().public_key(),
               .approval_floor = 7};
  ByteWriter area;
  area.U16Be(78)
      .U16Be(0x0008)
      .U16Be(0x000B)
      .U32Be(0x00000412)
      .U16Be(32)
      .Append(ByteView(slot.Policy().Combined()));
  area.U16Be(0x0010).U16Be(32).Zeros(32);
  slot.object.public_area = area.bytes();
  slot.object.private_area = {0x00, 0x02, 0xC0, 0xDE};
  return slot;
}

class Keyslots : public ::testing::Test {
 protected:
  Keyslots() {
    const BundleKey key = BundleKey::Random();
    document_ =
        DocumentWith(Must(CreateRecoverySlot(PassphraseOf(kGoodPassphrase), TestInstance(), key, kLowCost)));
    document_.slots.push_back(Must(CreateRecoverySlot(RecoveryKey::Random(), TestInstance(), key)));
    document_.slots.push_back(MadeUpTpmSlot());
  }
  std::string Payload() const { return std::string(AsText(SerializeKeyslots(document_))); }
  // The error of the payload with one piece of text replaced.
  Error ErrorWith(std::string_view from, std::string_view to) const {
    std::string payload = Payload();
    const std::size_t at = payload.find(from);
    if (at == std::string::npos) throw std::runtime_error("no such text: " + std::string(from));
    payload.replace(at, from.size(), to);
    const auto parsed = ParseKeyslotsPayload(AsBytes(payload));
    return parsed ? Error(ErrorCode::kInternal, "it parsed") : parsed.error();
  }

  KeyslotsDocument document_;
  crypto::Ed25519PrivateKey owner_ = crypto::Ed25519PrivateKey::Generate();
};

TEST_F(Keyslots, ParsedIsWhatWasSigned) {
  const Bytes file = Must(SignKeyslots(document_, owner_));
  const auto parsed = ParseKeyslots(file, owner_.public_key());
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->bundle_id, document_.bundle_id);
  EXPECT_EQ(parsed->instance, document_.instance);
  EXPECT_EQ(parsed->revision, 3U);
  EXPECT_EQ(SerializeKeyslots(*parsed), SerializeKeyslots(document_));
}

TEST_F(Keyslots, EveryFlippedBitIsRefused) {
  const Bytes file = Must(SignKeyslots(document_, owner_));
  for (std::size_t i = 0; i < file.size(); ++i) {
    Bytes altered = file;
    altered[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
    const auto parsed = ParseKeyslots(altered, owner_.public_key());
    ASSERT_FALSE(parsed) << i;
    EXPECT_TRUE(parsed.error().code == ErrorCode::kAltered || parsed.error().code == ErrorCode::kMalformed)
        << i;
  }
}

TEST_F(Keyslots, AnotherOwnersSignatureIsAltered) {
  const Bytes file = Must(SignKeyslots(document_, crypto::Ed25519PrivateKey::Generate()));
  EXPECT_EQ(ParseKeyslots(file, owner_.public_key()).error().code, ErrorCode::kAltered);
}

TEST_F(Keyslots, PayloadUnderAnotherTypeIsMalformed) {
  const Bytes file = envelope::SignDsse("application/vnd.in-toto+json", SerializeKeyslots(document_), owner_);
  EXPECT_EQ(ParseKeyslots(file, owner_.public_key()).error().code, ErrorCode::kMalformed);
}

TEST_F(Keyslots, NewerFormatIsUnsupportedAndFormatZeroMalformed) {
  EXPECT_EQ(ErrorWith("\"format\":1", "\"format\":2").code, ErrorCode::kUnsupported);
  EXPECT_EQ(ErrorWith("\"format\":1", "\"format\":0").code, ErrorCode::kMalformed);
}

TEST_F(Keyslots, UnknownKindIsUnsupportedAndNamesIt) {
  const Error error = ErrorWith("\"kind\":\"recovery\"", "\"kind\":\"telepathy\"");
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_THAT(error.message, HasSubstr("telepathy"));
}

TEST_F(Keyslots, UnknownMembersAreMalformedEverywhere) {
  EXPECT_EQ(ErrorWith("{\"bundle\"", "{\"a\":1,\"bundle\"").code, ErrorCode::kMalformed);
  EXPECT_EQ(ErrorWith("{\"argon2id\"", "{\"a\":1,\"argon2id\"").code, ErrorCode::kMalformed);
  EXPECT_EQ(ErrorWith("{\"memory_bytes\"", "{\"a\":1,\"memory_bytes\"").code, ErrorCode::kMalformed);
  EXPECT_EQ(ErrorWith("{\"private\"", "{\"a\":1,\"private\"").code, ErrorCode::kMalformed);
  EXPECT_EQ(ErrorWith("{\"bank\"", "{\"a\":1,\"bank\"").code, ErrorCode::kMalformed);
}

TEST_F(Keyslots, RecoverySlotThatCallsItselfEnforcedIsMalformed) {
  EXPECT_EQ(ErrorWith("\"class\":\"cooperative\"", "\"class\":\"enforced\"").code, ErrorCode::kMalformed);
}

TEST_F(Keyslots, CostsBeyondTheBoundsAreMalformed) {
  EXPECT_EQ(ErrorWith("\"memory_bytes\":8192", "\"memory_bytes\":7168").code, ErrorCode::kMalformed);
  EXPECT_EQ(ErrorWith("\"memory_bytes\":8192", "\"memory_bytes\":1073742848").code, ErrorCode::kMalformed);
  EXPECT_EQ(ErrorWith("\"memory_bytes\":8192", "\"memory_bytes\":8193").code, ErrorCode::kMalformed);
  EXPECT_EQ(ErrorWith("\"passes\":1", "\"passes\":0").code, ErrorCode::kMalformed);
  EXPECT_EQ(ErrorWith("\"passes\":1", "\"passes\":17").code, ErrorCode::kMalformed);
}

TEST_F(Keyslots, SecondEncodingOfAValueIsMalformed) {
  EXPECT_EQ(ErrorWith("5a5a", "5A5a").code, ErrorCode::kMalformed);
  EXPECT_EQ(ErrorWith("\"format\":1,", "\"format\":1, ").code, ErrorCode::kMalformed);
}

TEST_F(Keyslots, SealedPolicyThatIsNotTheDescribedOneIsMalformed) {
  const Error error = ErrorWith("\"approval_floor\":7", "\"approval_floor\":6");
  EXPECT_EQ(error.code, ErrorCode::kMalformed);
  EXPECT_THAT(error.message, HasSubstr("policy"));
}

TEST_F(Keyslots, RootThatIsNotASha256NameIsMalformed) {
  for (const std::string& name : {std::string(), "000c" + std::string(64, '0'), "000b" + std::string(62, '0'),
                                  "000b" + std::string(66, '0'), "000b" + std::string(64, 'g')}) {
    const Error error = ErrorWith(Hex(MadeUpName()), name);
    EXPECT_EQ(error.code, ErrorCode::kMalformed) << name;
    EXPECT_THAT(error.message, HasSubstr("root.name")) << name;
  }
}

TEST_F(Keyslots, PrivateAreaThatIsNotOfItsOwnSizeIsMalformed) {
  for (const char* area : {"", "AA==", "AAA=", "AALA", "AALA3gA="}) {
    const Error error = ErrorWith("\"AALA3g==\"", "\"" + std::string(area) + "\"");
    EXPECT_EQ(error.code, ErrorCode::kMalformed) << area;
    EXPECT_THAT(error.message, HasSubstr("private")) << area;
  }
}

TEST_F(Keyslots, RevisionZeroIsMalformed) {
  EXPECT_EQ(ErrorWith("\"revision\":3", "\"revision\":0").code, ErrorCode::kMalformed);
}

TEST_F(Keyslots, NoneAndTooManySlotsAreRefused) {
  const Keyslot slot = document_.slots[1];
  document_.slots.assign(kMaxKeyslots, slot);
  EXPECT_TRUE(ParseKeyslotsPayload(SerializeKeyslots(document_)));
  EXPECT_TRUE(SignKeyslots(document_, owner_));
  document_.slots.push_back(slot);
  EXPECT_EQ(ParseKeyslotsPayload(SerializeKeyslots(document_)).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(SignKeyslots(document_, owner_).error().code, ErrorCode::kInvalidArgument);
  document_.slots.clear();
  EXPECT_EQ(ParseKeyslotsPayload(SerializeKeyslots(document_)).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(SignKeyslots(document_, owner_).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(Keyslots, FactsOfTheKindsAreStated) {
  EXPECT_EQ(Kind(document_.slots[0]), "recovery");
  EXPECT_EQ(Kind(document_.slots[2]), "tpm");
  EXPECT_TRUE(IsPostQuantum(document_.slots[0]));
  EXPECT_FALSE(IsPostQuantum(document_.slots[2]));
  for (const Keyslot& slot : document_.slots) EXPECT_EQ(Class(slot), log::KeyslotClass::kCooperative);
}

}  // namespace
}  // namespace strongroom::keyslot
