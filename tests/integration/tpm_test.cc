// Keyslots of a TPM, by the real program and a real software TPM.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/cli.h"
#include "testing/swtpm.h"

namespace strongroom::testing {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kSealToTpm = {"seal",    "model",      "-o",       "model.bundle",
                                             "--facts", "facts.toml", "--policy", "allied-nations",
                                             "--to",    "tpm"};

class TpmBundle : public ::testing::Test {
 protected:
  void SetUp() override {
    cli_.SetTcti(tpm_.tcti());
    cli_.Prepare();
    sealed_ = cli_.Run(kSealToTpm);
    ASSERT_EQ(sealed_.exit, 0) << sealed_.err;
  }
  CliResult Open(const std::vector<std::string>& more = {}) {
    cli_.Remove("opened");
    std::vector<std::string> arguments = {"open", "model.bundle", "-o", "opened"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return cli_.Run(arguments);
  }

  Swtpm tpm_;
  Cli cli_;
  CliResult sealed_;
};

TEST_F(TpmBundle, OpensOnItsTpmAfterAReboot) {
  EXPECT_EQ(Open().exit, 0);
  EXPECT_TRUE(cli_.SameTree("model", "opened"));
  tpm_.Reboot();
  EXPECT_EQ(Open({"--via", "tpm"}).exit, 0);
  EXPECT_THAT(tpm_.Tool({"tpm2_getcap", "handles-transient"}), ::testing::IsEmpty());
}

TEST_F(TpmBundle, AloneIsWarnedOfAndSoIsASoftwareTpm) {
  EXPECT_THAT(sealed_.err, HasSubstr("the model is lost"));
  EXPECT_THAT(sealed_.err, HasSubstr("warning"));
  EXPECT_THAT(Open().err, HasSubstr("warning"));
}

TEST_F(TpmBundle, AnotherTpmIsNoKey) {
  const Swtpm other;
  cli_.SetTcti(other.tcti());
  const CliResult result = Open();
  EXPECT_EQ(result.exit, 12) << result.err;
  EXPECT_FALSE(cli_.Exists("opened"));
}

TEST_F(TpmBundle, ChangedRegisterIsNamedAndAnApprovalOpens) {
  tpm_.ExtendPcr(7);
  const CliResult changed = Open();
  EXPECT_EQ(changed.exit, 12);
  EXPECT_THAT(changed.err, HasSubstr("PCR 7"));
  const CliResult values = cli_.Run({"node", "show", "--values"});
  ASSERT_EQ(values.exit, 0) << values.err;
  cli_.Write("after.pcrs", values.out);
  ASSERT_EQ(
      cli_.Run({"node", "approve-pcrs", "--version", "1", "--from", "after.pcrs", "-o", "pcrs.approval"})
          .exit,
      0);
  EXPECT_EQ(Open({"--approval", "pcrs.approval"}).exit, 0);
  EXPECT_TRUE(cli_.SameTree("model", "opened"));
}

TEST_F(TpmBundle, ApprovalBelowTheFloorIsNoKey) {
  ASSERT_EQ(cli_.Run({"node", "approve-pcrs", "--version", "1", "-o", "old.approval"}).exit, 0);
  ASSERT_EQ(cli_.Run({"rekey", "model.bundle", "--to", "tpm", "--approval-floor", "2"}).exit, 0);
  tpm_.ExtendPcr(7);
  const CliResult result = Open({"--approval", "old.approval"});
  EXPECT_EQ(result.exit, 12) << result.err;
  EXPECT_THAT(result.err, HasSubstr("floor"));
}

TEST_F(TpmBundle, RefusedByPolicyBeforeTheTpmHearsOfIt) {
  cli_.Write("home/node.toml", "country = \"CN\"\noperator_hq = \"CN\"\n");
  tpm_.PowerOff();
  EXPECT_EQ(Open({"--via", "tpm"}).exit, 5);
}

TEST_F(TpmBundle, DryRunsNeedNoTpm) {
  tpm_.PowerOff();
  EXPECT_EQ(Open({"--dry-run"}).exit, 0);
}

TEST(NodeShow, TellsTpmRegistersAndDeclaration) {
  const Swtpm tpm(Swtpm::Endorsed::kYes);
  Cli cli;
  cli.SetTcti(tpm.tcti());
  cli.Prepare("NL");
  const CliResult result = cli.Run({"node", "show"});
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("sha256:7"));
  EXPECT_THAT(result.out, HasSubstr("with a certificate"));
  EXPECT_THAT(result.out, HasSubstr("NL"));
  EXPECT_THAT(result.err, HasSubstr("warning"));
}

TEST(ApprovePcrs, MalformedValuesNameTheLine) {
  const Cli cli;
  cli.Prepare();
  cli.Write("bad.pcrs", "# values\nsha256:7 0011\n");
  const CliResult result =
      cli.Run({"node", "approve-pcrs", "--version", "1", "--from", "bad.pcrs", "-o", "a"});
  EXPECT_EQ(result.exit, 3);
  EXPECT_THAT(result.err, HasSubstr("line 2"));
}

}  // namespace
}  // namespace strongroom::testing
