// A directory that lives as long as one test.
#ifndef STRONGROOM_TESTS_UNIT_BASE_TEMPORARY_DIRECTORY_H_
#define STRONGROOM_TESTS_UNIT_BASE_TEMPORARY_DIRECTORY_H_

#include <cstdlib>
#include <filesystem>
#include <string>

namespace strongroom {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "strongroom-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace strongroom

#endif  // STRONGROOM_TESTS_UNIT_BASE_TEMPORARY_DIRECTORY_H_
