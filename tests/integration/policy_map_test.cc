// policy map, by the real program; what it draws is read by another one's XML parser.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "integration/cli.h"
#include "testing/subprocess.h"

namespace strongroom::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kQuestion[] =
    "[model]\nlabel = \"a <b> & 'c'\"\nweights = \"closed\"\n[act]\nwhat = \"decrypt\"\n";

std::vector<std::string> MapArguments(const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"policy", "map", "allied-nations", "--facts", "question.toml"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(PolicyMap, DrawsAWellFormedDocument) {
  const Cli cli;
  cli.Write("question.toml", kQuestion);
  const CliResult result = cli.Run(MapArguments({"--at", "2026-11-21", "-o", "map.svg"}));
  ASSERT_EQ(result.exit, 0) << result.err;
  const Finished parsed =
      RunProgram({"python3", "-c",
                  "import sys, xml.etree.ElementTree as tree\n"
                  "root = tree.parse(sys.argv[1]).getroot()\n"
                  "space = '{http://www.w3.org/2000/svg}'\n"
                  "codes = [t.text for t in root.iter(space + 'text') if 'code' in t.get('class').split()]\n"
                  "print(root.tag == space + 'svg', root.get('role'), root.get('aria-label'), len(codes), "
                  "len(set(codes)))\n",
                  cli / "map.svg"});
  EXPECT_EQ(parsed.output, "True img Where may 'a <b> & 'c'' be decrypted? 250 250\n");
}

TEST(PolicyMap, ReplacesAFileOnlyByForce) {
  const Cli cli;
  cli.Write("question.toml", kQuestion);
  cli.Write("map.svg", "mine");
  EXPECT_EQ(cli.Run(MapArguments({"-o", "map.svg"})).exit, 2);
  EXPECT_EQ(cli.Read("map.svg"), "mine");
  EXPECT_EQ(cli.Run(MapArguments({"-o", "map.svg", "--force"})).exit, 0);
  EXPECT_THAT(cli.Read("map.svg"), HasSubstr("<svg"));
}

TEST(PolicyMap, TellsInTextWhatWasAskedAndTheAnswers) {
  const Cli cli;
  cli.Write("question.toml", kQuestion);
  const CliResult result = cli.Run(MapArguments({"--at", "2026-11-21"}));
  ASSERT_EQ(result.exit, 0) << result.err;
  for (const char* part : {"As of 2026-11-21T00:00:00Z", "Pack allied-nations version", "SHA-256", "GB+",
                           "CN-", "permitted: 19", "denied: 231"})
    EXPECT_THAT(result.out, HasSubstr(part));
  EXPECT_THAT(result.out, Not(HasSubstr("\x1B")));
}

TEST(PolicyMap, HeadquartersStatedStayAndFixedOnesAreMissing) {
  const Cli cli;
  cli.Write("question.toml", "[node]\noperator_hq = \"CN\"\n");
  EXPECT_THAT(cli.Run(MapArguments()).out, HasSubstr("permitted: 0"));
  cli.Write("question.toml", "");
  EXPECT_THAT(cli.Run(MapArguments({"--headquarters", "fixed"})).out, HasSubstr("permitted: 0"));
  EXPECT_THAT(cli.Run(MapArguments({"--headquarters", "follow"})).out, HasSubstr("permitted: 19"));
  EXPECT_EQ(cli.Run(MapArguments({"--headquarters", "elsewhere"})).exit, 2);
}

TEST(PolicyMap, GivesProgramsALineForEachCountry) {
  const Cli cli;
  cli.Write("question.toml", kQuestion);
  const CliResult result = cli.Run(MapArguments({"--json"}));
  EXPECT_EQ(result.exit, 0);
  EXPECT_EQ(std::ranges::count(result.out, '\n'), 250);
  EXPECT_EQ(LastLineMember(result.out, "country"), "ZW");
  EXPECT_EQ(LastLineMember(result.out, "outcome"), "deny");
}

TEST(PolicyMap, UnknownPackIsNotFound) {
  const Cli cli;
  cli.Write("question.toml", kQuestion);
  EXPECT_EQ(cli.Run({"policy", "map", "no-such-pack", "--facts", "question.toml"}).exit, 7);
}

}  // namespace
}  // namespace strongroom::testing
