#include "strongroom/base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <filesystem>

#include "base/rename.h"
#include "base/volume.h"

namespace strongroom {
namespace {

// Beyond the end of any file, and small enough that offset plus length stays within off_t.
constexpr std::uint64_t kOffsetLimit = std::uint64_t{1} << 62;

// Repeats a system call that a signal cut short.
template <typename Call>
auto Retry(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

std::unexpected<Error> Errno(int errnum, std::string_view action, const std::string& path) {
  return std::unexpected(FromErrno(errnum, std::string(action) + " " + path));
}

Status StatusOf(int result, std::string_view action, const std::string& path) {
  if (result == 0) return {};
  return Errno(errno, action, path);
}

FileIdentity ToIdentity(const struct stat& from) {
  FileIdentity identity;
  identity.device = from.st_dev;
  identity.inode = from.st_ino;
  identity.links = from.st_nlink;
  identity.size = static_cast<std::uint64_t>(from.st_size);
  identity.mode = from.st_mode;
  identity.own = from.st_uid == geteuid();
  identity.modified_ns = std::int64_t{from.st_mtim.tv_sec} * 1'000'000'000 + from.st_mtim.tv_nsec;
  return identity;
}

// Drops the first `done` bytes from the vectors.
std::span<iovec> Advance(std::span<iovec> vectors, std::size_t done) {
  while (!vectors.empty() && done >= vectors.front().iov_len) {
    done -= vectors.front().iov_len;
    vectors = vectors.subspan(1);
  }
  if (!vectors.empty()) {
    vectors.front().iov_base = static_cast<std::uint8_t*>(vectors.front().iov_base) + done;
    vectors.front().iov_len -= done;
  }
  return vectors;
}

// The kernel's vector form of the views; preadv and pwritev share one struct, so constness ends here.
template <typename View>
std::vector<iovec> ToVectors(std::span<const View> views) {
  std::vector<iovec> vectors;
  vectors.reserve(views.size());
  for (const View& view : views) {
    if (!view.empty()) vectors.push_back({const_cast<std::uint8_t*>(view.data()), view.size()});
  }
  return vectors;
}

template <typename View>
std::uint64_t TotalSize(std::span<const View> views) {
  std::uint64_t total = 0;
  for (const View& view : views) total += view.size();
  return total;
}

class RealFile final : public File {
 public:
  RealFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  RealFile(const RealFile&) = delete;
  RealFile& operator=(const RealFile&) = delete;
  ~RealFile() override { close(descriptor_); }

  Status ReadAt(std::uint64_t offset, MutableBytes out) const override { return ReadvAt(offset, {&out, 1}); }

  Status ReadvAt(std::uint64_t offset, std::span<const MutableBytes> out) const override {
    const auto read = [this](std::span<const iovec> left, std::uint64_t at) {
      return preadv(descriptor_, left.data(), static_cast<int>(left.size()), static_cast<off_t>(at));
    };
    const Expected<std::uint64_t> end = Transfer(ToVectors(out), offset, read, "read");
    if (!end) return std::unexpected(end.error());
    if (*end == offset + TotalSize(out)) return {};
    return Fail(ErrorCode::kTruncated,
                "read " + path_ + ": the file ends before offset " + std::to_string(*end));
  }

  Status WriteAt(std::uint64_t offset, ByteView bytes) override { return WritevAt(offset, {&bytes, 1}); }

  Status WritevAt(std::uint64_t offset, std::span<const ByteView> bytes) override {
    const auto write = [this](std::span<const iovec> left, std::uint64_t at) {
      return pwritev(descriptor_, left.data(), static_cast<int>(left.size()), static_cast<off_t>(at));
    };
    const Expected<std::uint64_t> end = Transfer(ToVectors(bytes), offset, write, "write");
    if (!end) return std::unexpected(end.error());
    if (*end == offset + TotalSize(bytes)) return {};
    return Errno(EIO, "write", path_);
  }

  Status Truncate(std::uint64_t size) override {
    if (size >= kOffsetLimit) return Errno(EFBIG, "truncate", path_);
    return StatusOf(Retry([&] { return ftruncate(descriptor_, static_cast<off_t>(size)); }), "truncate",
                    path_);
  }

  // Not repeated on failure: the kernel may have dropped the dirty pages, and a second call would then
  // succeed.
  Status Sync() override { return StatusOf(fdatasync(descriptor_), "sync", path_); }

  Expected<FileIdentity> Identity() const override {
    struct stat found {};
    if (fstat(descriptor_, &found) != 0) return Errno(errno, "stat", path_);
    return ToIdentity(found);
  }

  Expected<std::uint64_t> NextData(std::uint64_t offset) const override {
    SR_ASSIGN_OR_RETURN(const FileIdentity identity, Identity());
    if (offset >= identity.size) return identity.size;
    const off_t found = lseek(descriptor_, static_cast<off_t>(offset), SEEK_DATA);
    if (found >= 0) return static_cast<std::uint64_t>(found);
    if (errno == ENXIO) return identity.size;
    if (errno == EINVAL) return offset;  // the file system does not know its holes: all is data
    return Errno(errno, "seek", path_);
  }

  Expected<bool> TryLock() override {
    if (Retry([&] { return flock(descriptor_, LOCK_EX | LOCK_NB); }) == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    return Errno(errno, "lock", path_);
  }

  void Unlock() override { flock(descriptor_, LOCK_UN); }

  int descriptor() const override { return descriptor_; }

 private:
  // Calls call(vectors, offset) until every byte is moved or a call moves none. Returns the offset reached.
  template <typename Call>
  Expected<std::uint64_t> Transfer(std::vector<iovec> vectors, std::uint64_t offset, Call call,
                                   std::string_view action) const {
    for (std::span<iovec> left = vectors; !left.empty();) {
      if (offset >= kOffsetLimit) return offset;
      const std::span<const iovec> batch = left.first(std::min<std::size_t>(left.size(), IOV_MAX));
      const ssize_t done = Retry([&] { return call(batch, offset); });
      if (done < 0) return Errno(errno, action, path_);
      if (done == 0) return offset;
      offset += static_cast<std::uint64_t>(done);
      left = Advance(left, static_cast<std::size_t>(done));
    }
    return offset;
  }

  int descriptor_;
  std::string path_;
};

int OpenFlags(OpenMode mode) {
  // O_NONBLOCK so that a FIFO put in a file's place cannot hang us before its type is seen.
  constexpr int kAlways = O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
  switch (mode) {
    case OpenMode::kRead:
      return kAlways | O_RDONLY;
    case OpenMode::kReadWrite:
      return kAlways | O_RDWR;
    case OpenMode::kCreate:
      return kAlways | O_RDWR | O_CREAT | O_EXCL;
    case OpenMode::kOpenOrCreate:
      return kAlways | O_RDWR | O_CREAT;
  }
  return kAlways | O_RDONLY;
}

bool LacksRenameFlags(int errnum) {
  return errnum == EINVAL || errnum == ENOSYS;
}

class RealFileSystem final : public FileSystem {
 public:
  Expected<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override {
    const int descriptor = Retry([&] { return openat(AT_FDCWD, path.c_str(), OpenFlags(mode), 0600); });
    if (descriptor < 0 && errno == ELOOP) return NotRegular(path);
    if (descriptor < 0 && errno == EISDIR) return NotRegular(path);
    if (descriptor < 0) return Errno(errno, "open", path);
    auto file = std::make_unique<RealFile>(descriptor, path);
    SR_ASSIGN_OR_RETURN(const FileIdentity identity, file->Identity());
    if (!identity.IsRegular()) return NotRegular(path);
    return file;
  }

  Status Rename(const std::string& from, const std::string& to) override {
    return StatusOf(rename(from.c_str(), to.c_str()), "rename " + from + " to", to);
  }

  Status RenameNoReplace(const std::string& from, const std::string& to) override {
    int error = Renameat2(from, to, RENAME_NOREPLACE);
    if (LacksRenameFlags(error)) error = RenameNoReplaceByLink(from, to);
    if (error == 0) return {};
    return Errno(error, "rename " + from + " to", to);
  }

  Status Exchange(const std::string& a, const std::string& b) override {
    int error = Renameat2(a, b, RENAME_EXCHANGE);
    if (LacksRenameFlags(error)) error = ExchangeByThreeRenames(a, b);
    if (error == 0) return {};
    return Errno(error, "exchange " + a + " and", b);
  }

  Status MakeDirectory(const std::string& path, std::uint32_t mode) override {
    return StatusOf(mkdir(path.c_str(), mode), "make directory", path);
  }

  Status SetMode(const std::string& path, std::uint32_t mode) override {
    return StatusOf(fchmodat(AT_FDCWD, path.c_str(), mode, AT_SYMLINK_NOFOLLOW), "set the mode of", path);
  }

  Status Remove(const std::string& path) override { return StatusOf(remove(path.c_str()), "remove", path); }

  Status RemoveTree(const std::string& path) override {
    std::error_code error;
    std::filesystem::remove_all(path, error);
    if (!error) return {};
    return Errno(error.value(), "remove", path);
  }

  Status SyncDirectory(const std::string& path) override {
    const int descriptor = Retry([&] { return open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (descriptor < 0) return Errno(errno, "open", path);
    const int error = fsync(descriptor) == 0 ? 0 : errno;
    close(descriptor);
    // EINVAL: some network file systems have no such operation, and make directory changes durable at once.
    if (error == 0 || error == EINVAL) return {};
    return Errno(error, "sync", path);
  }

  Expected<FileIdentity> Stat(const std::string& path) override {
    struct stat found {};
    if (lstat(path.c_str(), &found) != 0) return Errno(errno, "stat", path);
    return ToIdentity(found);
  }

  Expected<std::vector<std::string>> List(const std::string& path) override {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), &closedir);
    if (!directory) return Errno(errno, "list", path);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = readdir(directory.get())) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
      errno = 0;
    }
    if (errno != 0) return Errno(errno, "list", path);
    std::ranges::sort(names);
    return names;
  }

  Expected<std::string> ReadLink(const std::string& path) override {
    std::string target(PATH_MAX, '\0');
    const ssize_t length = readlink(path.c_str(), target.data(), target.size());
    if (length < 0) return Errno(errno, "read link", path);
    target.resize(static_cast<std::size_t>(length));
    return target;
  }

  Status MakeSymlink(const std::string& target, const std::string& path) override {
    return StatusOf(symlink(target.c_str(), path.c_str()), "make link", path);
  }

  Expected<Volume> VolumeOf(const std::string& path) override {
    struct statfs found {};
    if (Retry([&] { return statfs(path.c_str(), &found); }) != 0) return Errno(errno, "stat the volume of", path);
    return DescribeVolume(found);
  }

 private:
  static std::unexpected<Error> NotRegular(const std::string& path) {
    return Fail(ErrorCode::kMalformed, "open " + path + ": not a regular file");
  }

  static int Renameat2(const std::string& from, const std::string& to, unsigned flags) {
    return renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) == 0 ? 0 : errno;
  }
};

// Writes a new file that did not exist.
Status WriteNew(FileSystem& files, const std::string& path, ByteView bytes, std::uint32_t mode) {
  SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, files.Open(path, OpenMode::kCreate));
  SR_RETURN_IF_ERROR(file->WriteAt(0, bytes));
  SR_RETURN_IF_ERROR(files.SetMode(path, mode));
  return file->Sync();
}

Status ReplaceDurably(FileSystem& files, const std::string& temporary, const std::string& path,
                      ByteView bytes, std::uint32_t mode) {
  SR_RETURN_IF_ERROR(WriteNew(files, temporary, bytes, mode));
  SR_RETURN_IF_ERROR(files.Rename(temporary, path));
  return files.SyncDirectory(ParentDirectory(path));
}

}  // namespace

bool FileIdentity::IsDirectory() const {
  return S_ISDIR(mode);
}
bool FileIdentity::IsOwnPrivateDirectory() const {
  return IsDirectory() && own && (mode & 0777) == 0700;
}
bool FileIdentity::IsRegular() const {
  return S_ISREG(mode);
}
bool FileIdentity::IsSymlink() const {
  return S_ISLNK(mode);
}

std::unique_ptr<FileSystem> MakeRealFileSystem() {
  return std::make_unique<RealFileSystem>();
}

Expected<Bytes> ReadWhole(FileSystem& files, const std::string& path, std::uint64_t limit) {
  SR_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, files.Open(path, OpenMode::kRead));
  SR_ASSIGN_OR_RETURN(const FileIdentity identity, file->Identity());
  if (identity.size > limit) {
    return Fail(ErrorCode::kMalformed, "read " + path + ": " + std::to_string(identity.size) +
                                           " bytes, more than the limit of " + std::to_string(limit));
  }
  Bytes bytes(identity.size);
  SR_RETURN_IF_ERROR(file->ReadAt(0, bytes));
  return bytes;
}

Status WriteDurably(FileSystem& files, const std::string& path, ByteView bytes, std::uint32_t mode) {
  const std::string temporary = path + ".new";
  const Status removed = files.Remove(temporary);  // left by a run that was killed
  if (!removed && removed.error().code != ErrorCode::kNotFound) return removed;
  Status written = ReplaceDurably(files, temporary, path, bytes, mode);
  // The first error is the one to tell: a failure to clean up follows from it.
  if (!written) static_cast<void>(files.Remove(temporary));
  return written;
}

std::string ParentDirectory(std::string_view path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(path.substr(0, std::max<std::size_t>(slash, 1)));
}

std::string BaseName(std::string_view path) {
  const std::size_t slash = path.find_last_of('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

std::string JoinPath(std::string_view a, std::string_view b) {
  if (a.empty()) return std::string(b);
  if (a.ends_with('/')) return std::string(a) + std::string(b);
  return std::string(a) + "/" + std::string(b);
}

}  // namespace strongroom
