// policy explain, lint and diff, by the real program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "integration/cli.h"

namespace strongroom::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kQuestion[] = "[act]\nwhat = \"decrypt\"\n[node]\ncountry = \"SG\"\noperator_hq = \"US\"\n";

constexpr char kHead[] =
    "version = 1\nauthority = \"acme\"\ntitle = \"a pack of the test\"\nverified_on = 2026-01-01\n"
    "valid = { from = 2025-01-01 }\n";
constexpr char kCases[] = "id,date,act.what,expected,rules,note\nstored,2026-01-01,store,permit,stored,\n";

// A pack in a folder of the test's directory, with one case.
void WritePack(const Cli& cli, const std::string& name, const std::string& rules) {
  std::filesystem::create_directory(cli / name);
  std::string pack = "format = 1\nid = '";
  pack.append(name).append("'\n").append(kHead).append(rules);
  cli.Write(name + "/pack.toml", pack);
  cli.Write(name + "/cases.csv", kCases);
}

constexpr char kStored[] =
    "[[rule]]\nid = \"stored\"\nkind = \"exception\"\nweakest_source = \"declaration\"\n"
    "citation = [\"the test\"]\nreason = \"weights may rest anywhere\"\n"
    "when = [{ fact = \"act.what\", is = \"store\" }]\n";
constexpr char kMoved[] =
    "[[rule]]\nid = \"moved\"\nkind = \"requirement\"\noutcome = \"needs_licence\"\n"
    "citation = [\"the test\"]\nreason = \"weights that move need a licence\"\n"
    "when = [{ fact = \"act.what\", is_not = \"store\" }]\n";

TEST(PolicyExplain, TellsWhyAndWhatWouldChangeItAndSucceeds) {
  const Cli cli;
  cli.Write("sg.toml", kQuestion);
  const CliResult result =
      cli.Run({"policy", "explain", "--facts", "sg.toml", "--pack", "allied-nations", "--at", "2026-11-21"});
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("The answer: denied (deny), as of 2026-11-21."),
                                HasSubstr("Because the place is not on the AIA list. (place-not-allied)"),
                                HasSubstr("What would make it permitted:"),
                                HasSubstr("node.country: one of the 19 countries on the list AIA")));
}

TEST(PolicyExplain, JsonHasTheDecisionAndTheChanges) {
  const Cli cli;
  cli.Write("sg.toml", kQuestion);
  const CliResult result =
      cli.Run({"policy", "explain", "--facts", "sg.toml", "--pack", "allied-nations", "--json"});
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("\"type\":\"explanation\""), HasSubstr("\"changes\":[{"),
                                HasSubstr("\"clauses\":[{"), HasSubstr("\"outcome\":\"deny\"")));
}

TEST(PolicyExplain, FactsThatDoNotParseFail) {
  const Cli cli;
  cli.Write("bad.toml", "[node]\ncountry = \"SU\"\n");
  const CliResult result = cli.Run({"policy", "explain", "--facts", "bad.toml"});
  EXPECT_EQ(result.exit, 3);
  EXPECT_THAT(result.err, HasSubstr("line 2"));
}

TEST(PolicyLint, PacksOfTheProgramHaveNoErrors) {
  const Cli cli;
  const CliResult result = cli.Run({"policy", "lint", "--at", "2026-11-21"});
  EXPECT_EQ(result.exit, 0) << result.out;
  EXPECT_THAT(result.out, HasSubstr(" 0 errors"));
}

TEST(PolicyLint, PackInAFolderThatIsSoundIsClean) {
  const Cli cli;
  WritePack(cli, "sound", std::string(kStored) + kMoved);
  const CliResult result = cli.Run({"policy", "lint", "sound", "--at", "2026-02-01"});
  EXPECT_EQ(result.exit, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("rule moved: no case decides by it"));
}

TEST(PolicyLint, GapIsAnErrorAndNamesTheFacts) {
  const Cli cli;
  WritePack(cli, "gap", kStored);
  const CliResult result = cli.Run({"policy", "lint", "gap", "--at", "2026-02-01", "--json"});
  EXPECT_EQ(result.exit, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("\"check\":\"gap\""), HasSubstr("act.what transfer")));
}

TEST(PolicyDiff, SamePackTwiceIsEqual) {
  const Cli cli;
  const CliResult result =
      cli.Run({"policy", "diff", "allied-nations", "allied-nations", "--at", "2026-01-01"});
  EXPECT_EQ(result.exit, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("the answers: no difference"));
}

TEST(PolicyDiff, TwoDatesOfOnePackNameTheCountries) {
  const Cli cli;
  const CliResult result = cli.Run(
      {"policy", "diff", "allied-nations", "allied-nations", "--at", "2025-01-12", "--at-b", "2025-01-13"});
  EXPECT_EQ(result.exit, 1);
  EXPECT_THAT(
      result.out,
      HasSubstr("deny -> permit in 19 countries: AU BE CA DE DK ES FI FR GB IE IT JP KR NL NO NZ SE TW US"));
}

TEST(PolicyDiff, TextsOfTwoFoldersAreCompared) {
  const Cli cli;
  WritePack(cli, "one", std::string(kStored) + kMoved);
  WritePack(cli, "two", kStored);
  const CliResult result = cli.Run({"policy", "diff", "one", "two", "--at", "2026-02-01", "--json"});
  EXPECT_EQ(result.exit, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("\"type\":\"text_difference\""), HasSubstr("rule moved"),
                                HasSubstr("\"before\":\"needs_licence\""), HasSubstr("\"after\":\"deny\"")));
}

TEST(PolicyDiff, TimeThatIsNoneIsWrongUsage) {
  const Cli cli;
  EXPECT_EQ(cli.Run({"policy", "diff", "allied-nations", "allied-nations", "--at-b", "soon"}).exit, 2);
}

}  // namespace
}  // namespace strongroom::testing
