#include "strongroom/base/file_lock.h"

#include <sys/file.h>

#include <cerrno>

namespace strongroom {

Expected<FileLock> FileLock::Take(FileSystem& files, const std::string& path) {
  SR_ASSIGN_OR_RETURN(std::unique_ptr<File> file, files.Open(path, OpenMode::kOpenOrCreate));
  while (::flock(file->descriptor(), LOCK_EX) != 0) {
    if (errno != EINTR) return std::unexpected(FromErrno(errno, "lock " + path));
  }
  return FileLock(std::move(file));
}

}  // namespace strongroom
