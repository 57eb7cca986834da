#include "strongroom/base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "testing/temporary_directory.h"

namespace strongroom {
namespace {

class RealFileSystem : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) { return directory_ / name; }
  void Write(const std::string& name, std::string_view text) {
    const auto file = files_->Open(Path(name), OpenMode::kOpenOrCreate);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->WriteAt(0, AsBytes(text)));
  }
  std::string Read(const std::string& name) {
    const Expected<Bytes> bytes = ReadWhole(*files_, Path(name), 1 << 20);
    return bytes ? std::string(AsText(*bytes)) : bytes.error().message;
  }

  testing::TemporaryDirectory directory_;
  std::unique_ptr<FileSystem> files_ = MakeRealFileSystem();
};

TEST_F(RealFileSystem, OpenModes) {
  EXPECT_EQ(files_->Open(Path("a"), OpenMode::kRead).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(files_->Open(Path("a"), OpenMode::kReadWrite).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(files_->Open(Path("a"), OpenMode::kCreate));
  EXPECT_EQ(files_->Open(Path("a"), OpenMode::kCreate).error().code, ErrorCode::kExists);
  EXPECT_TRUE(files_->Open(Path("a"), OpenMode::kOpenOrCreate));
  EXPECT_EQ(files_->Stat(Path("a"))->mode & 0777, 0600U);
}

TEST_F(RealFileSystem, OpenRefusesWhatIsNotARegularFile) {
  Write("target", "x");
  ASSERT_EQ(symlink("target", Path("link").c_str()), 0);
  ASSERT_EQ(mkfifo(Path("fifo").c_str(), 0600), 0);
  ASSERT_TRUE(files_->MakeDirectory(Path("directory"), 0700));
  for (const auto* name : {"link", "fifo", "directory"}) {
    for (const OpenMode mode : {OpenMode::kRead, OpenMode::kReadWrite, OpenMode::kOpenOrCreate}) {
      EXPECT_EQ(files_->Open(Path(name), mode).error().code, ErrorCode::kMalformed) << name;
    }
  }
}

TEST_F(RealFileSystem, DescriptorsCloseOnExec) {
  const auto file = files_->Open(Path("a"), OpenMode::kCreate);
  EXPECT_TRUE(fcntl((*file)->descriptor(), F_GETFD) & FD_CLOEXEC);
}

TEST_F(RealFileSystem, PositionalReadsAndWrites) {
  const auto file = *files_->Open(Path("a"), OpenMode::kCreate);
  EXPECT_TRUE(file->WriteAt(3, AsBytes("def")));
  EXPECT_TRUE(file->WriteAt(0, AsBytes("abc")));
  Bytes read(4);
  EXPECT_TRUE(file->ReadAt(1, read));
  EXPECT_EQ(AsText(read), "bcde");
  EXPECT_EQ(file->Identity()->size, 6U);
  EXPECT_TRUE(file->Truncate(2));
  EXPECT_EQ(file->Identity()->size, 2U);
  EXPECT_TRUE(file->Sync());
}

TEST_F(RealFileSystem, ReadPastTheEndIsTruncated) {
  Write("a", "abc");
  const auto file = *files_->Open(Path("a"), OpenMode::kRead);
  Bytes read(4);
  EXPECT_EQ(file->ReadAt(0, read).error().code, ErrorCode::kTruncated);
  EXPECT_EQ(file->ReadAt(UINT64_MAX, read).error().code, ErrorCode::kTruncated);
  EXPECT_EQ(file->ReadAt(INT64_MAX, read).error().code, ErrorCode::kTruncated);
}

TEST_F(RealFileSystem, MoreVectorsThanTheKernelTakesAtOnce) {
  Bytes bytes(5000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 31);
  std::vector<ByteView> out;
  Bytes back(bytes.size());
  std::vector<MutableBytes> in;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out.push_back(ByteView(bytes).subspan(i, 1));
    out.emplace_back();
    in.push_back(MutableBytes(back).subspan(i, 1));
  }
  const auto file = *files_->Open(Path("a"), OpenMode::kCreate);
  EXPECT_TRUE(file->WritevAt(7, out));
  EXPECT_TRUE(file->ReadvAt(7, in));
  EXPECT_EQ(back, bytes);
}

TEST_F(RealFileSystem, WriteThatPassesTheSizeLimitIsAnError) {
  const auto file = *files_->Open(Path("a"), OpenMode::kCreate);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{10, before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  // The first ten bytes fit, so the kernel answers with a short write; the rest must still be asked for.
  const Status written = file->WriteAt(0, Bytes(20));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(written.error().code, ErrorCode::kInternal);
}

TEST_F(RealFileSystem, NextDataSkipsAHole) {
  const auto file = *files_->Open(Path("a"), OpenMode::kCreate);
  ASSERT_TRUE(file->Truncate(8 << 20));
  ASSERT_TRUE(file->WriteAt(4 << 20, AsBytes("data")));
  const std::uint64_t found = file->NextData(0).value();
  EXPECT_LE(found, 4U << 20);  // 0 where the file system does not know its holes
  EXPECT_EQ(file->NextData(4 << 20).value(), 4U << 20);
  EXPECT_EQ(file->NextData(8 << 20).value(), 8U << 20);
  EXPECT_EQ(file->NextData(UINT64_MAX).value(), 8U << 20);
}

TEST_F(RealFileSystem, RenameReplaces) {
  Write("a", "new");
  Write("b", "old");
  EXPECT_TRUE(files_->Rename(Path("a"), Path("b")));
  EXPECT_EQ(Read("b"), "new");
}

TEST_F(RealFileSystem, RenameNoReplaceKeepsWhatIsThere) {
  Write("a", "new");
  Write("b", "old");
  EXPECT_EQ(files_->RenameNoReplace(Path("a"), Path("b")).error().code, ErrorCode::kExists);
  EXPECT_EQ(Read("b"), "old");
  EXPECT_TRUE(files_->RenameNoReplace(Path("a"), Path("c")));
  EXPECT_EQ(Read("c"), "new");
}

TEST_F(RealFileSystem, ExchangeSwapsDirectories) {
  ASSERT_TRUE(files_->MakeDirectory(Path("a"), 0700));
  ASSERT_TRUE(files_->MakeDirectory(Path("b"), 0700));
  Write("a/x", "x");
  EXPECT_TRUE(files_->Exchange(Path("a"), Path("b")));
  EXPECT_EQ(Read("b/x"), "x");
  EXPECT_EQ(files_->Exchange(Path("a"), Path("missing")).error().code, ErrorCode::kNotFound);
}

TEST_F(RealFileSystem, DirectoriesAreMadeListedAndRemoved) {
  EXPECT_TRUE(files_->MakeDirectory(Path("d"), 0700));
  EXPECT_EQ(files_->MakeDirectory(Path("d"), 0700).error().code, ErrorCode::kExists);
  Write("d/b", "");
  Write("d/a", "");
  EXPECT_EQ(files_->List(Path("d")).value(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(files_->List(Path("missing")).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(files_->Remove(Path("d")));
  EXPECT_TRUE(files_->Remove(Path("d/a")));
  EXPECT_TRUE(files_->RemoveTree(Path("d")));
  EXPECT_TRUE(files_->RemoveTree(Path("d")));
  EXPECT_EQ(files_->Remove(Path("d")).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(files_->SyncDirectory(directory_.path()));
}

TEST_F(RealFileSystem, RemoveTreeDoesNotFollowLinks) {
  ASSERT_TRUE(files_->MakeDirectory(Path("kept"), 0700));
  Write("kept/file", "x");
  ASSERT_TRUE(files_->MakeDirectory(Path("tree"), 0700));
  ASSERT_EQ(symlink("../kept", Path("tree/link").c_str()), 0);
  EXPECT_TRUE(files_->RemoveTree(Path("tree")));
  EXPECT_EQ(Read("kept/file"), "x");
}

TEST_F(RealFileSystem, StatAndReadLinkDescribeTheLinkItself) {
  ASSERT_EQ(symlink("nowhere", Path("link").c_str()), 0);
  EXPECT_TRUE(files_->Stat(Path("link"))->IsSymlink());
  EXPECT_EQ(files_->ReadLink(Path("link")).value(), "nowhere");
  EXPECT_TRUE(files_->Stat(directory_.path())->IsDirectory());
  Write("file", "abc");
  const FileIdentity file = files_->Stat(Path("file")).value();
  EXPECT_TRUE(file.IsRegular());
  EXPECT_EQ(file.size, 3U);
  EXPECT_GT(file.modified_ns, 0);
}

TEST_F(RealFileSystem, SetModeChangesFilesButNotThroughLinks) {
  Write("file", "");
  EXPECT_TRUE(files_->SetMode(Path("file"), 0640));
  EXPECT_EQ(files_->Stat(Path("file"))->mode & 07777, 0640U);
  ASSERT_EQ(symlink("file", Path("link").c_str()), 0);
  EXPECT_FALSE(files_->SetMode(Path("link"), 0777));
  EXPECT_EQ(files_->Stat(Path("file"))->mode & 07777, 0640U);
}

TEST_F(RealFileSystem, ReadWholeRefusesMoreThanTheLimit) {
  Write("a", "abcd");
  EXPECT_EQ(ReadWhole(*files_, Path("a"), 4)->size(), 4U);
  EXPECT_EQ(ReadWhole(*files_, Path("a"), 3).error().code, ErrorCode::kMalformed);
}

TEST_F(RealFileSystem, WriteDurablyReplacesAndLeavesNothingBeside) {
  EXPECT_TRUE(WriteDurably(*files_, Path("a"), AsBytes("one")));
  EXPECT_TRUE(WriteDurably(*files_, Path("a"), AsBytes("two"), 0644));
  EXPECT_EQ(Read("a"), "two");
  EXPECT_EQ(files_->Stat(Path("a"))->mode & 0777, 0644U);
  EXPECT_EQ(files_->List(directory_.path()).value(), std::vector<std::string>{"a"});
}

TEST_F(RealFileSystem, WriteDurablyReplacesWhatAKilledRunLeft) {
  Write("a.new", "half");
  EXPECT_TRUE(WriteDurably(*files_, Path("a"), AsBytes("whole")));
  EXPECT_EQ(Read("a"), "whole");
  EXPECT_EQ(files_->List(directory_.path()).value(), std::vector<std::string>{"a"});
}

TEST_F(RealFileSystem, WriteDurablyIntoAMissingDirectoryIsNotFound) {
  EXPECT_EQ(WriteDurably(*files_, Path("d/a"), {}).error().code, ErrorCode::kNotFound);
}

TEST(Paths, ParentBaseAndJoin) {
  EXPECT_EQ(ParentDirectory("a"), ".");
  EXPECT_EQ(ParentDirectory("/a"), "/");
  EXPECT_EQ(ParentDirectory("a/b/c"), "a/b");
  EXPECT_EQ(BaseName("a/b"), "b");
  EXPECT_EQ(BaseName("b"), "b");
  EXPECT_EQ(JoinPath("a", "b"), "a/b");
  EXPECT_EQ(JoinPath("a/", "b"), "a/b");
  EXPECT_EQ(JoinPath("", "b"), "b");
}

}  // namespace
}  // namespace strongroom
