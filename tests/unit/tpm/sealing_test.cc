#include "strongroom/tpm/sealing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strongroom/crypto/hash.h"
#include "testing/swtpm.h"
#include "tpm/esys.h"

namespace strongroom::tpm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const PcrSelection kSelection = *PcrSelection::Parse("sha256:7,16");

struct Sealed {
  StorageRoot root;
  SealedObject object;
  SealingPolicy policy;
  SecretBytes secret;
};

// Opens the TPM for the length of one statement: swtpm takes one connection at a time, and tools run in
// between.
Context Connect(const testing::Swtpm& swtpm) {
  auto context = Context::Open(swtpm.tcti());
  if (!context) throw std::runtime_error(context.error().message);
  return *std::move(context);
}

Sealed SealTo(const testing::Swtpm& swtpm, const crypto::P256PublicKey& key, const Digest& policy_ref,
              std::size_t size = 32) {
  Context context = Connect(swtpm);
  Sealed sealed{.root = *FindStorageRoot(context),
                .object = {},
                .policy = {PolicyPcr(*ReadPcrs(context, kSelection)), PolicyAuthorize(key, policy_ref)},
                .secret = SecretBytes::Random(size)};
  sealed.object = *Seal(context, sealed.root, sealed.secret, sealed.policy);
  EXPECT_THAT(context.warnings(), IsEmpty());
  return sealed;
}

Expected<SecretBytes> UnsealOn(const testing::Swtpm& swtpm, const Sealed& sealed,
                               const Authorization* authorization = nullptr) {
  Context context = Connect(swtpm);
  return Unseal(context, {.root = sealed.root,
                          .object = sealed.object,
                          .policy = sealed.policy,
                          .selection = kSelection,
                          .authorization = authorization});
}

Authorization Approve(const testing::Swtpm& swtpm, const crypto::P256PrivateKey& key,
                      const Digest& policy_ref) {
  Context context = Connect(swtpm);
  const Digest approved = PolicyPcr(*ReadPcrs(context, kSelection));
  return {key.public_key(), policy_ref, approved, key.Sign(AuthorizationMessage(approved, policy_ref))};
}

class Sealing : public ::testing::Test {
 protected:
  testing::Swtpm swtpm_;
  crypto::P256PrivateKey key_ = crypto::P256PrivateKey::Generate();
  Digest policy_ref_ = crypto::Sha256(AsBytes("reference"));
};

TEST_F(Sealing, SecretComesBackWhileTheRegistersStandAlsoAfterReboot) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{32}, kMaxSealedSize}) {
    const Sealed sealed = SealTo(swtpm_, key_.public_key(), policy_ref_, size);
    swtpm_.Reboot();
    const auto secret = UnsealOn(swtpm_, sealed);
    ASSERT_TRUE(secret) << secret.error().message;
    EXPECT_TRUE(ConstantTimeEqual(secret->Expose(), sealed.secret.Expose()));
  }
}

TEST_F(Sealing, SizesThatNotEveryTpmTakesAreInvalid) {
  Context context = Connect(swtpm_);
  const StorageRoot root = *FindStorageRoot(context);
  EXPECT_EQ(Seal(context, root, SecretBytes(), {}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Seal(context, root, SecretBytes(129), {}).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(Sealing, PublicAreaTellsThePolicyAndAllowsNothingElse) {
  const Sealed sealed = SealTo(swtpm_, key_.public_key(), policy_ref_);
  const auto policy = SealedPolicy(sealed.object.public_area);
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_EQ(*policy, sealed.policy.Combined());
  for (std::size_t i = 0; i < sealed.object.public_area.size(); ++i) {
    Bytes altered = sealed.object.public_area;
    altered[i] ^= 0x40;  // of the attributes' lowest byte, userWithAuth
    const auto other = SealedPolicy(altered);
    EXPECT_TRUE(!other || *other != *policy || i >= altered.size() - 32) << i;
  }
}

TEST_F(Sealing, ExtendedRegisterRefuses) {
  const Sealed sealed = SealTo(swtpm_, key_.public_key(), policy_ref_);
  swtpm_.ExtendPcr(16);
  const auto secret = UnsealOn(swtpm_, sealed);
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().code, ErrorCode::kNoKey);
  EXPECT_THAT(secret.error().message, HasSubstr("sha256:7,16 do not hold what this keyslot was sealed with"));
}

TEST_F(Sealing, ApprovalOfTheChangedRegistersOpens) {
  const Sealed sealed = SealTo(swtpm_, key_.public_key(), policy_ref_);
  swtpm_.ExtendPcr(16);
  const Authorization approval = Approve(swtpm_, key_, policy_ref_);
  const auto secret = UnsealOn(swtpm_, sealed, &approval);
  ASSERT_TRUE(secret) << secret.error().message;
  EXPECT_TRUE(ConstantTimeEqual(secret->Expose(), sealed.secret.Expose()));
}

TEST_F(Sealing, ApprovalOfOtherRegistersRefuses) {
  const Sealed sealed = SealTo(swtpm_, key_.public_key(), policy_ref_);
  const Authorization approval = Approve(swtpm_, key_, policy_ref_);
  swtpm_.ExtendPcr(16);
  const auto secret = UnsealOn(swtpm_, sealed, &approval);
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().code, ErrorCode::kNoKey);
  EXPECT_THAT(secret.error().message, HasSubstr("do not hold what the approval approves"));
}

TEST_F(Sealing, ApprovalWithAForeignSignatureIsRefusedByTheTpm) {
  const Sealed sealed = SealTo(swtpm_, key_.public_key(), policy_ref_);
  swtpm_.ExtendPcr(16);
  Authorization approval = Approve(swtpm_, crypto::P256PrivateKey::Generate(), policy_ref_);
  approval.key = key_.public_key();
  const auto secret = UnsealOn(swtpm_, sealed, &approval);
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().code, ErrorCode::kNoKey);
  EXPECT_THAT(secret.error().message, HasSubstr("not signed by this keyslot's policy key"));
}

TEST_F(Sealing, ApprovalByAnotherKeyOrForAnotherReferenceIsRefusedByTheTpm) {
  const Sealed sealed = SealTo(swtpm_, key_.public_key(), policy_ref_);
  swtpm_.ExtendPcr(16);
  const Authorization by_another = Approve(swtpm_, crypto::P256PrivateKey::Generate(), policy_ref_);
  EXPECT_EQ(UnsealOn(swtpm_, sealed, &by_another).error().code, ErrorCode::kNoKey);
  const Authorization for_another = Approve(swtpm_, key_, crypto::Sha256(AsBytes("another reference")));
  EXPECT_EQ(UnsealOn(swtpm_, sealed, &for_another).error().code, ErrorCode::kNoKey);
}

TEST_F(Sealing, AnotherTpmRefusesByTheStorageRootsName) {
  const Sealed sealed = SealTo(swtpm_, key_.public_key(), policy_ref_);
  const testing::Swtpm another;
  const auto secret = UnsealOn(another, sealed);
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().code, ErrorCode::kNoKey);
  EXPECT_THAT(secret.error().message, HasSubstr("sealed to another TPM"));
}

TEST_F(Sealing, ClearedTpmRefusesByTheStorageRootsName) {
  const Sealed sealed = SealTo(swtpm_, key_.public_key(), policy_ref_);
  swtpm_.Tool({"tpm2_clear"});
  const auto secret = UnsealOn(swtpm_, sealed);
  ASSERT_FALSE(secret);
  EXPECT_THAT(secret.error().message, HasSubstr("this one was cleared"));
}

TEST_F(Sealing, AlteredPrivateAreaIsRefused) {
  Sealed sealed = SealTo(swtpm_, key_.public_key(), policy_ref_);
  sealed.object.private_area[40] ^= 1;
  const auto secret = UnsealOn(swtpm_, sealed);
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().code, ErrorCode::kNoKey);
  EXPECT_THAT(secret.error().message, HasSubstr("altered"));
}

TEST_F(Sealing, PrivateAreaLongerThanAnyTpmMakesIsMalformed) {
  Sealed sealed = SealTo(swtpm_, key_.public_key(), policy_ref_);
  sealed.object.private_area = Bytes(65537, 0xFF);
  EXPECT_EQ(UnsealOn(swtpm_, sealed).error().code, ErrorCode::kMalformed);
}

TEST_F(Sealing, PersistentRsaStorageRootServesAndItsLossIsNamed) {
  const std::string file = swtpm_.directory() + "/root.ctx";
  swtpm_.Tool({"tpm2_createprimary", "-C", "o", "-G", "rsa2048:aes128cfb", "-c", file});
  swtpm_.Tool({"tpm2_evictcontrol", "-C", "o", "-c", file, "0x81000001"});
  const Sealed sealed = SealTo(swtpm_, key_.public_key(), policy_ref_);
  EXPECT_EQ(sealed.root.handle, kPersistentStorageRoot);
  EXPECT_TRUE(UnsealOn(swtpm_, sealed));

  swtpm_.Tool({"tpm2_evictcontrol", "-C", "o", "-c", "0x81000001"});
  const auto secret = UnsealOn(swtpm_, sealed);
  ASSERT_FALSE(secret);
  EXPECT_THAT(secret.error().message, HasSubstr("not persistent at 0x81000001"));
}

TEST_F(Sealing, NothingStaysLoadedAfterSuccessOrRefusal) {
  const Sealed sealed = SealTo(swtpm_, key_.public_key(), policy_ref_);
  EXPECT_TRUE(UnsealOn(swtpm_, sealed));
  swtpm_.ExtendPcr(16);
  EXPECT_FALSE(UnsealOn(swtpm_, sealed));
  const testing::Environment environment = {{"TPM2TOOLS_TCTI", swtpm_.tcti()}};
  EXPECT_THAT(testing::RunProgram({"tpm2_getcap", "handles-transient"}, environment).output, IsEmpty());
  EXPECT_THAT(swtpm_.Tool({"tpm2_getcap", "handles-loaded-session"}), IsEmpty());
}

// Starts sessions, as a program does that is then killed, until the TPM takes no more.
void LeaveSessionsLoaded(const testing::Swtpm& swtpm) {
  Context context = Connect(swtpm);
  TPMT_SYM_DEF symmetric{};
  symmetric.algorithm = TPM2_ALG_NULL;
  ESYS_TR session = ESYS_TR_NONE;
  TSS2_RC code = TSS2_RC_SUCCESS;
  while (code == TSS2_RC_SUCCESS) {
    code =
        Esys_StartAuthSession(context.state().esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                              ESYS_TR_NONE, nullptr, TPM2_SE_POLICY, &symmetric, TPM2_ALG_SHA256, &session);
  }
  ASSERT_EQ(code, TPM2_RC_SESSION_MEMORY);
}

TEST_F(Sealing, SessionsLeftByAKilledProgramAreFlushedWithAWarning) {
  const Sealed sealed = SealTo(swtpm_, key_.public_key(), policy_ref_);
  LeaveSessionsLoaded(swtpm_);
  Context context = Connect(swtpm_);
  const auto secret = Unseal(
      context,
      {.root = sealed.root, .object = sealed.object, .policy = sealed.policy, .selection = kSelection});
  ASSERT_TRUE(secret) << secret.error().message;
  EXPECT_THAT(context.warnings(), ElementsAre(HasSubstr("left loaded")));
}

}  // namespace
}  // namespace strongroom::tpm
