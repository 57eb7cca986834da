#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "secret/sanitizers.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom {
namespace {

// In a child: the test program itself must stay open to debuggers.
TEST(HardenProcess, ProcessCannotBeDumpedOrTraced) {
  EXPECT_EXIT(
      {
        const bool all_held = HardenProcess().empty();
        rlimit core{};
        getrlimit(RLIMIT_CORE, &core);
        const bool hardened = core.rlim_max == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
                              (kSanitized || prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
        std::exit(hardened && all_held != kSanitized ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST(HardenProcess, NoFileBecomesAClosedStandardStream) {
  EXPECT_EXIT(
      {
        for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) close(stream);
        HardenProcess();
        const bool apart = open("/dev/null", O_RDWR) > STDERR_FILENO;
        char byte = 0;
        const bool unusable =
            read(STDIN_FILENO, &byte, 1) < 0 && write(STDOUT_FILENO, "x", 1) < 0 && errno == EBADF;
        std::_Exit(apart && unusable ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace strongroom
