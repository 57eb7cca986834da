// Outside programs for tests: run to their end, or kept running as long as the test wants them.
#ifndef STRONGROOM_TESTS_TESTING_SUBPROCESS_H_
#define STRONGROOM_TESTS_TESTING_SUBPROCESS_H_

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace strongroom::testing {

using Arguments = std::vector<std::string>;              // the program first, found through PATH
using Environment = std::map<std::string, std::string>;  // added to this process's own

struct Finished {
  int exit_code = -1;  // 128 + signal if one killed it
  std::string output;  // standard output and standard error
};

// RunProgram waits for the end. Throws std::runtime_error if it cannot be started.
Finished RunProgram(const Arguments& arguments, const Environment& environment = {});

// Daemon is a program that is killed, by its process id, with this object or when the test itself dies.
class Daemon {
 public:
  Daemon(const Arguments& arguments, const std::string& output_file);
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon();
  [[nodiscard]] bool IsRunning();

 private:
  pid_t pid_;
};

}  // namespace strongroom::testing

#endif  // STRONGROOM_TESTS_TESTING_SUBPROCESS_H_
