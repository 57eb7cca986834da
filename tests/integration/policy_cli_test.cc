// policy check, test, show and impact, by the real program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "integration/cli.h"

namespace strongroom::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kHeader =
    "id,date,action,weights_class,training_ops,origin_country,destination_country,enduser_hq_country,"
    "enduser_authorization,license,storage_security,expected,reason,citation\n";

// The same pack as the program's allied-nations in another version, with one bar more.
void WriteNewerPack(const Cli& cli, const std::string& version, const std::string& cases) {
  std::string text = cli.Run({"policy", "show", "allied-nations", "--source"}).out;
  const std::size_t at = text.find("\nversion = ");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, text.find('\n', at + 1) - at, "\nversion = " + version);
  text +=
      "\n[[rule]]\nid = \"sample\"\nkind = \"bar\"\noutcome = \"deny\"\ncitation = [\"a sample\"]\n"
      "reason = \"a sample\"\nwhen = [{ fact = \"node.country\", is = \"US\" }]\n";
  std::filesystem::create_directories(cli / "newer");
  cli.Write("newer/pack.toml", text);
  cli.Write("newer/cases.csv",
            "id,date,node.country,node.basis,node.operator_hq,node.operator_parent_hq,expected,rules,note\n" +
                cases);
}

constexpr char kTrueCase[] = "us,2026-11-21,US,declared,US,US,deny,sample,\n";
constexpr char kFalseCase[] = "gb,2026-11-21,GB,declared,GB,GB,deny,sample,\n";

TEST(PolicyTest, EveryShippedPackPassesItsCases) {
  const Cli cli;
  const CliResult result = cli.Run({"policy", "test"});
  EXPECT_EQ(result.exit, 0) << result.out;
  EXPECT_THAT(result.out, EndsWith(" passed, 0 failed\n"));
}

TEST(PolicyTest, TableAboutSeveralPacksTellsEachDifference) {
  const Cli cli;
  cli.Write("cases.csv",
            kHeader +
                "allied-nations:1,2026-11-21,decrypt,closed,2e26,US,GB,GB,none,none,none,permit,,\n"
                "allied-nations:2,2026-11-21,decrypt,closed,2e26,US,CN,CN,none,none,none,permit,,\n"
                "allied-nations:3,2026-11-21,decrypt,closed,2e26,US,GB,GB,none,LE-XYZ,none,permit,,\n"
                "no-such-pack:1,2026-11-21,decrypt,closed,2e26,US,GB,GB,none,none,none,permit,,\n");
  const CliResult result = cli.Run({"policy", "test", "--cases", "cases.csv"});
  EXPECT_EQ(result.exit, 1);
  EXPECT_THAT(result.out,
              HasSubstr("FAILED allied-nations:2, line 3\n    expected permit\n    actual   deny by "));
  EXPECT_THAT(result.out, HasSubstr("see 15 CFR"));
  EXPECT_THAT(result.out, HasSubstr("license has the unknown word 'LE-XYZ'"));
  EXPECT_THAT(result.out, HasSubstr("no pack 'no-such-pack' is installed"));
  EXPECT_THAT(result.out, EndsWith("1 passed, 3 failed\n"));
  const CliResult named = cli.Run({"policy", "test", "allied-nations", "--cases", "cases.csv"});
  EXPECT_THAT(named.out, EndsWith("1 passed, 2 failed\n"));
  EXPECT_THAT(named.err, HasSubstr("1 case about packs that were not named"));
}

TEST(PolicyTest, JsonHasALineForEachFailureAndASummary) {
  const Cli cli;
  cli.Write("cases.csv",
            kHeader + "allied-nations:1,2026-11-21,decrypt,closed,2e26,US,CN,CN,none,none,none,permit,,\n");
  const CliResult result = cli.Run({"policy", "test", "--cases", "cases.csv", "--json"});
  EXPECT_EQ(result.exit, 1);
  EXPECT_THAT(result.out, HasSubstr("\"type\":\"failed_case\""));
  EXPECT_THAT(result.out, HasSubstr("{\"failed\":1,\"passed\":0,\"type\":\"test\"}\n"));
}

TEST(PolicyTest, PackInTheMakingShowsEveryCaseThatFails) {
  const Cli cli;
  WriteNewerPack(cli, "99", std::string(kTrueCase) + kFalseCase);
  const CliResult result = cli.Run({"policy", "test", "newer"});
  EXPECT_EQ(result.exit, 1);
  EXPECT_THAT(result.out, HasSubstr("FAILED gb, line 3"));
  EXPECT_THAT(result.out, EndsWith("1 passed, 1 failed\n"));
}

TEST(PolicyTest, TableOfFactsNeedsOnePack) {
  const Cli cli;
  cli.Write("cases.csv", "id,date,expected,rules,note\na,2026-11-21,unknown,,\n");
  EXPECT_EQ(cli.Run({"policy", "test", "--cases", "cases.csv"}).exit, 2);
  EXPECT_EQ(cli.Run({"policy", "test", "allied-nations", "lab-baseline", "--cases", "cases.csv"}).exit, 2);
}

TEST(PolicyTest, TableThatDoesNotParseIsNamedWithLineAndColumn) {
  const Cli cli;
  cli.Write("cases.csv", "id,date,node.county,expected,rules,note\n");
  const CliResult result = cli.Run({"policy", "test", "allied-nations", "--cases", "cases.csv"});
  EXPECT_EQ(result.exit, 3);
  EXPECT_THAT(result.err, HasSubstr("cases.csv: line 1, column 9: there is no fact 'node.county'"));
}

TEST(PolicyCheck, BundleIsAskedAboutWithoutRecordOrKey) {
  const Cli cli;
  cli.Prepare("GB");
  cli.Seal();
  const std::string log = cli.Run({"log", "show", "--json"}).out;
  const CliResult permitted = cli.Run({"policy", "check", "model.bundle"});
  EXPECT_EQ(permitted.exit, 0) << permitted.err;
  EXPECT_THAT(permitted.out, HasSubstr("keyslot 0: recovery"));
  EXPECT_THAT(permitted.out, HasSubstr("no TPM and no passphrase was asked"));
  EXPECT_EQ(cli.Run({"log", "show", "--json"}).out, log);
  EXPECT_EQ(cli.Run({"policy", "check", "model.bundle", "--at", "2024-01-01"}).exit, 5);
  cli.Write("home/node.toml", "country = \"CN\"\n");
  const CliResult denied = cli.Run({"policy", "check", "model.bundle", "--json"});
  EXPECT_EQ(denied.exit, 5);
  EXPECT_THAT(denied.out, HasSubstr("\"outcome\":\"deny\""));
}

TEST(PolicyCheck, BundleOfAStrangerOrNoneAtAllIsRefused) {
  const Cli cli;
  cli.Prepare("GB");
  cli.Seal();
  cli.Flip("model.bundle/manifest.json", 100);
  EXPECT_EQ(cli.Run({"policy", "check", "model.bundle"}).exit, 3);
  EXPECT_EQ(cli.Run({"policy", "check", "absent.bundle"}).exit, 7);
  EXPECT_EQ(cli.Run({"policy", "check", "model.bundle", "--pack", "allied-nations"}).exit, 2);
  EXPECT_EQ(cli.Run({"policy", "check"}).exit, 2);
}

TEST(PolicyCheck, QuestionToNoPackInParticularIsPutToAllAndSaysSo) {
  const Cli cli;
  cli.Write("question.toml", "[node]\ncountry = \"US\"\n");
  const CliResult all = cli.Run({"policy", "check", "--facts", "question.toml"});
  EXPECT_EQ(all.exit, 5);
  EXPECT_THAT(all.err, HasSubstr("name the packs to ask"));
  const CliResult one = cli.Run({"policy", "check", "allied-nations", "--facts", "question.toml"});
  EXPECT_EQ(one.exit, 5);
  EXPECT_THAT(one.err, Not(HasSubstr("name the packs to ask")));
}

TEST(PolicyCheck, TypingErrorInNodeTomlIsToldWhereItIs) {
  const Cli cli;
  cli.Prepare("US");
  cli.Seal();
  cli.Write("home/node.toml", "country = \"US\"\noperator_hw = \"US\"\n");
  for (const auto& command :
       {std::vector<std::string>{"policy", "check", "model.bundle"}, Cli::OpenArguments()}) {
    const CliResult refused = cli.Run(command);
    EXPECT_EQ(refused.exit, 3);
    EXPECT_THAT(refused.err, HasSubstr("node.toml: line 2, column 1"));
    EXPECT_THAT(refused.err, Not(HasSubstr("bundle")));
  }
}

TEST(PolicyShow, QuestionItWritesIsReadAsItIs) {
  const Cli cli;
  const CliResult shown = cli.Run({"policy", "show", "us-ear-diffusion-text", "--facts"});
  ASSERT_EQ(shown.exit, 0);
  EXPECT_THAT(shown.out, HasSubstr("#training_ops = "));
  cli.Write("question.toml", shown.out);
  const CliResult checked =
      cli.Run({"policy", "check", "--facts", "question.toml", "--pack", "us-ear-diffusion-text"});
  EXPECT_EQ(checked.exit, 5);
  EXPECT_THAT(checked.out, HasSubstr("unknown, as of "));
}

TEST(PolicyShow, TellsRulesAsSentences) {
  const Cli cli;
  EXPECT_THAT(cli.Run({"policy", "show", "allied-nations"}).out,
              HasSubstr("It holds where the place is in a country on the list D:5."));
  EXPECT_EQ(cli.Run({"policy", "show", "no-such-pack"}).exit, 7);
}

class PolicyImpact : public ::testing::Test {
 protected:
  PolicyImpact() {
    cli_.Prepare("US");
    cli_.Seal();
    WriteNewerPack(cli_, "99", kTrueCase);
    cli_.Write("gb.toml", "country = \"GB\"\noperator_hq = \"GB\"\noperator_parent_hq = \"GB\"\n");
  }
  Cli cli_;
};

TEST_F(PolicyImpact, TellsWhichNodesWouldGetAnotherAnswer) {
  const CliResult result = cli_.Run({"policy", "impact", "newer", "model.bundle", "--node", "gb.toml"});
  EXPECT_EQ(result.exit, 1) << result.err;
  EXPECT_THAT(result.out, HasSubstr("permit by allied-nations/allied  deny by allied-nations/sample"));
  EXPECT_THAT(result.err, HasSubstr("1 answer of 2 would change"));
}

TEST_F(PolicyImpact, FindsEnrolledNodesAndBundlesInTheHome) {
  cli_.Write("home/node.toml", cli_.Read("gb.toml"));
  std::filesystem::create_directories(cli_ / "home/nodes");
  cli_.Write("home/nodes/gpu-1.toml",
             "country = \"US\"\noperator_hq = \"US\"\noperator_parent_hq = \"US\"\n");
  EXPECT_EQ(cli_.Run({"policy", "impact", "newer"}).exit, 2);
  std::filesystem::create_directories(cli_ / "home/bundles");
  std::filesystem::create_directory_symlink(cli_ / "model.bundle", cli_ / "home/bundles/model");
  const CliResult result = cli_.Run({"policy", "impact", "newer", "--json"});
  EXPECT_EQ(result.exit, 1);
  EXPECT_THAT(result.out, HasSubstr("\"changes\":true,\"node\":\"gpu-1\""));
}

TEST_F(PolicyImpact, ChangesNothingForAPackThatIsInstalledOrOfAnotherId) {
  EXPECT_EQ(cli_.Run({"policy", "impact", "allied-nations", "model.bundle"}).exit, 0);
  EXPECT_EQ(cli_.Run({"policy", "impact", "lab-baseline", "model.bundle"}).exit, 0);
}

TEST_F(PolicyImpact, RefusesWhatCouldNotBeInstalled) {
  WriteNewerPack(cli_, "1", kTrueCase);
  EXPECT_EQ(cli_.Run({"policy", "impact", "newer", "model.bundle"}).exit, 3);
  WriteNewerPack(cli_, "99", kFalseCase);
  EXPECT_EQ(cli_.Run({"policy", "impact", "newer", "model.bundle"}).exit, 3);
}

}  // namespace
}  // namespace strongroom::testing
