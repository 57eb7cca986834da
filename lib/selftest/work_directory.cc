#include "selftest/work_directory.h"

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace strongroom::selftest {

Expected<WorkDirectory> WorkDirectory::Make(const std::string& parent) {
  std::string path = JoinPath(parent, "strongroom-selftest-XXXXXX");
  if (::mkdtemp(path.data()) == nullptr) {
    return std::unexpected(FromErrno(errno, "make a directory in " + parent));
  }
  return WorkDirectory(MakeRealFileSystem(), std::move(path));
}

WorkDirectory::WorkDirectory(std::unique_ptr<FileSystem> files, std::string path)
    : files_(std::move(files)), path_(std::move(path)) {}

WorkDirectory::~WorkDirectory() {
  if (files_) static_cast<void>(files_->RemoveTree(path_));
}

}  // namespace strongroom::selftest
