// Parts of access records sealed to an auditor, by the real program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "integration/cli.h"

namespace strongroom::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A home of the operator Acme that seals who and where to one auditor, and has sealed and opened a model.
class SealedParts : public ::testing::Test {
 protected:
  void SetUp() override {
    cli_.Prepare();
    const CliResult made = cli_.Run({"log", "new-auditor", "auditor.example/1", "-o", "auditor.key"});
    ASSERT_EQ(made.exit, 0) << made.err;
    cli_.Write("home/auditors", made.out + "seal party node place reasons\n");
    cli_.Seal();
    const CliResult opened = cli_.Run(Cli::OpenArguments());
    ASSERT_EQ(opened.exit, 0) << opened.err;
  }

  std::vector<std::string> Documents() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(cli_ / "home/log/sealed"))
      names.push_back(entry.path().filename());
    return names;
  }

  std::string EveryByteOfTheLog() {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(cli_ / "home/log")) {
      const auto name = std::filesystem::relative(entry.path(), cli_ / "");
      if (entry.is_regular_file()) all += cli_.Read(name.string());
    }
    return all;
  }

  Cli cli_;
};

TEST_F(SealedParts, NothingInTheLogsDirectoryNamesTheOperator) {
  const std::string log = EveryByteOfTheLog();
  EXPECT_THAT(log, HasSubstr("\"sealed\":["));
  EXPECT_THAT(log, Not(HasSubstr("Acme")));
  EXPECT_THAT(log, Not(HasSubstr("\"US\"")));
  EXPECT_EQ(cli_.Run({"log", "verify"}).exit, 0);
}

TEST_F(SealedParts, AuditorReadsThemAndNobodyElse) {
  const CliResult shown = cli_.Run({"log", "show", "--json"});
  EXPECT_THAT(shown.out, Not(HasSubstr("Acme")));
  const CliResult opened = cli_.Run({"log", "show", "--json", "--auditor-key", "auditor.key"});
  EXPECT_EQ(opened.exit, 0) << opened.err;
  EXPECT_THAT(opened.out, HasSubstr("\"operator\":\"Acme\""));
  EXPECT_THAT(opened.out, Not(HasSubstr("\"sealed\"")));
  ASSERT_EQ(cli_.Run({"log", "new-auditor", "other", "-o", "other.key"}).exit, 0);
  EXPECT_THAT(cli_.Run({"log", "show", "--json", "--auditor-key", "other.key"}).out, Not(HasSubstr("Acme")));
}

TEST_F(SealedParts, AlteredDocumentIsNamed) {
  const std::string name = "home/log/sealed/" + Documents().at(0);
  cli_.Flip(name, cli_.Size(name) / 2);
  const CliResult verified = cli_.Run({"log", "verify"});
  EXPECT_EQ(verified.exit, 3);
  EXPECT_THAT(verified.err, HasSubstr(Documents().at(0)));
}

TEST_F(SealedParts, PrivateKeyIsForItsOwnerAloneAndNotReplaced) {
  const auto mode = std::filesystem::status(cli_ / "auditor.key").permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(cli_.Run({"log", "new-auditor", "auditor.example/1", "-o", "auditor.key"}).exit, 2);
}

TEST_F(SealedParts, ErasureIsRecordedAndLeavesTheLogWhole) {
  const std::vector<std::string> before = Documents();
  ASSERT_FALSE(before.empty());
  const CliResult asked = cli_.Run({"log", "erase", before[0]});
  EXPECT_EQ(asked.exit, 2);
  EXPECT_THAT(asked.err, HasSubstr("--yes"));
  EXPECT_EQ(Documents().size(), before.size());

  const CliResult erased = cli_.Run({"log", "erase", before[0], "--yes"});
  EXPECT_EQ(erased.exit, 0) << erased.err;
  EXPECT_THAT(erased.out, HasSubstr(before[0]));
  EXPECT_EQ(Documents().size(), before.size() - 1);
  const CliResult verified = cli_.Run({"log", "verify", "--json"});
  EXPECT_EQ(verified.exit, 0);
  EXPECT_THAT(verified.out, HasSubstr("\"erased\":1"));
  EXPECT_THAT(cli_.Run({"log", "show", "--json"}).out, HasSubstr("\"action\":\"erase\""));
  EXPECT_EQ(cli_.Run({"log", "erase", before[0], "--yes"}).exit, 7);
}

TEST_F(SealedParts, DocumentsThatWereDestroyedAreNotCalledErased) {
  const std::vector<std::string> before = Documents();
  ASSERT_EQ(cli_.Run({"log", "erase", before[0], "--yes"}).exit, 0);
  for (const std::string& name : Documents()) cli_.Remove("home/log/sealed/" + name);
  const CliResult verified = cli_.Run({"log", "verify", "--json"});
  EXPECT_EQ(verified.exit, 3);
  EXPECT_THAT(verified.out, HasSubstr("every record holds, but not every sealed part: " +
                                      std::to_string(before.size() - 1) +
                                      " documents are missing that no record says were erased"));
  EXPECT_THAT(verified.out, HasSubstr(before[1]));
  EXPECT_THAT(verified.out, Not(HasSubstr(before[0])));
  const CliResult asked = cli_.Run({"log", "erase", before[1]});
  EXPECT_EQ(asked.exit, 2);
  EXPECT_THAT(asked.out, HasSubstr(before[1] + " (its document was gone already)"));
  for (std::size_t i = 1; i < before.size(); ++i)
    EXPECT_EQ(cli_.Run({"log", "erase", before[i], "--yes"}).exit, 0);
  const CliResult recorded = cli_.Run({"log", "verify", "--json"});
  EXPECT_EQ(recorded.exit, 0) << recorded.out;
  EXPECT_THAT(recorded.out, HasSubstr("\"erased\":" + std::to_string(before.size())));
  const CliResult again = cli_.Run({"log", "erase", before[1], "--yes"});
  EXPECT_EQ(again.exit, 7);
  EXPECT_THAT(again.err, HasSubstr("were erased before"));
}

TEST_F(SealedParts, EraseTouchesNothingThatNoRecordCommitsTo) {
  const std::string stranger(64, 'a');
  cli_.Write("home/log/sealed/" + stranger, "{}");
  EXPECT_EQ(cli_.Run({"log", "erase", stranger, "--yes"}).exit, 7);
  EXPECT_TRUE(cli_.Exists("home/log/sealed/" + stranger));
  EXPECT_EQ(cli_.Run({"log", "erase", "../journal", "--yes"}).exit, 2);
  const CliResult swept = cli_.Run({"log", "erase", "--orphans", "--yes"});
  EXPECT_EQ(swept.exit, 0) << swept.err;
  EXPECT_THAT(swept.out, HasSubstr("1 document that no record commits to, 0 erased"));
}

TEST_F(SealedParts, RulesThatDoNotParseStopEverything) {
  cli_.Write("home/auditors", "seal party\n");
  const std::string before = EveryByteOfTheLog();
  const CliResult opened = cli_.Run(Cli::OpenArguments("again"));
  EXPECT_EQ(opened.exit, 3);
  EXPECT_THAT(opened.err, HasSubstr("auditors"));
  EXPECT_EQ(EveryByteOfTheLog(), before);
}

}  // namespace
}  // namespace strongroom::testing
