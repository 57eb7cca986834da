// The seam to the file system. Everything durable goes through FileSystem, so that tests can fail, tear or forget any operation.
// Paths are byte strings as the kernel takes them. All operations retry EINTR and short transfers.
#ifndef STRONGROOM_BASE_FILE_H_
#define STRONGROOM_BASE_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"

namespace strongroom {

struct FileIdentity {
  std::uint64_t device = 0, inode = 0, links = 0, size = 0;
  std::uint32_t mode = 0;              // st_mode, type bits included
  std::int64_t modified_ns = 0;
  bool own = false;  // belongs to the user whom this process runs as
  [[nodiscard]] bool IsDirectory() const;
  [[nodiscard]] bool IsOwnPrivateDirectory() const;  // and with permissions 0700
  [[nodiscard]] bool IsRegular() const;
  [[nodiscard]] bool IsSymlink() const;
};

// Volume is the file system that a path lies on.
struct Volume {
  std::string type;             // "ext4", "nfs"; its magic number in hexadecimal if it is not a known one
  bool remote = false;          // across a network, or behind a program that may be: its syncs promise nothing here
  bool in_memory = false;       // gone when the power is
  std::uint64_t available = 0;  // bytes that this user may still write
};

// File is an open file; closing is the destructor's. Positional calls are safe from many threads at once.
class File {
 public:
  virtual ~File() = default;
  // ReadAt fills `out` from `offset`, or fails with kTruncated if the file ends before.
  virtual Status ReadAt(std::uint64_t offset, MutableBytes out) const = 0;
  // ReadvAt is ReadAt into several buffers, one after another.
  virtual Status ReadvAt(std::uint64_t offset, std::span<const MutableBytes> out) const = 0;
  virtual Status WriteAt(std::uint64_t offset, ByteView bytes) = 0;
  virtual Status WritevAt(std::uint64_t offset, std::span<const ByteView> bytes) = 0;
  virtual Status Truncate(std::uint64_t size) = 0;
  // Sync returns once data and size are on the disk. After a failure nothing already written may be trusted: stop.
  virtual Status Sync() = 0;
  virtual Expected<FileIdentity> Identity() const = 0;
  // The start of the next data at or after `offset` (SEEK_DATA), or the file's size where only a hole follows.
  virtual Expected<std::uint64_t> NextData(std::uint64_t offset) const = 0;
  // TryLock takes the advisory lock on the file that all who write it agree on (flock), without waiting: false if another open
  // file holds it. It ends with Unlock, with this object, or with the process.
  virtual Expected<bool> TryLock() = 0;
  virtual void Unlock() = 0;
  // The kernel's number for it, or -1 for a file that has none (fakes).
  virtual int descriptor() const = 0;
};

enum class OpenMode {
  kRead,        // must exist
  kReadWrite,   // must exist
  kCreate,      // must not exist; mode 0600 less the umask
  kOpenOrCreate
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  // Never follows a final symlink; kMalformed for anything but a regular file.
  virtual Expected<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) = 0;
  virtual Status Rename(const std::string& from, const std::string& to) = 0;                 // replaces a file
  virtual Status RenameNoReplace(const std::string& from, const std::string& to) = 0;        // kExists if `to` is there
  // RENAME_EXCHANGE. Where the file system lacks it, a crash in between may leave what was at `b` under "b.exchange".
  virtual Status Exchange(const std::string& a, const std::string& b) = 0;
  virtual Status MakeDirectory(const std::string& path, std::uint32_t mode) = 0;             // less the umask; kExists if it is there
  virtual Status SetMode(const std::string& path, std::uint32_t mode) = 0;
  virtual Status Remove(const std::string& path) = 0;                                        // a file or an empty directory
  virtual Status RemoveTree(const std::string& path) = 0;                                    // kNotFound is success
  virtual Status SyncDirectory(const std::string& path) = 0;
  virtual Expected<FileIdentity> Stat(const std::string& path) = 0;                          // lstat
  virtual Expected<std::vector<std::string>> List(const std::string& path) = 0;              // names, sorted, no dots
  virtual Expected<std::string> ReadLink(const std::string& path) = 0;
  virtual Status MakeSymlink(const std::string& target, const std::string& path) = 0;         // kExists if `path` is there
  virtual Expected<Volume> VolumeOf(const std::string& path) = 0;                            // the path must exist
};

// RealFileSystem is Linux's. Thread-safe.
std::unique_ptr<FileSystem> MakeRealFileSystem();

// ReadWhole reads a regular file of at most `limit` bytes; a longer one is kMalformed.
Expected<Bytes> ReadWhole(FileSystem& files, const std::string& path, std::uint64_t limit);

// WriteDurably puts bytes at `path`: temporary name beside it ("path.new"; one left by a killed run is replaced), fsync, rename,
// fsync of the directory. What was there stays whole until the new content is durable. One writer at a time for each path.
Status WriteDurably(FileSystem& files, const std::string& path, ByteView bytes, std::uint32_t mode = 0600);

std::string ParentDirectory(std::string_view path);  // "." for a bare name
std::string BaseName(std::string_view path);
std::string JoinPath(std::string_view a, std::string_view b);

}  // namespace strongroom

#endif  // STRONGROOM_BASE_FILE_H_
