// policy, log, trust, init and doctor, by the real program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/cli.h"

namespace strongroom::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kQuestion[] =
    "[model]\nweights = \"closed\"\ntraining_ops = \"2.1e26\"\neccn = \"4E091\"\n[act]\nwhat = "
    "\"decrypt\"\n[node]\ncountry = \"$\"\noperator_hq = \"$\"\n";

std::string QuestionAbout(const std::string& country) {
  std::string text = kQuestion;
  for (std::size_t at = text.find('$'); at != std::string::npos; at = text.find('$'))
    text.replace(at, 1, country);
  return text;
}

TEST(PolicyCheck, ExitsZeroOnPermitAloneAndNeedsNoHome) {
  const Cli cli;
  cli.Write("nl.toml", QuestionAbout("NL"));
  cli.Write("cn.toml", QuestionAbout("CN"));
  EXPECT_EQ(cli.Run({"policy", "check", "allied-nations", "--facts", "nl.toml"}).exit, 0);
  const CliResult denied =
      cli.Run({"policy", "check", "--facts", "cn.toml", "--pack", "allied-nations", "--json"});
  EXPECT_EQ(denied.exit, 5);
  EXPECT_EQ(LastLineMember(denied.out, "code"), "denied");
  EXPECT_THAT(denied.out, HasSubstr("\"outcome\":\"deny\""));
}

TEST(PolicyCheck, AnswersForAnotherTime) {
  const Cli cli;
  cli.Write("nl.toml", QuestionAbout("NL"));
  const std::vector<std::string> ask = {"policy", "check", "allied-nations", "--facts", "nl.toml", "--at"};
  const auto at = [&](const std::string& time) {
    std::vector<std::string> arguments = ask;
    arguments.push_back(time);
    return cli.Run(arguments).exit;
  };
  EXPECT_EQ(at("2025-01-13"), 0);
  EXPECT_EQ(at("2025-01-12"), 5);
  EXPECT_EQ(at("yesterday"), 2);
}

TEST(PolicyCheck, UnknownPackAndMissingFileAreNotFound) {
  const Cli cli;
  cli.Write("nl.toml", QuestionAbout("NL"));
  EXPECT_EQ(cli.Run({"policy", "check", "--facts", "nl.toml", "--pack", "no-such-pack"}).exit, 7);
  EXPECT_EQ(cli.Run({"policy", "check", "--facts", "absent.toml"}).exit, 7);
}

TEST(PolicyCheck, MistakeInTheQuestionNamesFileLineAndColumn) {
  const Cli cli;
  cli.Write("bad.toml", "[node]\ncuntry = \"NL\"\n");
  const CliResult result = cli.Run({"policy", "check", "--facts", "bad.toml"});
  EXPECT_EQ(result.exit, 3);
  EXPECT_THAT(result.err, HasSubstr("bad.toml: line 2, column 1: unknown key 'cuntry' in [node]"));
}

TEST(PolicyShow, TellsRulesWithCitationsAndTheSource) {
  const Cli cli;
  EXPECT_THAT(cli.Run({"policy", "list"}).out, HasSubstr("allied-nations"));
  EXPECT_THAT(cli.Run({"policy", "show", "allied-nations"}).out, HasSubstr("15 CFR"));
  EXPECT_THAT(cli.Run({"policy", "show", "allied-nations", "--source"}).out,
              HasSubstr("id = \"allied-nations\""));
}

TEST(Init, SaysWhatItMadeAndRefusesToMakeItAgain) {
  const Cli cli;
  const CliResult made = cli.Run({"init", "--country", "NL", "--operator", "Acme BV", "--operator-hq", "NL"});
  EXPECT_EQ(made.exit, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("owner, node, custodian"));
  EXPECT_TRUE(cli.Exists("home/facts.example.toml"));
  const std::string before = cli.Read("home/trust");
  EXPECT_EQ(cli.Run({"init"}).exit, 2);
  EXPECT_EQ(cli.Read("home/trust"), before);
}

TEST(Init, UnknownCountryIsRefused) {
  const Cli cli;
  const CliResult result = cli.Run({"init", "--country", "UK"});
  EXPECT_EQ(result.exit, 2);
  EXPECT_THAT(result.err, HasSubstr("GB"));
  EXPECT_FALSE(cli.Exists("home"));
}

TEST(Init, WithoutCountryWarns) {
  EXPECT_THAT(Cli().Run({"init"}).err, HasSubstr("country"));
}

TEST(Trust, AddedKeyIsListedAndRemoved) {
  const Cli cli;
  ASSERT_EQ(cli.Run({"init"}).exit, 0);
  const CliResult stranger = cli.Run({"init", "--home", "stranger", "--name", "stranger.example", "--json"});
  const std::string key = LastLineMember(stranger.out.substr(0, stranger.out.find('\n')), "owner");
  ASSERT_FALSE(key.empty());
  cli.Write("owner.vkey", key + "\n");
  EXPECT_EQ(cli.Run({"trust", "add", "owner.vkey", "--purpose", "owner"}).exit, 0);
  EXPECT_EQ(cli.Run({"trust", "add", key, "--purpose", "owner"}).exit, 2);
  EXPECT_THAT(cli.Run({"trust", "list"}).out, HasSubstr(key));
  EXPECT_EQ(cli.Run({"trust", "remove", "stranger.example", "--purpose", "owner"}).exit, 0);
  EXPECT_THAT(cli.Run({"trust", "list"}).out, Not(HasSubstr(key)));
  EXPECT_EQ(cli.Run({"trust", "remove", "stranger.example", "--purpose", "owner"}).exit, 7);
  EXPECT_EQ(cli.Run({"trust", "add", "nonsense", "--purpose", "owner"}).exit, 2);
}

TEST(LogVerify, HoldsAndNamesTheRecordThatIsWrong) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  const CliResult good = cli.Run({"log", "verify"});
  EXPECT_EQ(good.exit, 0) << good.err;
  EXPECT_THAT(good.out, HasSubstr("remembered checkpoint"));
  cli.Flip("home/log/journal", 100);
  const CliResult bad = cli.Run({"log", "verify"});
  EXPECT_EQ(bad.exit, 3) << bad.err;
}

TEST(LogVerify, NeedsNoHomeButTheLogsKey) {
  const Cli cli;
  const std::string key =
      LastLineMember(cli.Run({"init", "--json", "--country", "US", "--operator-hq", "US"}).out, "log");
  const CliResult result = cli.Run({"log", "verify", "--home", "none", "--log", "home/log", "--key", key});
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("nothing anchors"));
}

TEST(LogShow, TellsSealAndOpen) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  ASSERT_EQ(cli.Run(Cli::OpenArguments()).exit, 0);
  const std::string text = cli.Run({"log", "show"}).out;
  EXPECT_THAT(text, HasSubstr("seal"));
  EXPECT_THAT(text, HasSubstr("open"));
  EXPECT_THAT(text, HasSubstr("permit"));
  EXPECT_THAT(text, Not(HasSubstr("acme-7b")));
}

TEST(LogQuota, ThatFillsIsWarnedOfOnceByEachCommandThatWritesAndByDoctor) {
  const Cli cli;
  cli.Prepare();
  cli.Seal({"--to", "recovery:passphrase.txt"});
  const auto warnings = [](const CliResult& result) {
    std::size_t count = 0;
    const std::string warning = "MiB that it is meant to have";
    for (std::size_t at = 0; (at = (result.out + result.err).find(warning, at)) != std::string::npos; ++at)
      ++count;
    return count;
  };
  const std::vector<std::string> check = {"rekey", "model.bundle", "--check", "--via",
                                          "recovery:passphrase.txt"};
  EXPECT_EQ(warnings(cli.Run(check)), 0u);
  cli.Write("home/log.quota", "1000\n");
  const CliResult checked = cli.Run(check);
  EXPECT_EQ(checked.exit, 0) << checked.err;
  EXPECT_EQ(warnings(checked), 1u) << checked.err;
  const CliResult listed =
      cli.Run({"ls", "model.bundle", "--via", "recovery:passphrase.txt", "--json", "--quiet"});
  EXPECT_EQ(listed.exit, 0);
  EXPECT_THAT(listed.out, HasSubstr("{\"message\":\"the access log has 0 MiB of the 0 MiB"));
  EXPECT_EQ(warnings(listed), 1u) << listed.out;
  const CliResult doctor = cli.Run({"doctor"});
  EXPECT_EQ(doctor.exit, 0);
  EXPECT_EQ(warnings(doctor), 1u) << doctor.out;
  EXPECT_THAT(doctor.out, HasSubstr("docs/OPERATIONS.md, 'The access log'"));
}

TEST(LogQuota, ThatIsNoNumberIsRefused) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  for (const std::string quota : {"much\n", "0\n", "-5\n", "10 MiB\n", ""}) {
    cli.Write("home/log.quota", quota);
    const CliResult result = cli.Run(Cli::OpenArguments());
    EXPECT_EQ(result.exit, 8) << quota;
    EXPECT_THAT(result.err, HasSubstr("log.quota does not hold a number above 0"));
  }
}

TEST(Doctor, IsContentWithAFreshHome) {
  const Cli cli;
  ASSERT_EQ(cli.Run({"init", "--country", "US", "--operator-hq", "US"}).exit, 0);
  const CliResult result = cli.Run({"doctor"});
  EXPECT_EQ(result.exit, 0) << result.out;
  EXPECT_THAT(result.out, HasSubstr("access log"));
  EXPECT_THAT(result.out, Not(HasSubstr("FAIL")));
}

TEST(Doctor, FailsOnABrokenHomeWithAFix) {
  const Cli cli;
  ASSERT_EQ(cli.Run({"init", "--country", "US", "--operator-hq", "US"}).exit, 0);
  cli.Remove("home/log");
  const CliResult result = cli.Run({"doctor"});
  EXPECT_EQ(result.exit, 1);
  EXPECT_THAT(result.out, HasSubstr("FAIL"));
  EXPECT_THAT(result.out, HasSubstr("fix: "));
}

}  // namespace
}  // namespace strongroom::testing
