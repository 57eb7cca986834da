#include "strongroom/base/file_lock.h"

#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <thread>

namespace strongroom {
namespace {

constexpr auto kPatience = std::chrono::seconds(30);
constexpr auto kInterval = std::chrono::milliseconds(2);

}  // namespace

Expected<FileLock> FileLock::Take(FileSystem& files, const std::string& path) {
  SR_ASSIGN_OR_RETURN(std::unique_ptr<File> file, files.Open(path, OpenMode::kOpenOrCreate));
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (::flock(file->descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EINTR && errno != EWOULDBLOCK) return std::unexpected(FromErrno(errno, "lock " + path));
    if (std::chrono::steady_clock::now() > give_up) {
      return Fail(ErrorCode::kUnavailable, "another process has held the lock " + path + " for 30 seconds",
                  "wait for it to end, or stop it");
    }
    std::this_thread::sleep_for(kInterval);
  }
  return FileLock(std::move(file));
}

}  // namespace strongroom
