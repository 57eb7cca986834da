// The pure policy digests against what a TPM computes in a trial session, by tpm2-tools.
#include "strongroom/tpm/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "strongroom/tpm/context.h"
#include "testing/swtpm.h"

namespace strongroom::tpm {
namespace {

using ::testing::HasSubstr;

void WriteFile(const std::string& path, ByteView bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

Digest Filled(std::uint8_t value) {
  Digest digest;
  digest.fill(value);
  return digest;
}

class PolicyDigest : public ::testing::Test {
 protected:
  void SetUp() override { swtpm_.Tool({"tpm2_startauthsession", "-S", session_}); }
  std::string File(const std::string& name) const { return swtpm_.directory() + "/" + name; }

  testing::Swtpm swtpm_;
  std::string session_ = File("trial.ctx");
};

PcrValues ValuesNow(const testing::Swtpm& swtpm, std::string_view selection) {
  auto context = Context::Open(swtpm.tcti());
  return *ReadPcrs(*context, *PcrSelection::Parse(selection));
}

TEST_F(PolicyDigest, PcrEqualsTheTpms) {
  swtpm_.ExtendPcr(4);
  for (const char* selection : {"sha256:0,2,4,7", "sha384:4,23", "sha256:16"}) {
    swtpm_.Tool({"tpm2_policyrestart", "-S", session_});
    const std::string theirs = swtpm_.Tool({"tpm2_policypcr", "-S", session_, "-l", selection});
    EXPECT_THAT(theirs, HasSubstr(Hex(PolicyPcr(ValuesNow(swtpm_, selection))))) << selection;
  }
}

TEST_F(PolicyDigest, OrEqualsTheTpms) {
  const Digest branches[] = {PolicyPcr(ValuesNow(swtpm_, "sha256:7")), Filled(0x42)};
  WriteFile(File("a"), branches[0]);
  WriteFile(File("b"), branches[1]);
  swtpm_.Tool({"tpm2_policypcr", "-S", session_, "-l", "sha256:7"});
  const std::string theirs =
      swtpm_.Tool({"tpm2_policyor", "-S", session_, "sha256:" + File("a") + "," + File("b")});
  EXPECT_THAT(theirs, HasSubstr(Hex(PolicyOr(branches))));
}

TEST_F(PolicyDigest, AuthorizeAndNameOfTheKeyEqualTheTpms) {
  const auto key = crypto::P256PrivateKey::Generate();
  const Digest reference = Filled(0x17);
  WriteFile(File("key.pub"), VerificationKeyPublicArea(key.public_key()));
  WriteFile(File("reference"), reference);
  const ObjectName name = *NameOf(VerificationKeyPublicArea(key.public_key()));

  const std::string loaded = swtpm_.Tool(
      {"tpm2_loadexternal", "-C", "o", "-u", File("key.pub"), "-c", File("key.ctx"), "-n", File("key.name")});
  EXPECT_THAT(loaded, HasSubstr(Hex(name)));
  const std::string theirs = swtpm_.Tool({"tpm2_policyauthorize", "-S", session_, "-q", File("reference"),
                                          "-n", File("key.name"), "-i", File("reference")});
  EXPECT_THAT(theirs, HasSubstr(Hex(PolicyAuthorize(key.public_key(), reference))));
}

TEST(NameOf, PublicAreaWithAWrongSizeIsMalformed) {
  Bytes area = VerificationKeyPublicArea(crypto::P256PrivateKey::Generate().public_key());
  area.push_back(0);
  EXPECT_EQ(NameOf(area).error().code, ErrorCode::kMalformed);
  area.resize(area.size() - 2);
  EXPECT_EQ(NameOf(area).error().code, ErrorCode::kMalformed);
}

TEST(NameOf, OtherHashThanSha256IsUnsupported) {
  Bytes area = VerificationKeyPublicArea(crypto::P256PrivateKey::Generate().public_key());
  area[5] = 0x0C;  // nameAlg SHA-384
  EXPECT_EQ(NameOf(area).error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace strongroom::tpm
