// Where a benchmark keeps its files.
#ifndef STRONGROOM_BENCH_WORKSPACE_H_
#define STRONGROOM_BENCH_WORKSPACE_H_

#include <string>
#include <string_view>
#include <utility>

#include "strongroom/base/file.h"

namespace strongroom::cli {

std::string TemporaryFolder();  // TMPDIR, else /tmp

// A folder of the benchmark's own, removed at the end.
class Workspace {
 public:
  static Expected<Workspace> Create(FileSystem& files, const std::string& parent);
  Workspace(Workspace&& other) noexcept : files_(other.files_), path_(std::exchange(other.path_, "")) {}
  Workspace& operator=(Workspace&&) = delete;
  ~Workspace();
  [[nodiscard]] std::string operator/(std::string_view name) const { return JoinPath(path_, name); }
  [[nodiscard]] FileSystem& files() const { return *files_; }

 private:
  Workspace(FileSystem& files, std::string path) : files_(&files), path_(std::move(path)) {}
  FileSystem* files_;
  std::string path_;
};

}  // namespace strongroom::cli

#endif  // STRONGROOM_BENCH_WORKSPACE_H_
