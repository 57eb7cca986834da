// Sealing and opening, by the real program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "integration/cli.h"
#include "strongroom/base/bytes.h"
#include "strongroom/envelope/json.h"

namespace strongroom::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The names of the tensors that `ls --json` lists.
std::vector<std::string> TensorNames(const std::string& lines) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = lines.find('\n', at);
    const std::string line = lines.substr(at, end - at);
    if (LastLineMember(line, "type") == "tensor") names.push_back(LastLineMember(line, "name"));
    at = end + 1;
  }
  return names;
}

std::string EveryByteOf(const Cli& cli, const std::string& bundle) {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(cli / bundle)) {
    if (entry.is_regular_file()) all += cli.Read(std::filesystem::relative(entry.path(), cli / "").string());
  }
  return all;
}

TEST(Bundle, SealedAndOpenedByPassphraseIsTheSame) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  const CliResult opened = cli.Run(Cli::OpenArguments());
  EXPECT_EQ(opened.exit, 0) << opened.err;
  EXPECT_TRUE(cli.SameTree("model", "opened"));
  EXPECT_FALSE(cli.Exists("opened.partial"));
}

TEST(Bundle, OneFileOpensUnderItsBaseName) {
  const Cli cli;
  cli.Prepare();
  const CliResult sealed = cli.Run({"seal", "model/config.json", "-o", "one.bundle", "--facts", "facts.toml",
                                    "--policy", "allied-nations", "--to", "recovery:passphrase.txt"});
  ASSERT_EQ(sealed.exit, 0) << sealed.err;
  ASSERT_EQ(cli.Run({"open", "one.bundle", "-o", "one", "--via", "recovery:passphrase.txt"}).exit, 0);
  EXPECT_EQ(cli.Read("one/config.json"), cli.Read("model/config.json"));
}

TEST(Bundle, PassphraseComesFromADescriptorToo) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  const CliOptions typed = {.input = cli.Read("passphrase.txt")};
  const CliResult opened = cli.Run({"open", "model.bundle", "-o", "opened", "--via", "recovery:fd:0"}, typed);
  EXPECT_EQ(opened.exit, 0) << opened.err;
}

TEST(Bundle, InspectNeedsNeitherKeyNorHome) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  const CliResult known = cli.Run({"inspect", "model.bundle", "--json"});
  EXPECT_EQ(known.exit, 0) << known.err;
  EXPECT_EQ(LastLineMember(known.out, "trusted"), "yes");
  EXPECT_EQ(LastLineMember(known.out, "label"), "acme-7b");
  const CliResult anyone = cli.Run({"inspect", "model.bundle", "--home", "none"});
  EXPECT_EQ(anyone.exit, 0) << anyone.err;
  EXPECT_THAT(anyone.out, HasSubstr("no home"));
  EXPECT_THAT(anyone.out, HasSubstr("recovery, by passphrase; cooperative; post-quantum"));
}

TEST(Bundle, VerifyNeedsNoKeyAndWithTheOwnerNoHome) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  EXPECT_EQ(cli.Run({"verify", "model.bundle"}).exit, 0);
  const std::string owner = LastLineMember(cli.Run({"inspect", "model.bundle", "--json"}).out, "owner");
  const CliResult verified = cli.Run({"verify", "model.bundle", "--home", "none", "--owner", owner});
  EXPECT_EQ(verified.exit, 0) << verified.err;
}

TEST(Bundle, KeyslotsAreVerifiedToo) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  cli.Copy("model.bundle/keyslots.json", "kept");
  cli.Flip("model.bundle/keyslots.json", cli.Size("model.bundle/keyslots.json") / 2);
  const CliResult altered = cli.Run({"verify", "model.bundle"});
  EXPECT_EQ(altered.exit, 3);
  EXPECT_THAT(altered.err, HasSubstr("keyslots.json: is not what was signed"));
  const CliResult repaired = cli.Run({"repair", "model.bundle"});
  EXPECT_EQ(repaired.exit, 3);
  EXPECT_THAT(repaired.err, HasSubstr("keyslots.json: cannot be repaired: no parity covers it"));
  const CliResult opened = cli.Run(Cli::OpenArguments());
  EXPECT_EQ(opened.exit, 3);
  EXPECT_THAT(opened.err, HasSubstr("keyslots.json"));
  cli.Copy("kept", "model.bundle/keyslots.json");
  std::filesystem::resize_file(cli / "model.bundle/keyslots.json", 100);
  EXPECT_EQ(cli.Run({"verify", "model.bundle"}).exit, 10);
  EXPECT_EQ(cli.Run(Cli::OpenArguments()).exit, 10);
  cli.Remove("model.bundle/keyslots.json");
  EXPECT_EQ(cli.Run({"verify", "model.bundle"}).exit, 10);
}

TEST(Bundle, CatGivesOneFileAndOneTensor) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  const CliResult file = cli.Run({"cat", "model.bundle", "config.json", "--via", "recovery:passphrase.txt"});
  EXPECT_EQ(file.exit, 0) << file.err;
  EXPECT_EQ(file.out, cli.Read("model/config.json"));
  const CliResult listed = cli.Run({"ls", "model.bundle", "--json", "--via", "recovery:passphrase.txt"});
  ASSERT_EQ(listed.exit, 0) << listed.err;
  const std::vector<std::string> names = TensorNames(listed.out);
  ASSERT_FALSE(names.empty());
  const CliResult tensor =
      cli.Run({"cat", "model.bundle", names.front(), "--via", "recovery:passphrase.txt"});
  EXPECT_EQ(tensor.exit, 0) << tensor.err;
  EXPECT_FALSE(tensor.out.empty());
  EXPECT_EQ(cli.Run({"cat", "model.bundle", "no-such-name", "--via", "recovery:passphrase.txt"}).exit, 7);
}

TEST(Bundle, NoNameIsFoundInAnyByte) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  const std::string bytes = EveryByteOf(cli, "model.bundle");
  EXPECT_THAT(bytes, Not(HasSubstr("config.json")));
  EXPECT_THAT(bytes, Not(HasSubstr("safetensors")));
  EXPECT_THAT(bytes, Not(HasSubstr("embed_tokens")));
}

TEST(Bundle, OnlyOpensWhatMatches) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  std::vector<std::string> arguments = Cli::OpenArguments("part");
  arguments.insert(arguments.end(), {"--only", "conf*.json"});
  ASSERT_EQ(cli.Run(arguments).exit, 0);
  EXPECT_TRUE(cli.Exists("part/config.json"));
  EXPECT_FALSE(cli.Exists("part/tokenizer.json"));
}

TEST(Bundle, DryRunOfOpenRecordsAndWritesNothing) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  const std::string before = cli.Run({"log", "show"}).out;
  std::vector<std::string> arguments = Cli::OpenArguments();
  arguments.emplace_back("--dry-run");
  const CliResult result = cli.Run(arguments);
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(cli.Run({"log", "show"}).out, before);
  EXPECT_FALSE(cli.Exists("opened"));
}

TEST(Bundle, GeneratedPassphraseIsPrivateAndOpens) {
  const Cli cli;
  cli.Prepare();
  const CliResult sealed =
      cli.Run({"seal", "model", "-o", "model.bundle", "--facts", "facts.toml", "--policy", "allied-nations",
               "--to", "recovery:new.txt", "--generate-recovery"});
  ASSERT_EQ(sealed.exit, 0) << sealed.err;
  struct stat status {};
  ASSERT_EQ(::stat((cli / "new.txt").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_THAT(sealed.out + sealed.err, Not(HasSubstr(cli.Read("new.txt").substr(0, 9))));
  EXPECT_EQ(cli.Run({"open", "model.bundle", "-o", "opened", "--via", "recovery:new.txt"}).exit, 0);
}

TEST(Bundle, RekeyedOpensByTheNewPassphraseAlone) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  const std::string shard = cli.Read("model.bundle/shards/00000.shard");
  const CliResult rekeyed = cli.Run({"rekey", "model.bundle", "--via", "recovery:passphrase.txt", "--to",
                                     "recovery:new.txt", "--generate-recovery"});
  ASSERT_EQ(rekeyed.exit, 0) << rekeyed.err;
  EXPECT_EQ(cli.Run(Cli::OpenArguments()).exit, 12);
  EXPECT_EQ(cli.Run({"open", "model.bundle", "-o", "opened", "--via", "recovery:new.txt"}).exit, 0);
  EXPECT_EQ(cli.Read("model.bundle/shards/00000.shard"), shard);
}

TEST(Bundle, RekeyCheckTriesAndChangesNothing) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  const std::string before = cli.Read("model.bundle/keyslots.json");
  const CliResult good = cli.Run({"rekey", "model.bundle", "--check", "--via", "recovery:passphrase.txt"});
  EXPECT_EQ(good.exit, 0) << good.err;
  cli.Write("wrong.txt", "another-plover-vexing-kestrel-77\n");
  EXPECT_EQ(cli.Run({"rekey", "model.bundle", "--check", "--via", "recovery:wrong.txt"}).exit, 12);
  EXPECT_EQ(cli.Read("model.bundle/keyslots.json"), before);
}

TEST(Bundle, FlippedBitIsRefusedAndRepairedFromParity) {
  const Cli cli;
  cli.Prepare();
  cli.Seal({"--shard-size", "256KiB", "--parity", "2/1"});
  const std::string before = cli.Read("model.bundle/shards/00001.shard");
  cli.Flip("model.bundle/shards/00001.shard", before.size() / 2);
  const CliResult verified = cli.Run({"verify", "model.bundle"});
  EXPECT_EQ(verified.exit, 3);
  EXPECT_THAT(verified.out, HasSubstr("shards/00001.shard"));
  const CliResult opened = cli.Run(Cli::OpenArguments());
  EXPECT_EQ(opened.exit, 3);
  EXPECT_THAT(opened.err, HasSubstr("repair"));
  EXPECT_FALSE(cli.Exists("opened"));
  EXPECT_EQ(cli.Run({"repair", "model.bundle"}).exit, 0);
  EXPECT_EQ(cli.Run({"verify", "model.bundle"}).exit, 0);
  EXPECT_EQ(cli.Read("model.bundle/shards/00001.shard"), before);
}

TEST(Bundle, LaterSealOfASeriesRetiresTheEarlier) {
  const Cli cli;
  cli.Prepare();
  cli.Seal();
  const CliResult second =
      cli.Run({"seal", "model", "-o", "second.bundle", "--facts", "facts.toml", "--policy", "allied-nations",
               "--to", "recovery:passphrase.txt", "--supersedes", "model.bundle"});
  ASSERT_EQ(second.exit, 0) << second.err;
  EXPECT_EQ(cli.Run({"open", "second.bundle", "-o", "new", "--via", "recovery:passphrase.txt"}).exit, 0);
  EXPECT_EQ(cli.Run(Cli::OpenArguments("old")).exit, 3);
}

}  // namespace
}  // namespace strongroom::testing
