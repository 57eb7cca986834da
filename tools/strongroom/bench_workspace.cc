#include "bench_workspace.h"

#include <cerrno>
#include <cstdlib>

namespace strongroom::cli {

std::string TemporaryFolder() {
  const char* temporary =
      std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nothing here changes the environment
  return temporary != nullptr && *temporary == '/' ? temporary : "/tmp";
}

Expected<Workspace> Workspace::Create(FileSystem& files, const std::string& parent) {
  std::string path = JoinPath(parent, "strongroom-bench-XXXXXX");
  if (::mkdtemp(path.data()) == nullptr) return std::unexpected(FromErrno(errno, parent));
  return Workspace(files, std::move(path));
}

Workspace::~Workspace() {
  // What cannot be removed stays, under a name that says what it is.
  if (!path_.empty() && !files_->RemoveTree(path_)) return;
}

}  // namespace strongroom::cli
