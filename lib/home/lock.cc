#include "home/lock.h"

#include <sys/file.h>

#include <cerrno>

namespace strongroom::home {

Expected<Lock> Lock::Take(FileSystem& files, const std::string& path) {
  SR_ASSIGN_OR_RETURN(std::unique_ptr<File> file, files.Open(path, OpenMode::kOpenOrCreate));
  while (::flock(file->descriptor(), LOCK_EX) != 0) {
    if (errno != EINTR) return std::unexpected(FromErrno(errno, "lock " + path));
  }
  return Lock(std::move(file));
}

}  // namespace strongroom::home
