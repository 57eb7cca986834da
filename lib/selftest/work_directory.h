// A directory on a real disk for one campaign, removed at its end.
#ifndef STRONGROOM_SELFTEST_WORK_DIRECTORY_H_
#define STRONGROOM_SELFTEST_WORK_DIRECTORY_H_

#include <memory>
#include <string>

#include "strongroom/base/file.h"

namespace strongroom::selftest {

class WorkDirectory {
 public:
  // Makes a new directory in `parent`.
  static Expected<WorkDirectory> Make(const std::string& parent);
  WorkDirectory(WorkDirectory&&) = default;
  WorkDirectory& operator=(WorkDirectory&&) = delete;
  ~WorkDirectory();

  [[nodiscard]] FileSystem& files() { return *files_; }
  [[nodiscard]] std::string operator/(std::string_view name) const { return JoinPath(path_, name); }

 private:
  WorkDirectory(std::unique_ptr<FileSystem> files, std::string path);

  std::unique_ptr<FileSystem> files_;  // none in one that was moved from
  std::string path_;
};

}  // namespace strongroom::selftest

#endif  // STRONGROOM_SELFTEST_WORK_DIRECTORY_H_
