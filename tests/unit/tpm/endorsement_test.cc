#include "strongroom/tpm/endorsement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "testing/swtpm.h"

namespace strongroom::tpm {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(EndorsementKey, PersistentOneComesWithItsCertificate) {
  testing::Swtpm swtpm(testing::Swtpm::Endorsed::kYes);
  const std::string certificate_file = swtpm.directory() + "/ek.der";
  const std::string public_area = swtpm.Tool({"tpm2_readpublic", "-c", "0x81010001"});
  swtpm.Tool({"tpm2_nvread", "0x1c00002", "-o", certificate_file});
  std::ifstream stream(certificate_file, std::ios::binary);
  const std::string certificate(std::istreambuf_iterator<char>(stream), {});

  auto context = Context::Open(swtpm.tcti());
  ASSERT_TRUE(context);
  const auto key = ReadEndorsementKey(*context);
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(key->kind, "RSA 2048");
  EXPECT_THAT(public_area, HasSubstr(Hex(key->name)));
  EXPECT_EQ(AsText(key->certificate), certificate);
}

TEST(EndorsementKey, WithoutAPersistentOneItIsMadeFromTheProfilesTemplate) {
  testing::Swtpm swtpm;
  const std::string file = swtpm.directory() + "/ek";
  swtpm.Tool({"tpm2_createek", "-G", "ecc", "-c", file + ".ctx"});
  const std::string public_area = swtpm.Tool({"tpm2_readpublic", "-c", file + ".ctx"});

  auto context = Context::Open(swtpm.tcti());
  ASSERT_TRUE(context);
  const auto key = ReadEndorsementKey(*context);
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(key->kind, "ECC P-256");
  EXPECT_THAT(public_area, HasSubstr(Hex(key->name)));
  EXPECT_THAT(key->certificate, IsEmpty());
}

}  // namespace
}  // namespace strongroom::tpm
