#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>

#include "secret/sanitizers.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom {

std::vector<std::string> HardenProcess() {
  std::vector<std::string> failures;
  const auto note = [&](int result, std::string_view what) {
    if (result != 0) failures.push_back(FromErrno(errno, what).message);
  };
  const rlimit no_core{0, 0};
  note(setrlimit(RLIMIT_CORE, &no_core), "forbid core files");
  note(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "forbid new privileges");
  if (kSanitized) {
    failures.emplace_back(
        "forbid tracing: left out of a build with sanitizers, which trace the process themselves");
  } else {
    note(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "forbid tracing");
  }
  return failures;
}

}  // namespace strongroom
