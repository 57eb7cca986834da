// What must be refused, with the exit status that says why, and nothing left under a final name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "integration/cli.h"

namespace strongroom::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

// A sealed model, made once for all the tests that only damage copies of it.
class SealedModel : public ::testing::Test {
 protected:
  void SetUp() override {
    cli_.Prepare();
    cli_.Seal();
  }
  void ExpectOpenRefused(int exit) {
    const CliResult result = cli_.Run(Cli::OpenArguments());
    EXPECT_EQ(result.exit, exit) << result.err;
    EXPECT_FALSE(cli_.Exists("opened"));
  }
  Cli cli_;
};

TEST(Seal, WithoutKeyslotListsTheChoices) {
  const Cli cli;
  cli.Prepare();
  const CliResult result =
      cli.Run({"seal", "model", "-o", "b", "--facts", "facts.toml", "--policy", "allied-nations"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_THAT(result.err, HasSubstr("--to tpm"));
  EXPECT_THAT(result.err, HasSubstr("--to recovery:FILE"));
}

TEST(Seal, WithoutFactsNamesTheExample) {
  const Cli cli;
  cli.Prepare();
  const CliResult result =
      cli.Run({"seal", "model", "-o", "b", "--policy", "allied-nations", "--to", "recovery:passphrase.txt"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_THAT(result.err, HasSubstr("facts.example.toml"));
}

TEST(Seal, WithoutPolicyIsRefused) {
  const Cli cli;
  cli.Prepare();
  EXPECT_EQ(
      cli.Run({"seal", "model", "-o", "b", "--facts", "facts.toml", "--to", "recovery:passphrase.txt"}).exit,
      2);
}

TEST(Seal, ToAWeakPassphraseIsRefused) {
  const Cli cli;
  cli.Prepare();
  cli.Write("weak.txt", "password1234\n");
  const CliResult result = cli.Run({"seal", "model", "-o", "b", "--facts", "facts.toml", "--policy",
                                    "allied-nations", "--to", "recovery:weak.txt"});
  EXPECT_EQ(result.exit, 2) << result.err;
  EXPECT_FALSE(cli.Exists("b"));
}

TEST(Seal, WithoutRecoveryFileSaysHowToMakeOne) {
  const Cli cli;
  cli.Prepare();
  const CliResult result = cli.Run({"seal", "model", "-o", "b", "--facts", "facts.toml", "--policy",
                                    "allied-nations", "--to", "recovery:absent.txt"});
  EXPECT_EQ(result.exit, 7);
  EXPECT_THAT(result.err, HasSubstr("--generate-recovery"));
}

TEST(Seal, ToATpmThatIsNotThereSaysSo) {
  const Cli cli;
  cli.Prepare();
  const CliResult result = cli.Run(
      {"seal", "model", "-o", "b", "--facts", "facts.toml", "--policy", "allied-nations", "--to", "tpm"});
  EXPECT_EQ(result.exit, 12) << result.err;
  EXPECT_THAT(result.err, HasSubstr("the model is lost"));
  EXPECT_FALSE(cli.Exists("b"));
}

TEST(Seal, CooperativeKeyslotInAnEnforcedBundleIsRefused) {
  const Cli cli;
  cli.Prepare();
  EXPECT_EQ(cli.Run({"seal", "model", "-o", "b", "--facts", "facts.toml", "--policy", "allied-nations",
                     "--to", "recovery:passphrase.txt", "--enforced"})
                .exit,
            5);
}

TEST(Seal, MalformedWeightsStopItUnlessOpaque) {
  const Cli cli;
  cli.Prepare();
  cli.Write("model/broken.safetensors", std::string("\xff\xff\xff\xff\xff\xff\xff\x7f{}", 10));
  std::vector<std::string> arguments = {"seal",     "model",
                                        "-o",       "b",
                                        "--facts",  "facts.toml",
                                        "--policy", "allied-nations",
                                        "--to",     "recovery:passphrase.txt"};
  const CliResult result = cli.Run(arguments);
  EXPECT_EQ(result.exit, 3) << result.err;
  EXPECT_THAT(result.err, HasSubstr("broken.safetensors"));
  EXPECT_FALSE(cli.Exists("b"));
  arguments.emplace_back("--opaque");
  EXPECT_EQ(cli.Run(arguments).exit, 0);
}

TEST_F(SealedModel, OutputThatExistsIsRefused) {
  cli_.Write("opened", "precious");
  EXPECT_EQ(cli_.Run(Cli::OpenArguments()).exit, 2);
  EXPECT_EQ(cli_.Read("opened"), "precious");
  const CliResult sealed = cli_.Run({"seal", "model", "-o", "model.bundle", "--facts", "facts.toml",
                                     "--policy", "allied-nations", "--to", "recovery:passphrase.txt"});
  EXPECT_EQ(sealed.exit, 2);
}

TEST_F(SealedModel, FlippedBitInAnyFileIsAltered) {
  for (const char* file : {"manifest.json", "keyslots.json", "catalogue", "catalogue.leaves",
                           "shards/00000.shard", "shards/00000.leaves"}) {
    const std::string path = std::string("model.bundle/") + file;
    cli_.Copy(path, "kept");
    cli_.Flip(path, cli_.Size(path) / 2, 1);
    SCOPED_TRACE(file);
    ExpectOpenRefused(3);
    cli_.Copy("kept", path);
  }
}

TEST_F(SealedModel, CutOrMissingFileIsTruncated) {
  for (const char* file : {"catalogue", "shards/00000.shard", "shards/00000.leaves"}) {
    const std::string path = std::string("model.bundle/") + file;
    SCOPED_TRACE(file);
    cli_.Copy(path, "kept");
    std::filesystem::resize_file(cli_ / path, cli_.Size(path) - 1);
    ExpectOpenRefused(10);
    cli_.Remove(path);
    ExpectOpenRefused(10);
    EXPECT_EQ(cli_.Run({"verify", "model.bundle"}).exit, 10);
    cli_.Copy("kept", path);
  }
}

TEST_F(SealedModel, OwnerWhoIsNotTrustedIsRefused) {
  ASSERT_EQ(cli_.Run({"init", "--home", "stranger", "--country", "US", "--operator-hq", "US"}).exit, 0);
  std::vector<std::string> arguments = Cli::OpenArguments();
  arguments.insert(arguments.end(), {"--home", "stranger"});
  EXPECT_EQ(cli_.Run(arguments).exit, 3);
  EXPECT_EQ(cli_.Run({"verify", "model.bundle", "--home", "stranger"}).exit, 3);
  const std::string owner = LastLineMember(cli_.Run({"inspect", "model.bundle", "--json"}).out, "owner");
  ASSERT_EQ(cli_.Run({"trust", "add", owner, "--purpose", "owner", "--home", "stranger"}).exit, 0);
  EXPECT_EQ(cli_.Run(arguments).exit, 0);
}

TEST_F(SealedModel, KeyslotsOfALowerRevisionAreRefused) {
  cli_.Copy("model.bundle/keyslots.json", "old.json");
  ASSERT_EQ(cli_.Run({"rekey", "model.bundle", "--via", "recovery:passphrase.txt", "--to",
                      "recovery:passphrase.txt"})
                .exit,
            0);
  cli_.Copy("old.json", "model.bundle/keyslots.json");
  ExpectOpenRefused(3);
}

TEST_F(SealedModel, AnotherBundleThanExpectedIsRefused) {
  std::vector<std::string> arguments = Cli::OpenArguments();
  arguments.insert(arguments.end(), {"--expect", std::string(64, '0')});
  EXPECT_EQ(cli_.Run(arguments).exit, 3);
}

TEST_F(SealedModel, WrongPassphraseGivesNoKeyAndIsRecordedAsFailed) {
  cli_.Write("passphrase.txt", "another-plover-vexing-kestrel-77\n");
  ExpectOpenRefused(12);
  EXPECT_THAT(cli_.Run({"log", "show", "--last", "1"}).out, HasSubstr("failed"));
}

TEST_F(SealedModel, EmptyPassphraseFileGivesNoKeyAndItsNameIsNotRecorded) {
  cli_.Write("passphrase.txt", "");
  ExpectOpenRefused(12);
  const std::string record = cli_.Run({"log", "show", "--last", "1", "--json"}).out;
  EXPECT_THAT(record, HasSubstr("no secret was read: no_key"));
  EXPECT_THAT(record, Not(HasSubstr("passphrase.txt")));
}

TEST_F(SealedModel, DirectoryForAPassphraseIsRefusedBeforeAnythingIsRecorded) {
  const std::string before = cli_.Run({"log", "show", "--json"}).out;
  EXPECT_EQ(cli_.Run({"open", "model.bundle", "-o", "opened", "--via", "recovery:model"}).exit, 2);
  EXPECT_EQ(cli_.Run({"log", "show", "--json"}).out, before);
}

TEST_F(SealedModel, PassphraseMayComeFromANamedPipe) {
  ASSERT_EQ(mkfifo((cli_ / "pipe").c_str(), 0600), 0);
  const std::string passphrase = cli_.Read("passphrase.txt");
  std::jthread writer([&] { cli_.Write("pipe", passphrase); });
  const CliResult result = cli_.Run({"open", "model.bundle", "-o", "opened", "--via", "recovery:pipe"});
  EXPECT_EQ(result.exit, 0) << result.err;
}

TEST_F(SealedModel, NoTpmIsSaid) {
  const CliResult result = cli_.Run({"open", "model.bundle", "-o", "opened", "--via", "tpm"});
  EXPECT_EQ(result.exit, 12) << result.err;
}

TEST_F(SealedModel, ForbiddenPlaceIsRefusedWithRuleAndCitation) {
  cli_.Write("home/node.toml", "country = \"CN\"\noperator_hq = \"CN\"\n");
  const CliResult result =
      cli_.Run({"open", "model.bundle", "-o", "opened", "--via", "recovery:passphrase.txt", "--json"});
  EXPECT_EQ(result.exit, 5);
  EXPECT_EQ(LastLineMember(result.out, "code"), "denied");
  EXPECT_THAT(LastLineMember(result.out, "why"), HasSubstr("allied-nations"));
  EXPECT_THAT(cli_.Run({"log", "show", "--last", "1"}).out, HasSubstr("refuse"));
}

TEST_F(SealedModel, UndeclaredPlaceIsRefused) {
  cli_.Write("home/node.toml", "");
  ExpectOpenRefused(5);
}

TEST_F(SealedModel, MissingLogWinsOverThePolicy) {
  cli_.Copy("home", "kept");
  cli_.Write("home/node.toml", "country = \"CN\"\noperator_hq = \"CN\"\n");
  cli_.Remove("home/log");
  ExpectOpenRefused(8);
}

TEST_F(SealedModel, LogPutBackIsRefused) {
  cli_.Copy("home/log", "old-log");
  ASSERT_EQ(cli_.Run(Cli::OpenArguments("first")).exit, 0);
  cli_.Remove("home/log");
  cli_.Copy("old-log", "home/log");
  ExpectOpenRefused(8);
}

TEST_F(SealedModel, CopiedHomeWorks) {
  cli_.Copy("home", "copy");
  std::vector<std::string> arguments = Cli::OpenArguments();
  arguments.insert(arguments.end(), {"--home", "copy"});
  EXPECT_EQ(cli_.Run(arguments).exit, 0);
}

TEST_F(SealedModel, FileSizeLimitLeavesNothingUnderAFinalName) {
  const CliOptions small = {.file_size_limit = 100'000};
  EXPECT_NE(cli_.Run(Cli::OpenArguments(), small).exit, 0);
  EXPECT_FALSE(cli_.Exists("opened"));
}

TEST_F(SealedModel, FullDiskIsForNowAndResumes) {
  std::filesystem::create_directory(cli_ / "small");
  if (::mount("tmpfs", (cli_ / "small").c_str(), "tmpfs", 0, "size=400k") != 0)
    GTEST_SKIP() << "mounting needs privileges";
  std::vector<std::string> arguments = Cli::OpenArguments("small/opened");
  const CliResult full = cli_.Run(arguments);
  EXPECT_EQ(full.exit, 9) << full.err;
  EXPECT_FALSE(cli_.Exists("small/opened"));
  ASSERT_EQ(::mount("tmpfs", (cli_ / "small").c_str(), "tmpfs", MS_REMOUNT, "size=64m"), 0);
  arguments.emplace_back("--resume");
  const CliResult resumed = cli_.Run(arguments);
  EXPECT_EQ(resumed.exit, 0) << resumed.err;
  EXPECT_TRUE(cli_.SameTree("model", "small/opened"));
  ::umount((cli_ / "small").c_str());
}

// Whether a process of this user may attach to that one as a debugger would.
bool MayTrace(uid_t user, pid_t process) {
  const pid_t tracer = ::fork();
  if (tracer == 0) {
    if (::geteuid() == 0 && ::setuid(user) != 0) ::_exit(2);
    ::_exit(::ptrace(PTRACE_ATTACH, process, nullptr, nullptr) == 0 ? 0 : 1);
  }
  return Cli::Wait(tracer) == 0;
}

pid_t SleepAs(uid_t user) {
  const pid_t process = ::fork();
  if (process == 0) {
    if (::geteuid() == 0 && ::setuid(user) != 0) ::_exit(2);
    ::execlp("sleep", "sleep", "30", nullptr);
    ::_exit(2);
  }
  return process;
}

void End(pid_t process) {
  ::kill(process, SIGKILL);
  Cli::Wait(process);
}

TEST(Process, CannotBeTracedByItsOwnUser) {
  const uid_t user = ::geteuid() == 0 ? 65534 : ::geteuid();
  const pid_t plain = SleepAs(user);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const bool tracing_works = MayTrace(user, plain);
  End(plain);
  if (!tracing_works) GTEST_SKIP() << "here no process may trace another";
  const Cli cli;
  const pid_t process = cli.Start({"bench", "--memory-only"}, "bench",
                                  {.user = ::geteuid() == 0 ? std::optional(user) : std::nullopt});
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  ASSERT_EQ(::kill(process, 0), 0);
  EXPECT_FALSE(MayTrace(user, process));
  End(process);
}

TEST(Process, EmptySafetensorsFileStopsTheSeal) {
  const Cli cli;
  cli.Prepare();
  cli.Write("model/empty.safetensors", "");
  std::vector<std::string> arguments = {
      "seal",     "model",          "-o",   "model.bundle",           "--facts", "facts.toml",
      "--policy", "allied-nations", "--to", "recovery:passphrase.txt"};
  const CliResult refused = cli.Run(arguments);
  EXPECT_EQ(refused.exit, 3);
  EXPECT_THAT(refused.err,
              HasSubstr("empty.safetensors: safetensors header, offset 0: the file has 0 bytes"));
  arguments.emplace_back("--opaque");
  EXPECT_EQ(cli.Run(arguments).exit, 0);
}

TEST(Process, SignalThatWasIgnoredAtStartStaysIgnored) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  ASSERT_EQ(::mkfifo((cli / "fifo").c_str(), 0600), 0);
  auto* const before = ::signal(SIGINT, SIG_IGN);
  const pid_t process = cli.Start({"ls", "model.bundle", "--via", "recovery:fifo"}, "ignoring");
  ::signal(SIGINT, before);
  std::ofstream fifo(cli / "fifo");  // opens when the program reads its passphrase
  ::kill(process, SIGINT);
  fifo << cli.Read("passphrase.txt") << std::flush;
  fifo.close();
  EXPECT_EQ(Cli::Wait(process), 0) << cli.Read("ignoring.err");
}

TEST(Process, InterruptedSealEndsWith130AndResumes) {
  const Cli cli;
  cli.Prepare();
  cli.Remove("model");
  cli.MakeModel("model", 256 << 20);
  const std::vector<std::string> arguments = {"seal",         "model",
                                              "-o",           "model.bundle",
                                              "--facts",      "facts.toml",
                                              "--policy",     "allied-nations",
                                              "--to",         "recovery:passphrase.txt",
                                              "--shard-size", "16MiB",
                                              "--threads",    "1"};
  const pid_t process = cli.Start(arguments, "seal");
  for (int i = 0; i < 600 && !cli.Exists("model.bundle.partial/shards/00001.shard"); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ::kill(process, SIGINT);
  EXPECT_EQ(Cli::Wait(process), 130);
  EXPECT_THAT(cli.Read("seal.err"), HasSubstr("--resume"));
  EXPECT_FALSE(cli.Exists("model.bundle"));
  EXPECT_EQ(cli.Run(arguments).exit, 2);  // an unfinished one is there
  std::vector<std::string> again = arguments;
  again.emplace_back("--resume");
  const CliResult resumed = cli.Run(again);
  EXPECT_EQ(resumed.exit, 0) << resumed.err;
  EXPECT_EQ(cli.Run(Cli::OpenArguments()).exit, 0);
  EXPECT_TRUE(cli.SameTree("model", "opened"));
}

}  // namespace
}  // namespace strongroom::testing
