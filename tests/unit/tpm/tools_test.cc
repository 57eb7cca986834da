// What Seal leaves is what tpm2-tools load and unseal, by the commands that the format documents.
#include <gtest/gtest.h>

#include <fstream>

#include "strongroom/crypto/hash.h"
#include "strongroom/tpm/sealing.h"
#include "testing/swtpm.h"

namespace strongroom::tpm {
namespace {

constexpr std::string_view kSelection = "sha256:0,2,4,7";

void WriteFile(const std::string& path, ByteView bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

TEST(Tpm2Tools, LoadAndUnsealWhatSealMade) {
  testing::Swtpm swtpm;
  const std::string d = swtpm.directory() + "/";
  const SecretBytes secret = SecretBytes::CopyOf(AsBytes("0123456789abcdef0123456789abcdef"));
  {
    auto context = Context::Open(swtpm.tcti());
    ASSERT_TRUE(context);
    const SealingPolicy policy = {PolicyPcr(*ReadPcrs(*context, *PcrSelection::Parse(kSelection))),
                                  PolicyAuthorize(crypto::P256PrivateKey::Generate().public_key(),
                                                  crypto::Sha256(AsBytes("reference")))};
    const auto object = Seal(*context, *FindStorageRoot(*context), secret, policy);
    ASSERT_TRUE(object) << object.error().message;
    WriteFile(d + "sealed.pub", object->public_area);
    WriteFile(d + "sealed.priv", object->private_area);
    WriteFile(d + "pcr.policy", policy.pcr);
    WriteFile(d + "authorize.policy", policy.authorize);
  }
  swtpm.Tool({"tpm2_createprimary", "-C", "o", "-g", "sha256", "-G", "ecc256:aes128cfb", "-c", d + "root.ctx",
              "-a", "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|decrypt"});
  swtpm.Tool({"tpm2_load", "-C", d + "root.ctx", "-u", d + "sealed.pub", "-r", d + "sealed.priv", "-c",
              d + "sealed.ctx"});
  swtpm.Tool({"tpm2_startauthsession", "--policy-session", "-S", d + "session.ctx"});
  swtpm.Tool({"tpm2_policypcr", "-S", d + "session.ctx", "-l", std::string(kSelection)});
  swtpm.Tool(
      {"tpm2_policyor", "-S", d + "session.ctx", "sha256:" + d + "pcr.policy," + d + "authorize.policy"});
  EXPECT_EQ(swtpm.Tool({"tpm2_unseal", "-c", d + "sealed.ctx", "-p", "session:" + d + "session.ctx"}),
            AsText(secret.Expose()));
}

}  // namespace
}  // namespace strongroom::tpm
