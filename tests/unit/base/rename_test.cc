#include "base/rename.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>

#include "testing/temporary_directory.h"

namespace strongroom {
namespace {

namespace fs = std::filesystem;

class Rename : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) { std::ofstream(directory_ / name) << text; }
  std::string Read(const std::string& name) {
    std::ifstream file(directory_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  testing::TemporaryDirectory directory_;
};

TEST_F(Rename, ByLinkMovesAFile) {
  Write("a", "new");
  EXPECT_EQ(RenameNoReplaceByLink(directory_ / "a", directory_ / "b"), 0);
  EXPECT_EQ(Read("b"), "new");
  EXPECT_FALSE(fs::exists(directory_ / "a"));
}

TEST_F(Rename, ByLinkNeverReplacesAFile) {
  Write("a", "new");
  Write("b", "old");
  EXPECT_EQ(RenameNoReplaceByLink(directory_ / "a", directory_ / "b"), EEXIST);
  EXPECT_EQ(Read("a"), "new");
  EXPECT_EQ(Read("b"), "old");
}

TEST_F(Rename, ByLinkNeverReplacesADirectory) {
  fs::create_directory(directory_ / "a");
  fs::create_directory(directory_ / "b");
  EXPECT_EQ(RenameNoReplaceByLink(directory_ / "a", directory_ / "b"), EEXIST);
  EXPECT_EQ(RenameNoReplaceByLink(directory_ / "a", directory_ / "c"), 0);
  EXPECT_TRUE(fs::is_directory(directory_ / "c"));
}

TEST_F(Rename, ByLinkOfWhatIsMissingFails) {
  EXPECT_EQ(RenameNoReplaceByLink(directory_ / "a", directory_ / "b"), ENOENT);
}

TEST_F(Rename, ThreeRenamesExchangeDirectories) {
  fs::create_directory(directory_ / "a");
  fs::create_directory(directory_ / "b");
  Write("a/new", "new");
  Write("b/old", "old");
  EXPECT_EQ(ExchangeByThreeRenames(directory_ / "a", directory_ / "b"), 0);
  EXPECT_EQ(Read("a/old"), "old");
  EXPECT_EQ(Read("b/new"), "new");
  EXPECT_FALSE(fs::exists(directory_ / "b.exchange"));
}

TEST_F(Rename, ExchangeWithWhatIsMissingPutsBackWhatItMoved) {
  Write("b", "old");
  EXPECT_EQ(ExchangeByThreeRenames(directory_ / "a", directory_ / "b"), ENOENT);
  EXPECT_EQ(Read("b"), "old");
}

}  // namespace
}  // namespace strongroom
