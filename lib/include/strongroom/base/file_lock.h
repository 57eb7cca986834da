// A lock between processes, held by whoever changes a file that others read, change and write back.
#ifndef STRONGROOM_BASE_FILE_LOCK_H_
#define STRONGROOM_BASE_FILE_LOCK_H_

#include <memory>
#include <string>

#include "strongroom/base/file.h"

namespace strongroom {

// FileLock waits for the advisory lock (flock) on a file, which it makes if it is not there, and holds it
// until it is destroyed; the kernel frees it if the process is killed. The file stays.
class FileLock {
 public:
  // kUnavailable if another process holds it for 30 seconds.
  static Expected<FileLock> Take(FileSystem& files, const std::string& path);

 private:
  explicit FileLock(std::unique_ptr<File> file) : file_(std::move(file)) {}
  std::unique_ptr<File> file_;
};

}  // namespace strongroom

#endif  // STRONGROOM_BASE_FILE_LOCK_H_
