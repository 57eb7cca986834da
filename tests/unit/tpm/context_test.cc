#include "strongroom/tpm/context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strongroom/tpm/storage_root.h"
#include "testing/swtpm.h"

namespace strongroom::tpm {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Context, SwtpmSaysThatItIsSoftware) {
  testing::Swtpm swtpm;
  const auto context = Context::Open(swtpm.tcti());
  ASSERT_TRUE(context) << context.error().message;
  EXPECT_TRUE(context->identity().is_software);
  EXPECT_EQ(context->identity().manufacturer, "IBM");
  EXPECT_EQ(context->identity().vendor, "SW   TPM");
  EXPECT_THAT(context->identity().specification, HasSubstr("2.0 revision 1."));
  EXPECT_THAT(context->warnings(), IsEmpty());
}

TEST(Context, NobodyAtTheAddressIsNoKeyAndNamesIt) {
  testing::Swtpm swtpm;
  swtpm.PowerOff();
  const auto context = Context::Open(swtpm.tcti());
  ASSERT_FALSE(context);
  EXPECT_EQ(context.error().code, ErrorCode::kNoKey);
  EXPECT_EQ(context.error().message, "no TPM at " + swtpm.tcti());
}

TEST(Context, UnknownTctiIsNoKey) {
  const auto context = Context::Open("carrier-pigeon:loft=1");
  ASSERT_FALSE(context);
  EXPECT_EQ(context.error().code, ErrorCode::kNoKey);
}

TEST(Context, LeftoversOfKilledProgramAreFlushedOnceWithAWarning) {
  testing::Swtpm swtpm;
  const testing::Environment environment = {{"TPM2TOOLS_TCTI", swtpm.tcti()}};
  for (int slot = 0; slot < 3; ++slot) {  // swtpm has three
    const auto made = testing::RunProgram(
        {"tpm2_createprimary", "-Q", "-G", "ecc", "-c", swtpm.directory() + "/left.ctx"}, environment);
    ASSERT_EQ(made.exit_code, 0) << made.output;
  }
  auto context = Context::Open(swtpm.tcti());
  ASSERT_TRUE(context);
  const auto root = FindStorageRoot(*context);
  ASSERT_TRUE(root) << root.error().message;
  ASSERT_THAT(context->warnings(), SizeIs(1));
  EXPECT_THAT(context->warnings()[0], HasSubstr("flushed 3"));
  EXPECT_TRUE(FindStorageRoot(*context));
  EXPECT_THAT(context->warnings(), SizeIs(1));
}

TEST(StorageRoot, TemplateIsTheKeyThatTpm2CreateprimaryMakes) {
  testing::Swtpm swtpm;
  const std::string file = swtpm.directory() + "/root";
  swtpm.Tool({"tpm2_createprimary", "-C", "o", "-g", "sha256", "-G", "ecc256:aes128cfb", "-c", file + ".ctx",
              "-a", "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|decrypt"});
  const std::string theirs = swtpm.Tool({"tpm2_readpublic", "-c", file + ".ctx"});
  auto context = Context::Open(swtpm.tcti());
  ASSERT_TRUE(context);
  const auto root = FindStorageRoot(*context);
  ASSERT_TRUE(root) << root.error().message;
  EXPECT_EQ(root->handle, kStorageRootTemplate);
  EXPECT_THAT(theirs, HasSubstr(Hex(root->name)));
}

TEST(StorageRoot, PersistentKeyComesBeforeTheTemplate) {
  testing::Swtpm swtpm;
  const std::string file = swtpm.directory() + "/root.ctx";
  swtpm.Tool({"tpm2_createprimary", "-C", "o", "-G", "rsa2048:aes128cfb", "-c", file});
  swtpm.Tool({"tpm2_evictcontrol", "-C", "o", "-c", file, "0x81000001"});
  const std::string theirs = swtpm.Tool({"tpm2_readpublic", "-c", "0x81000001"});
  auto context = Context::Open(swtpm.tcti());
  ASSERT_TRUE(context);
  const auto root = FindStorageRoot(*context);
  ASSERT_TRUE(root) << root.error().message;
  EXPECT_EQ(root->handle, kPersistentStorageRoot);
  EXPECT_THAT(theirs, HasSubstr(Hex(root->name)));
}

TEST(StorageRoot, PersistentSigningKeyIsRefused) {
  testing::Swtpm swtpm;
  const std::string file = swtpm.directory() + "/root.ctx";
  swtpm.Tool({"tpm2_createprimary", "-C", "o", "-G", "ecc:ecdsa-sha256", "-c", file, "-a",
              "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign"});
  swtpm.Tool({"tpm2_evictcontrol", "-C", "o", "-c", file, "0x81000001"});
  auto context = Context::Open(swtpm.tcti());
  ASSERT_TRUE(context);
  const auto root = FindStorageRoot(*context);
  ASSERT_FALSE(root);
  EXPECT_EQ(root.error().code, ErrorCode::kNoKey);
  EXPECT_THAT(root.error().message, HasSubstr("not a storage key"));
}

TEST(StorageRoot, OwnerPasswordIsNamedAsThePossibleReason) {
  testing::Swtpm swtpm;
  swtpm.Tool({"tpm2_changeauth", "-c", "owner", "secret"});
  auto context = Context::Open(swtpm.tcti());
  ASSERT_TRUE(context);
  const auto root = FindStorageRoot(*context);
  ASSERT_FALSE(root);
  EXPECT_EQ(root.error().code, ErrorCode::kNoKey);
  EXPECT_THAT(root.error().next, HasSubstr("owner hierarchy"));
}

}  // namespace
}  // namespace strongroom::tpm
