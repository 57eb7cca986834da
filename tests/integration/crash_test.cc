// kill -9 at random moments: nothing half done under a final name, nothing acknowledged lost, and --resume
// continues. STRONGROOM_KILLS sets how many kills each test makes; STRONGROOM_SEED repeats a run.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include "integration/cli.h"

namespace strongroom::testing {
namespace {

unsigned FromEnvironment(const char* name, unsigned otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? static_cast<unsigned>(std::strtoul(value, nullptr, 10)) : otherwise;
}

class Killed : public ::testing::Test {
 protected:
  Killed() : seed_(FromEnvironment("STRONGROOM_SEED", std::random_device()())), random_(seed_) {
    RecordProperty("seed", static_cast<int>(seed_));
  }

  void SetUp() override {
    cli_.Prepare();
    cli_.Remove("model");
    cli_.MakeModel("model", 24 << 20);
  }

  static unsigned Kills() { return FromEnvironment("STRONGROOM_KILLS", 3); }

  // How long a command takes when nobody kills it.
  std::chrono::microseconds Time(const std::vector<std::string>& arguments) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(cli_.Run(arguments).exit, 0);
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
  }

  // Starts the command and kills it at a random moment of that time. The exit status: 137 if it was killed.
  int RunAndKill(const std::vector<std::string>& arguments, std::chrono::microseconds time) {
    const pid_t process = cli_.Start(arguments, "killed");
    std::this_thread::sleep_for(
        std::chrono::microseconds(random_() % static_cast<std::uint64_t>(time.count())));
    ::kill(process, SIGKILL);
    return Cli::Wait(process);
  }

  void ExpectOpens(const std::string& passphrase = "passphrase.txt") {
    cli_.Remove("opened");
    cli_.Remove("opened.partial");
    const CliResult opened =
        cli_.Run({"open", "model.bundle", "-o", "opened", "--via", "recovery:" + passphrase});
    ASSERT_EQ(opened.exit, 0) << opened.err << "seed " << seed_;
    EXPECT_TRUE(cli_.SameTree("model", "opened")) << "seed " << seed_;
    EXPECT_EQ(cli_.Run({"log", "verify"}).exit, 0) << "seed " << seed_;
  }

  Cli cli_;
  unsigned seed_;
  std::mt19937_64 random_;
};

TEST_F(Killed, SealResumes) {
  std::vector<std::string> seal = {"seal",         "model",
                                   "-o",           "model.bundle",
                                   "--facts",      "facts.toml",
                                   "--policy",     "allied-nations",
                                   "--to",         "recovery:passphrase.txt",
                                   "--shard-size", "2MiB",
                                   "--parity",     "4/1"};
  const auto time = Time(seal);
  seal.emplace_back("--resume");
  for (unsigned i = 0; i < Kills(); ++i) {
    cli_.Remove("model.bundle");
    cli_.Remove("model.bundle.partial");
    while (RunAndKill(seal, time) == 137 && random_() % 2 == 0) {
    }
    if (!cli_.Exists("model.bundle")) {
      const CliResult resumed = cli_.Run(seal);
      ASSERT_EQ(resumed.exit, 0) << resumed.err << "seed " << seed_;
    }
    EXPECT_EQ(cli_.Run({"verify", "model.bundle"}).exit, 0) << "seed " << seed_;
    ExpectOpens();
  }
}

TEST_F(Killed, OpenResumes) {
  cli_.Seal();
  std::vector<std::string> open = Cli::OpenArguments();
  const auto time = Time(open);
  open.emplace_back("--resume");
  for (unsigned i = 0; i < Kills(); ++i) {
    cli_.Remove("opened");
    if (RunAndKill(open, time) == 137 && !cli_.Exists("opened")) {
      const CliResult resumed = cli_.Run(open);
      ASSERT_EQ(resumed.exit, 0) << resumed.err << "seed " << seed_;
    }
    EXPECT_TRUE(cli_.SameTree("model", "opened")) << "seed " << seed_;
    EXPECT_EQ(cli_.Run({"log", "verify"}).exit, 0) << "seed " << seed_;
  }
}

TEST_F(Killed, RekeyLeavesTheOldKeyslotsOrTheNew) {
  cli_.Seal();
  cli_.Write("second.txt", "saffron-girder-mollusc-anthem-382\n");
  const auto time =
      Time({"rekey", "model.bundle", "--via", "recovery:passphrase.txt", "--to", "recovery:second.txt"});
  std::string now = "second.txt";
  std::string next = "passphrase.txt";
  for (unsigned i = 0; i < Kills(); ++i) {
    const std::string before = cli_.Read("model.bundle/keyslots.json");
    RunAndKill({"rekey", "model.bundle", "--via", "recovery:" + now, "--to", "recovery:" + next}, time);
    if (cli_.Read("model.bundle/keyslots.json") != before) std::swap(now, next);
    ExpectOpens(now);
  }
}

}  // namespace
}  // namespace strongroom::testing
