// Options, help and messages, by the real program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/cli.h"
#include "testing/subprocess.h"

namespace strongroom::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(CommandLine, NoCommandIsWrongUsage) {
  EXPECT_EQ(Cli().Run({}).exit, 2);
}

TEST(CommandLine, MisspeltCommandIsCorrected) {
  const CliResult result = Cli().Run({"sael"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean 'seal'"));
}

TEST(CommandLine, MisspeltSecondWordIsCorrected) {
  const CliResult result = Cli().Run({"policy", "chekc"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean 'check'"));
}

TEST(CommandLine, MisspeltOptionIsCorrectedAndUsageShown) {
  const CliResult result = Cli().Run({"seal", "model", "-o", "b", "--polcy", "x"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean '--policy'"));
  EXPECT_THAT(result.err, HasSubstr("usage: strongroom seal PATH"));
}

TEST(CommandLine, MissingArgumentIsNamed) {
  const CliResult result = Cli().Run({"open", "-o", "x"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_THAT(result.err, HasSubstr("BUNDLE is missing"));
}

TEST(CommandLine, OptionGivenTwiceIsRefused) {
  const CliResult result = Cli().Run({"open", "b", "-o", "x", "-o", "y"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_THAT(result.err, HasSubstr("--output is given more than once"));
}

TEST(CommandLine, OneArgumentTooManyIsRefused) {
  const CliResult result = Cli().Run({"verify", "a", "b"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_THAT(result.err, HasSubstr("'b' is one argument too many"));
}

TEST(CommandLine, PositionalsStandAnywhereAmongRepeatedOptions) {
  const Cli cli;
  cli.Prepare();
  cli.Copy("passphrase.txt", "second.txt");
  const std::vector<std::vector<std::string>> orders = {
      {"seal", "--to", "recovery:passphrase.txt", "model", "-o", "b", "--policy", "allied-nations", "--facts",
       "facts.toml", "--to", "recovery:second.txt", "--dry-run"},
      {"seal", "--dry-run", "-o", "b", "--to", "recovery:passphrase.txt", "--to", "recovery:second.txt",
       "--facts=facts.toml", "--policy=allied-nations", "model"},
      {"--quiet", "seal", "model", "--to", "recovery:passphrase.txt", "--to", "recovery:second.txt",
       "--policy", "allied-nations", "-ob", "--facts", "facts.toml", "-n"},
  };
  for (const auto& order : orders) {
    const CliResult result = cli.Run(order);
    EXPECT_EQ(result.exit, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("recovery:passphrase.txt"));
    EXPECT_THAT(result.out, HasSubstr("recovery:second.txt"));
  }
  EXPECT_FALSE(cli.Exists("b"));
  EXPECT_FALSE(cli.Exists("b.partial"));
}

TEST(CommandLine, GlobalOptionsStandBeforeAndAfterTheVerb) {
  const Cli cli;
  EXPECT_EQ(LastLineMember(cli.Run({"--json", "--home", "none", "log", "show"}).out, "code"), "not_found");
  EXPECT_EQ(LastLineMember(cli.Run({"log", "show", "--home", "none", "--json"}).out, "code"), "not_found");
  EXPECT_EQ(LastLineMember(cli.Run({"log", "--json", "show", "--home=none"}).out, "code"), "not_found");
}

TEST(CommandLine, ValueInBracketsIsOneValue) {
  const CliResult result = Cli().Run({"log", "verify", "--log", "[a,b]"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_THAT(result.err, HasSubstr("--key is missing"));
}

TEST(CommandLine, ModelNamedLikeACommandIsAModel) {
  const Cli cli;
  cli.Prepare();
  cli.Copy("model", "open");
  const CliResult result = cli.Run({"seal", "open", "-o", "b", "--to", "recovery:passphrase.txt", "--policy",
                                    "allied-nations", "--facts", "facts.toml", "--dry-run"});
  EXPECT_EQ(result.exit, 0) << result.err;
}

TEST(CommandLine, NumberOutOfBoundsIsRefused) {
  EXPECT_EQ(Cli().Run({"verify", "b", "--threads", "0"}).exit, 2);
  EXPECT_EQ(Cli().Run({"verify", "b", "--crypto", "rot13"}).exit, 2);
  EXPECT_EQ(Cli().Run({"log", "show", "--last", "many"}).exit, 2);
}

TEST(CommandLine, ErrorHasThreePartsForPeople) {
  const CliResult result = Cli().Run({"log", "show"});
  EXPECT_EQ(result.exit, 7);
  EXPECT_THAT(result.err, HasSubstr("error: "));
  EXPECT_THAT(result.err, HasSubstr("  next: "));
  EXPECT_THAT(result.out, IsEmpty());
}

TEST(CommandLine, EveryErrorHasANextStep) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"inspect", "nowhere"}, {"verify", "b", "--threads", "65"}, {"log", "verify", "--log", "x"}}) {
    std::vector<std::string> with_json = arguments;
    with_json.emplace_back("--json");
    EXPECT_NE(LastLineMember(Cli().Run(with_json).out, "next"), "") << arguments[0];
    EXPECT_THAT(Cli().Run(arguments).err, HasSubstr("  next: ")) << arguments[0];
  }
}

TEST(CommandLine, ForceReplacesNeitherInputNorHome) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  for (const char* output : {"model.bundle", "model.bundle/inner", "home", ".", "new/.."}) {
    std::vector<std::string> open = Cli::OpenArguments(output);
    open.emplace_back("--force");
    EXPECT_EQ(cli.Run(open).exit, 2) << output;
  }
  for (const char* output : {"model", "home", "."}) {
    EXPECT_EQ(cli.Run({"seal", "model", "-o", output, "--force", "--facts", "facts.toml", "--policy",
                       "allied-nations", "--to", "recovery:passphrase.txt"})
                  .exit,
              2)
        << output;
  }
  EXPECT_TRUE(cli.Exists("model.bundle/manifest.json"));
  EXPECT_FALSE(cli.Exists("model.bundle/inner"));
  EXPECT_TRUE(cli.Exists("model/config.json"));
  EXPECT_TRUE(cli.Exists("home/profile"));
}

TEST(CommandLine, ErrorIsTheLastJsonLine) {
  const CliResult result = Cli().Run({"inspect", "nowhere", "--json"});
  EXPECT_EQ(result.exit, 7);
  EXPECT_EQ(LastLineMember(result.out, "type"), "error");
  EXPECT_EQ(LastLineMember(result.out, "exit"), "7");
  EXPECT_EQ(LastLineMember(result.out, "retryable"), "false");
  EXPECT_THAT(result.err, IsEmpty());
}

TEST(CommandLine, WrongUsageIsJsonTooWhereAsked) {
  const CliResult result = Cli().Run({"inspect", "--jsn", "--json"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_EQ(LastLineMember(result.out, "code"), "invalid_argument");
}

TEST(CommandLine, ColourOnlyWhereAskedFor) {
  EXPECT_THAT(Cli().Run({"sael"}).err, Not(HasSubstr("\x1b[")));
  const CliResult forced = Cli().Run({"log", "show"}, {.environment = {{"FORCE_COLOR", "1"}}});
  EXPECT_THAT(forced.err, HasSubstr("\x1b["));
  const CliResult refused =
      Cli().Run({"log", "show"}, {.environment = {{"FORCE_COLOR", "1"}, {"NO_COLOR", "1"}}});
  EXPECT_THAT(refused.err, Not(HasSubstr("\x1b[")));
}

TEST(Help, ListsEveryCommandAndEveryExitStatus) {
  const CliResult result = Cli().Run({"help"});
  EXPECT_EQ(result.exit, 0);
  for (const char* name :
       {"init",          "trust add",      "seal",        "open",          "cat",         "ls",
        "inspect",       "verify",         "repair",      "rekey",         "node show",   "node approve-pcrs",
        "policy check",  "policy explain", "policy test", "policy lint",   "policy diff", "policy impact",
        "policy list",   "policy show",    "policy map",  "policy screen", "policy sign", "policy install",
        "policy remove", "log show",       "log verify",  "doctor",        "bench"}) {
    EXPECT_THAT(result.out, HasSubstr(std::string("  ") + name + " "));
  }
  EXPECT_THAT(result.out, HasSubstr("130"));
}

TEST(Help, OfACommandBeginsWithExamples) {
  const CliResult result = Cli().Run({"seal", "--help"});
  EXPECT_THAT(result.out, Not(HasSubstr("\n  \n")));
  EXPECT_EQ(result.exit, 0);
  EXPECT_LT(result.out.find("examples:"), result.out.find("options:"));
  EXPECT_EQ(result.out, Cli().Run({"help", "seal"}).out);
}

TEST(Help, ManPagesHaveExamplesAndExitStatus) {
  const Cli cli;
  ASSERT_EQ(cli.Run({"help", "--man-pages", "man"}).exit, 0);
  for (const char* page : {"man/strongroom.1", "man/strongroom-seal.1", "man/strongroom-policy-check.1",
                           "man/strongroom-node-approve-pcrs.1"}) {
    EXPECT_THAT(cli.Read(page), HasSubstr(".SH EXIT STATUS")) << page;
  }
  EXPECT_THAT(cli.Read("man/strongroom-seal.1"), HasSubstr(".SH EXAMPLES"));
}

TEST(Help, BashCompletionIsAScriptAndCompletes) {
  const Cli cli;
  cli.Write("completion.bash", cli.Run({"help", "--completion", "bash"}).out);
  EXPECT_EQ(RunProgram({"bash", "-n", cli / "completion.bash"}).exit_code, 0);
  const std::string complete =
      "source " + cli / "completion.bash" +
      R"(; complete_words() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _strongroom_words; echo "${COMPREPLY[*]}"; }
complete_words strongroom pol; complete_words strongroom policy ch; complete_words strongroom seal model --generate; complete_words strongroom --crypto ip)";
  EXPECT_EQ(RunProgram({"bash", "-c", complete}).output, "policy\ncheck\n--generate-recovery\nipsec-mb\n");
}

TEST(Help, VersionNamesTheLibraries) {
  const CliResult result = Cli().Run({"--version"});
  EXPECT_EQ(result.exit, 0);
  EXPECT_THAT(result.out, HasSubstr("strongroom "));
  EXPECT_THAT(result.out, HasSubstr("openssl "));
}

}  // namespace
}  // namespace strongroom::testing
