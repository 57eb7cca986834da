#include "bundle/work_lock.h"

#include <sys/file.h>

#include <cerrno>

#include "bundle/partial.h"

namespace strongroom::bundle {
namespace {

// A file system without locks is used without them.
bool IsLockedByAnother(const File& file) {
  return ::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

// The run that had the lock before may have removed the file after it was opened here.
bool IsStillAt(FileSystem& files, const std::string& path, const File& file) {
  const auto opened = file.Identity(), named = files.Stat(path);
  return opened && named && opened->device == named->device && opened->inode == named->inode;
}

}  // namespace

Expected<WorkLock> WorkLock::Take(FileSystem& files, const std::string& name) {
  const std::string path = PartialOf(name) + ".lock";
  SR_ASSIGN_OR_RETURN(std::unique_ptr<File> file, files.Open(path, OpenMode::kOpenOrCreate));
  if (IsLockedByAnother(*file) || !IsStillAt(files, path, *file)) {
    return Fail(ErrorCode::kUnavailable, PartialOf(name) + ": another run is at work on it",
                "wait until it has ended, then run this again");
  }
  return WorkLock(files, path, std::move(file));
}

WorkLock::~WorkLock() {
  // While it is still locked, so that nobody else's is removed. What cannot be removed stops nobody.
  if (file_) static_cast<void>(files_.Remove(path_));
}

}  // namespace strongroom::bundle
