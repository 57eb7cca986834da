// The log anchored in a TPM, by the real program and a real software TPM.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "integration/cli.h"
#include "testing/swtpm.h"

namespace strongroom::testing {
namespace {

using ::testing::HasSubstr;

class AnchoredLog : public ::testing::Test {
 protected:
  void SetUp() override {
    cli_.SetTcti(tpm_.tcti());
    cli_.Prepare();
    cli_.Seal();
    const CliResult anchored = cli_.Run({"log", "anchor", "--tpm"});
    ASSERT_EQ(anchored.exit, 0) << anchored.err;
    EXPECT_THAT(anchored.err, HasSubstr("this TPM is a program"));
  }
  CliResult Open() {
    cli_.Remove("opened");
    return cli_.Run(Cli::OpenArguments());
  }
  void RestoreHome(const std::string& backup) {
    cli_.Remove("home");
    cli_.Copy(backup, "home");
  }

  Swtpm tpm_;
  Cli cli_;
};

TEST_F(AnchoredLog, OpensAlsoAfterAReboot) {
  EXPECT_EQ(Open().exit, 0);
  tpm_.Reboot();
  EXPECT_EQ(Open().exit, 0);
  const CliResult shown = cli_.Run({"log", "anchor"});
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("TPM counter at"));
  EXPECT_THAT(cli_.Run({"doctor"}).out, HasSubstr("TPM counter at"));
  EXPECT_THAT(cli_.Run({"log", "show"}).out, HasSubstr("anchor"));
}

TEST_F(AnchoredLog, RestoredBackupIsRefusedAndGoesOnInTheDocumentedWayAlone) {
  cli_.Copy("home", "backup");
  ASSERT_EQ(Open().exit, 0);
  RestoreHome("backup");
  const CliResult refused = Open();
  EXPECT_EQ(refused.exit, 8) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("went on after this copy of the home was made"));
  EXPECT_FALSE(cli_.Exists("opened"));
  EXPECT_FALSE(cli_.Exists("opened.partial"));
  EXPECT_EQ(cli_.Run({"ls", "model.bundle", "--via", "recovery:passphrase.txt"}).exit, 8);
  EXPECT_EQ(cli_.Run({"log", "rotate-key"}).exit, 8);
  EXPECT_EQ(cli_.Run({"log", "rotate-key", "--lost"}).exit, 8);
  EXPECT_EQ(cli_.Run({"log", "anchor"}).exit, 3);
  EXPECT_EQ(cli_.Run({"doctor"}).exit, 1);

  EXPECT_EQ(cli_.Run({"log", "anchor", "--remove"}).exit, 3);
  EXPECT_EQ(Open().exit, 8);
  const CliResult removed = cli_.Run({"log", "anchor", "--remove", "--force"});
  EXPECT_EQ(removed.exit, 0) << removed.err;
  ASSERT_EQ(cli_.Run({"log", "anchor", "--tpm"}).exit, 0);
  EXPECT_EQ(Open().exit, 0);
  EXPECT_TRUE(cli_.SameTree("model", "opened"));
  EXPECT_THAT(cli_.Run({"log", "show"}).out, HasSubstr("although it did not hold"));
  EXPECT_EQ(cli_.Run({"log", "verify"}).exit, 0);
}

TEST_F(AnchoredLog, FileThatIsDamagedIsRemovedByForceAlone) {
  cli_.Write("home/log.anchor", "{}");
  const CliResult refused = Open();
  EXPECT_EQ(refused.exit, 8);
  const std::string what = "the log's anchor in the TPM: ";
  const std::size_t said = refused.err.find(what);
  ASSERT_NE(said, std::string::npos) << refused.err;
  EXPECT_EQ(refused.err.find(what, said + 1), std::string::npos) << refused.err;
  EXPECT_EQ(cli_.Run({"log", "anchor", "--remove"}).exit, 3);
  const CliResult removed = cli_.Run({"log", "anchor", "--remove", "--force"});
  EXPECT_EQ(removed.exit, 0) << removed.err;
  EXPECT_THAT(removed.err, HasSubstr("the TPM still has the anchor's indices"));
  EXPECT_EQ(Open().exit, 0);
}

TEST_F(AnchoredLog, ChangeOfTheLogsKeyIsAnchoredToo) {
  ASSERT_EQ(cli_.Run({"log", "rotate-key"}).exit, 0);
  const std::string size = LastLineMember(cli_.Run({"log", "verify", "--json"}).out, "size");
  EXPECT_THAT(cli_.Run({"log", "anchor"}).out, HasSubstr("of " + size + " records"));
}

TEST_F(AnchoredLog, TpmThatIsGoneRefuses) {
  tpm_.PowerOff();
  EXPECT_EQ(Open().exit, 8);
  EXPECT_FALSE(cli_.Exists("opened"));
  EXPECT_EQ(cli_.Run({"log", "anchor", "--remove"}).exit, 8);
  EXPECT_EQ(cli_.Run({"log", "anchor", "--remove", "--force"}).exit, 0);
  EXPECT_EQ(Open().exit, 0);
}

TEST_F(AnchoredLog, RemovedOneLetsTheLogGoOn) {
  EXPECT_EQ(cli_.Run({"log", "anchor", "--tpm"}).exit, 2);
  ASSERT_EQ(cli_.Run({"log", "anchor", "--remove"}).exit, 0);
  EXPECT_EQ(cli_.Run({"log", "anchor", "--remove"}).exit, 7);
  tpm_.PowerOff();
  EXPECT_EQ(Open().exit, 0);
  const CliResult shown = cli_.Run({"log", "anchor"});
  EXPECT_EQ(shown.exit, 0);
  EXPECT_THAT(shown.err, HasSubstr("Nothing outside this home"));
}

TEST_F(AnchoredLog, KilledRunsLeaveItUsable) {
  using namespace std::chrono_literals;
  for (const auto delay : {20ms, 50ms, 80ms, 120ms, 160ms, 200ms, 250ms, 300ms}) {
    cli_.Remove("opened");
    cli_.Remove("opened.partial");
    const pid_t process = cli_.Start(Cli::OpenArguments(), "killed");
    std::this_thread::sleep_for(delay);
    ::kill(process, SIGKILL);
    Cli::Wait(process);
    const CliResult checked = cli_.Run({"ls", "model.bundle", "--via", "recovery:passphrase.txt"});
    ASSERT_EQ(checked.exit, 0) << delay.count() << " ms: " << checked.err;
  }
}

TEST(LogAnchor, WrongUsageAndMissingTpm) {
  const Cli cli;
  ASSERT_EQ(cli.Run({"init"}).exit, 0);
  EXPECT_EQ(cli.Run({"log", "anchor", "--tpm", "--remove"}).exit, 2);
  EXPECT_EQ(cli.Run({"log", "anchor", "--every", "5"}).exit, 2);
  EXPECT_EQ(cli.Run({"log", "anchor", "--tpm", "--every", "0"}).exit, 2);
  EXPECT_EQ(cli.Run({"log", "anchor", "--force"}).exit, 2);
  EXPECT_EQ(cli.Run({"log", "anchor", "--tpm"}).exit, 12);
  EXPECT_FALSE(cli.Exists("home/log.anchor"));
}

}  // namespace
}  // namespace strongroom::testing
