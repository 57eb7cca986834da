#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>

#include "secret/sanitizers.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom {
namespace {

// A descriptor that can neither be read nor written stands in for a closed one, so that using it fails as before.
int OccupyStandardStreams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) < 0 && open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) != stream) return -1;
  }
  return 0;
}

}  // namespace

std::vector<std::string> HardenProcess() {
  std::vector<std::string> failures;
  const auto note = [&](int result, std::string_view what) {
    if (result != 0) failures.push_back(FromErrno(errno, what).message);
  };
  note(OccupyStandardStreams(), "occupy closed standard streams");
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
