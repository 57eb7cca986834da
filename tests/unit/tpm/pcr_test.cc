#include "strongroom/tpm/pcr.h"

#include <gtest/gtest.h>

#include "strongroom/tpm/context.h"
#include "testing/swtpm.h"

namespace strongroom::tpm {
namespace {

TEST(PcrSelection, NotationOfTpm2ToolsIsReadAndWrittenInAscendingOrder) {
  const auto selection = PcrSelection::Parse("sha256:7,0,23");
  ASSERT_TRUE(selection);
  EXPECT_EQ(selection->indices(), (std::vector<int>{0, 7, 23}));
  EXPECT_EQ(selection->ToString(), "sha256:0,7,23");
  EXPECT_EQ(PcrSelection::Parse("sha384:1")->bank(), PcrBank::kSha384);
  EXPECT_EQ(PcrSelection::Default().ToString(), "sha256:0,2,4,7");
}

TEST(PcrSelection, EveryOtherNotationIsRefused) {
  for (const char* text :
       {"", "sha256", "sha256:", "sha256:0,", "sha256:,0", "sha256:24", "sha256:-1", "sha256:0,0", "sha1:0",
        "SHA256:0", "sha256:0x1", "sha256: 0", "sha256:0+sha384:0", "sha256:99999999999"}) {
    const auto selection = PcrSelection::Parse(text);
    ASSERT_FALSE(selection) << text;
    EXPECT_EQ(selection.error().code, ErrorCode::kInvalidArgument) << text;
  }
}

TEST(PcrValues, DigestsThatDoNotFitTheBankAreMalformed) {
  const PcrSelection selection = *PcrSelection::Parse("sha256:0,7");
  EXPECT_TRUE(PcrValues::Create(selection, {Bytes(32), Bytes(32)}));
  EXPECT_EQ(PcrValues::Create(selection, {Bytes(32)}).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(PcrValues::Create(selection, {Bytes(32), Bytes(48)}).error().code, ErrorCode::kMalformed);
}

TEST(ReadPcrs, ExtendedRegisterHoldsHashOfOldAndNew) {
  testing::Swtpm swtpm;
  auto context = Context::Open(swtpm.tcti());
  ASSERT_TRUE(context) << context.error().message;
  const PcrSelection selection = *PcrSelection::Parse("sha256:7,16");
  EXPECT_EQ(ReadPcrs(*context, selection)->digests(), (std::vector<Bytes>{Bytes(32), Bytes(32)}));

  context = Fail(ErrorCode::kInternal, "closed");  // swtpm takes one connection at a time
  swtpm.ExtendPcr(16);
  context = Context::Open(swtpm.tcti());
  const auto after = ReadPcrs(*context, selection);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->digests()[0], Bytes(32));
  // SHA-256 of 32 zero bytes and 32 bytes 0xaa.
  EXPECT_EQ(Hex(after->digests()[1]), "9ef814b42fa0be12d197c44d3e8e03441a4b1118237658368ba1351090e556ed");
}

TEST(ReadPcrs, BankThatIsNotActiveIsInvalid) {
  testing::Swtpm swtpm;
  swtpm.Tool({"tpm2_pcrallocate", "sha256:all+sha384:none"});
  swtpm.Reboot();
  auto context = Context::Open(swtpm.tcti());
  ASSERT_TRUE(context);
  const auto values = ReadPcrs(*context, *PcrSelection::Parse("sha384:0"));
  ASSERT_FALSE(values);
  EXPECT_EQ(values.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace strongroom::tpm
