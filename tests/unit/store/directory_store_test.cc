#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "strongroom/store/store.h"
#include "testing/temporary_directory.h"

namespace strongroom::store {
namespace {

using ::testing::ElementsAre;

class DirectoryStore : public ::testing::Test {
 protected:
  testing::TemporaryDirectory folder_;
  std::unique_ptr<FileSystem> files_ = MakeRealFileSystem();
  std::unique_ptr<Store> store_ = MakeDirectoryStore(*files_, folder_.path());
};

TEST_F(DirectoryStore, NewFileIsListedUnderItsNameAndCanBeRead) {
  ASSERT_TRUE((*store_->Create("shards/00000.shard"))->WriteAt(0, AsBytes("sealed")));
  ASSERT_TRUE(store_->Create("catalogue"));
  ASSERT_TRUE(store_->SyncNames());
  EXPECT_THAT(*store_->List(), ElementsAre("catalogue", "shards/00000.shard"));
  Bytes read(6);
  ASSERT_TRUE((*store_->OpenForReading("shards/00000.shard"))->ReadAt(0, read));
  EXPECT_EQ(AsText(read), "sealed");
}

TEST_F(DirectoryStore, NameThatIsTakenIsNotCreatedAgain) {
  ASSERT_TRUE(store_->Create("catalogue"));
  EXPECT_EQ(store_->Create("catalogue").error().code, ErrorCode::kExists);
}

TEST_F(DirectoryStore, MissingFileIsNotFoundAndNamed) {
  const auto missing = store_->OpenForReading("shards/00001.shard");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_NE(missing.error().message.find("shards/00001.shard"), std::string::npos);
}

TEST_F(DirectoryStore, ReplaceTakesTheOtherNamesPlace) {
  ASSERT_TRUE((*store_->Create("a"))->WriteAt(0, AsBytes("new")));
  ASSERT_TRUE((*store_->Create("shards/b"))->WriteAt(0, AsBytes("old")));
  ASSERT_TRUE(store_->Replace("a", "shards/b"));
  EXPECT_THAT(*store_->List(), ElementsAre("shards/b"));
  EXPECT_EQ(AsText(*ReadWhole(*files_, folder_ / "shards/b", 100)), "new");
}

TEST_F(DirectoryStore, LinkIsNotFollowed) {
  std::filesystem::create_symlink("/etc/hostname", folder_ / "catalogue");
  EXPECT_FALSE(store_->OpenForReading("catalogue"));
  EXPECT_THAT(*store_->List(), ElementsAre("catalogue"));
}

}  // namespace
}  // namespace strongroom::store
