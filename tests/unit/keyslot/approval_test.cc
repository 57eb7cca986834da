#include "strongroom/keyslot/approval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "slots_for_tests.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::keyslot {
namespace {

using ::testing::HasSubstr;

tpm::PcrValues Values(std::string_view selection = "sha256:0,7") {
  const tpm::PcrSelection parsed = Must(tpm::PcrSelection::Parse(selection));
  std::vector<Bytes> digests(parsed.indices().size(), Bytes(tpm::DigestSize(parsed.bank()), 0x5A));
  return Must(tpm::PcrValues::Create(parsed, digests));
}

class Approvals : public ::testing::Test {
 protected:
  TpmSlot SlotWithFloor(std::uint8_t floor) {
    return {
        .root = {}, .object = {}, .pcrs = Values(), .policy_key = key_.public_key(), .approval_floor = floor};
  }
  crypto::P256PrivateKey key_ = crypto::P256PrivateKey::Generate();
};

std::string Replaced(const Bytes& bytes, std::string_view from, std::string_view to) {
  std::string text(AsText(bytes));
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("no such text");
  return text.replace(at, from.size(), to);
}

TEST(PolicyRef, IsTheHashThatTheFormatStates) {
  ByteWriter text;
  text.Append("strongroom approval floor v1").U64Be(2);
  EXPECT_EQ(PolicyRef(2), crypto::Sha256(text.bytes()));
}

TEST_F(Approvals, ParsedIsWhatWasMade) {
  for (const std::uint8_t version : std::initializer_list<std::uint8_t>{0, 3, 255}) {
    const Approval made = MakeApproval(Values("sha384:1,4"), version, key_);
    const Bytes bytes = SerializeApproval(made);
    EXPECT_LE(bytes.size(), kMaxApprovalSize);
    const auto parsed = ParseApproval(bytes);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->version(), version);
    EXPECT_EQ(parsed->pcrs, made.pcrs);
    EXPECT_EQ(SerializeApproval(*parsed), bytes);
  }
}

TEST_F(Approvals, AlteredValueOrSignatureIsAltered) {
  const Bytes bytes = SerializeApproval(MakeApproval(Values(), 1, key_));
  EXPECT_EQ(ParseApproval(AsBytes(Replaced(bytes, "5a5a", "5b5a"))).error().code, ErrorCode::kAltered);
  const Approval other = MakeApproval(Values(), 1, crypto::P256PrivateKey::Generate());
  Approval mixed = MakeApproval(Values(), 1, key_);
  mixed.signatures[1] = other.signatures[1];
  const auto parsed = ParseApproval(SerializeApproval(mixed));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::kAltered);
  EXPECT_THAT(parsed.error().message, HasSubstr("floor 1"));
}

TEST_F(Approvals, VersionMustCountTheSignatures) {
  const Bytes bytes = SerializeApproval(MakeApproval(Values(), 1, key_));
  EXPECT_EQ(ParseApproval(AsBytes(Replaced(bytes, "\"version\":1", "\"version\":2"))).error().code,
            ErrorCode::kMalformed);
  EXPECT_EQ(ParseApproval(AsBytes(Replaced(bytes, "\"version\":1", "\"version\":256"))).error().code,
            ErrorCode::kMalformed);
}

TEST_F(Approvals, OtherEncodingsOfTheSameAreMalformed) {
  const Bytes bytes = SerializeApproval(MakeApproval(Values(), 0, key_));
  EXPECT_EQ(ParseApproval(AsBytes(Replaced(bytes, "5a5a", "5A5A"))).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(ParseApproval(AsBytes(Replaced(bytes, "{\"pcrs\"", "{ \"pcrs\""))).error().code,
            ErrorCode::kMalformed);
  EXPECT_EQ(ParseApproval(AsBytes(Replaced(bytes, "{\"pcrs\"", "{\"extra\":1,\"pcrs\""))).error().code,
            ErrorCode::kMalformed);
}

TEST_F(Approvals, NewerTypeIsUnsupported) {
  const Bytes bytes = SerializeApproval(MakeApproval(Values(), 0, key_));
  EXPECT_EQ(ParseApproval(AsBytes(Replaced(bytes, "approval.v1", "approval.v2"))).error().code,
            ErrorCode::kUnsupported);
  EXPECT_EQ(ParseApproval(AsBytes(Replaced(bytes, "strongroom.approval.v1", "something"))).error().code,
            ErrorCode::kMalformed);
}

TEST_F(Approvals, VersionAtOrAboveTheFloorServesWithTheFloorsSignature) {
  const Approval approval = MakeApproval(Values(), 2, key_);
  for (const std::uint8_t floor : std::initializer_list<std::uint8_t>{0, 1, 2}) {
    const auto authorization = AuthorizationFor(approval, SlotWithFloor(floor));
    ASSERT_TRUE(authorization) << authorization.error().message;
    EXPECT_EQ(authorization->policy_ref, PolicyRef(floor));
    EXPECT_EQ(authorization->signature.r, approval.signatures[floor].r);
  }
}

TEST_F(Approvals, VersionBelowTheFloorIsNoKeyAndSaysBoth) {
  const auto authorization = AuthorizationFor(MakeApproval(Values(), 1, key_), SlotWithFloor(2));
  ASSERT_FALSE(authorization);
  EXPECT_EQ(authorization.error().code, ErrorCode::kNoKey);
  EXPECT_EQ(authorization.error().message, "approval version 1 is below the floor 2 of this keyslot");
}

TEST_F(Approvals, AnotherOwnersApprovalOrOneOfOtherRegistersIsNoKey) {
  const auto foreign =
      AuthorizationFor(MakeApproval(Values(), 0, crypto::P256PrivateKey::Generate()), SlotWithFloor(0));
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ErrorCode::kNoKey);
  EXPECT_THAT(foreign.error().message, HasSubstr("another policy key"));
  const auto elsewhere = AuthorizationFor(MakeApproval(Values("sha256:7"), 0, key_), SlotWithFloor(0));
  ASSERT_FALSE(elsewhere);
  EXPECT_EQ(elsewhere.error().code, ErrorCode::kNoKey);
  EXPECT_THAT(elsewhere.error().message, HasSubstr("about sha256:7, this keyslot about sha256:0,7"));
}

}  // namespace
}  // namespace strongroom::keyslot
