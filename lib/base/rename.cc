#include "base/rename.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace strongroom {

int RenameNoReplaceByLink(const std::string& from, const std::string& to) {
  struct stat source {};
  if (lstat(from.c_str(), &source) != 0) return errno;
  if (S_ISDIR(source.st_mode)) {
    struct stat target {};
    if (lstat(to.c_str(), &target) == 0) return EEXIST;
    if (errno != ENOENT) return errno;
    return rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
  }
  if (linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), 0) != 0) return errno;
  return unlink(from.c_str()) == 0 ? 0 : errno;
}

int ExchangeByThreeRenames(const std::string& a, const std::string& b) {
  const std::string aside = b + ".exchange";
  if (const int error = RenameNoReplaceByLink(b, aside); error != 0) return error;
  if (rename(a.c_str(), b.c_str()) != 0) {
    const int error = errno;
    rename(aside.c_str(), b.c_str());
    return error;
  }
  return rename(aside.c_str(), a.c_str()) == 0 ? 0 : errno;
}

}  // namespace strongroom
