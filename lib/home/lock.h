// The home's lock, held by whoever changes a file that others read, change and write back.
#ifndef STRONGROOM_HOME_LOCK_H_
#define STRONGROOM_HOME_LOCK_H_

#include <memory>
#include <string>

#include "strongroom/base/file.h"

namespace strongroom::home {

// Lock waits for the lock and holds it until it is destroyed; the kernel frees it if the process is killed.
class Lock {
 public:
  static Expected<Lock> Take(FileSystem& files, const std::string& path);

 private:
  explicit Lock(std::unique_ptr<File> file) : file_(std::move(file)) {}
  std::unique_ptr<File> file_;
};

}  // namespace strongroom::home

#endif  // STRONGROOM_HOME_LOCK_H_
