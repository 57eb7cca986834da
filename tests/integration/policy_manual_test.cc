// What docs/POLICY.md shows is what the program does: its files are pasted, its commands are run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "integration/cli.h"

namespace strongroom::testing {
namespace {

using ::testing::EndsWith;

// The blocks between lines of three back quotes, in their order.
std::vector<std::string> BlocksOfTheManual() {
  std::ifstream file(STRONGROOM_POLICY_MANUAL);
  std::vector<std::string> blocks;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) blocks.emplace_back();
    } else if (inside) {
      blocks.back() += line + "\n";
    }
  }
  return blocks;
}

std::string BlockWith(std::string_view text) {
  const std::vector<std::string> blocks = BlocksOfTheManual();
  const auto found =
      std::ranges::find_if(blocks, [&](const std::string& block) { return block.contains(text); });
  EXPECT_NE(found, blocks.end()) << text;
  return found == blocks.end() ? "" : *found;
}

std::vector<std::string> Words(const std::string& line) {
  std::istringstream words(line);
  return {std::istream_iterator<std::string>(words), {}};
}

// The folder `harbour` and the question, as a reader saves them.
void Paste(const Cli& cli) {
  std::filesystem::create_directories(cli / "harbour");
  cli.Write("harbour/pack.toml", BlockWith("id = \"harbour\""));
  cli.Write("harbour/nordic.toml", BlockWith("title = \"home countries\""));
  cli.Write("harbour/cases.csv", BlockWith("finland-in-august"));
  cli.Write("question.toml", BlockWith("training_ops = \"3e25\""));
}

TEST(PolicyManual, CommandsAnswerAsItSays) {
  const Cli cli;
  Paste(cli);
  int commands = 0;
  for (const std::string& block : BlocksOfTheManual()) {
    if (!block.starts_with("$ strongroom ")) continue;
    const std::size_t end = block.find('\n');
    std::vector<std::string> arguments = Words(block.substr(2, end - 2));
    arguments.erase(arguments.begin());
    EXPECT_EQ(cli.Run(arguments).out, block.substr(end + 1)) << block.substr(0, end);
    ++commands;
  }
  EXPECT_GE(commands, 2);
}

TEST(PolicyManual, PackIsShownAsItSays) {
  const Cli cli;
  Paste(cli);
  EXPECT_TRUE(
      cli.Run({"policy", "show", "harbour"}).out.contains(BlockWith("    Permits: place and operator")));
  EXPECT_TRUE(cli.Run({"policy", "show", "allied-nations"}).out.contains(BlockWith("  place-embargoed\n")));
  EXPECT_TRUE(cli.Run({"policy", "show", "allied-nations", "--source"})
                  .out.contains(BlockWith("id = \"place-embargoed\"")));
  EXPECT_EQ(cli.Run({"policy", "lint", "harbour"}).exit, 0);
}

TEST(PolicyManual, CaseThatFailsIsToldAsItSays) {
  const Cli cli;
  Paste(cli);
  std::string cases = cli.Read("harbour/cases.csv");
  const std::string before = "declared,SE,-,needs_licence,abroad", after = "declared,SE,-,permit,home";
  const std::size_t at = cases.find(before);
  ASSERT_NE(at, std::string::npos);
  cli.Write("harbour/cases.csv", cases.replace(at, before.size(), after));
  const CliResult result = cli.Run({"policy", "test", "harbour"});
  EXPECT_EQ(result.exit, 1);
  EXPECT_EQ(result.out, BlockWith("FAILED only-declared"));
}

TEST(PolicyManual, MistakeIsNamedAsItSays) {
  const Cli cli;
  Paste(cli);
  std::string pack = cli.Read("harbour/pack.toml");
  const std::size_t at = pack.find("\"bar\"");
  ASSERT_NE(at, std::string::npos);
  cli.Write("harbour/pack.toml", pack.replace(at, 5, "\"barr\""));
  EXPECT_EQ(cli.Run({"policy", "test", "harbour"}).err, BlockWith("'kind' is 'barr'"));
}

TEST(PolicyManual, ShortFormOfCasesIsOne) {
  const Cli cli;
  cli.Write("cases.csv", BlockWith("enduser_hq_country"));
  const CliResult result = cli.Run({"policy", "test", "--cases", "cases.csv"});
  EXPECT_EQ(result.exit, 0) << result.out;
  EXPECT_THAT(result.out, EndsWith("2 passed, 0 failed\n"));
}

TEST(PolicyManual, DeclarationAndLicenceAreRead) {
  const Cli cli;
  Paste(cli);
  cli.Prepare();
  cli.Write("home/node.toml", BlockWith("storage_certificate_until = "));
  EXPECT_EQ(cli.Run({"node", "show"}).exit, 0);
  cli.Write("question.toml", cli.Read("question.toml") + BlockWith("id = \"D1234567\""));
  EXPECT_EQ(cli.Run({"policy", "explain", "--facts", "question.toml", "--pack", "harbour"}).exit, 0);
}

}  // namespace
}  // namespace strongroom::testing
