// Keeps two runs from working on one BUNDLE.partial or DIR.partial at a time.
#ifndef STRONGROOM_BUNDLE_WORK_LOCK_H_
#define STRONGROOM_BUNDLE_WORK_LOCK_H_

#include <memory>
#include <string>
#include <utility>

#include "strongroom/base/error.h"
#include "strongroom/base/file.h"

namespace strongroom::bundle {

// WorkLock is a file beside the partial directory, locked and then removed by its destructor. The lock itself
// ends with the process: the file that a killed run left stops nobody.
class WorkLock {
 public:
  // kUnavailable if another run works on the bundle or directory `name`.
  static Expected<WorkLock> Take(FileSystem& files, const std::string& name);
  WorkLock(WorkLock&&) = default;
  WorkLock& operator=(WorkLock&&) = delete;
  ~WorkLock();

 private:
  WorkLock(FileSystem& files, std::string path, std::unique_ptr<File> file)
      : files_(files), path_(std::move(path)), file_(std::move(file)) {}

  FileSystem& files_;
  std::string path_;
  std::unique_ptr<File> file_;  // null once moved from
};

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_WORK_LOCK_H_
