// Drives the real program as a user would: its own home, model and bundles in a directory of the test's.
#ifndef STRONGROOM_TESTS_INTEGRATION_CLI_H_
#define STRONGROOM_TESTS_INTEGRATION_CLI_H_

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "testing/temporary_directory.h"

namespace strongroom::testing {

struct CliResult {
  int exit = -1;  // 128 + signal if one killed it
  std::string out, err;
};

struct CliOptions {
  std::string input = {};                               // on descriptor 0
  std::map<std::string, std::string> environment = {};  // besides PATH and what Cli sets
  std::optional<std::uint64_t> file_size_limit = {};    // RLIMIT_FSIZE, in bytes
  std::optional<uid_t> user = {};                       // runs as this user; needs root
};

class Cli {
 public:
  Cli();

  // Runs `strongroom ARGUMENTS` in the test's directory and waits for its end.
  CliResult Run(std::vector<std::string> arguments, const CliOptions& options = {}) const;
  // Starts it, with its output in the files NAME.out and NAME.err.
  pid_t Start(std::vector<std::string> arguments, const std::string& name,
              const CliOptions& options = {}) const;
  static int Wait(pid_t process);

  [[nodiscard]] std::string operator/(std::string_view name) const { return directory_ / name; }
  void Write(std::string_view name, std::string_view content) const;
  [[nodiscard]] std::string Read(std::string_view name) const;
  [[nodiscard]] bool Exists(std::string_view name) const;
  void Copy(std::string_view from, std::string_view to) const;
  void Remove(std::string_view name) const;
  // Flips one bit of a file.
  void Flip(std::string_view name, std::uint64_t offset, int bit = 0) const;
  [[nodiscard]] std::uint64_t Size(std::string_view name) const;
  // Whether two directories hold the same names with the same bytes.
  [[nodiscard]] bool SameTree(std::string_view a, std::string_view b) const;

  // A home in a country, facts.toml, passphrase.txt, and a model of a few files.
  void Prepare(const std::string& country = "US") const;
  void MakeModel(std::string_view name, std::uint64_t size = 1 << 20) const;
  // seal model -o model.bundle by passphrase, with what is added; expects success.
  void Seal(const std::vector<std::string>& more = {}) const;
  // Arguments that open model.bundle by passphrase.
  static std::vector<std::string> OpenArguments(const std::string& output = "opened");

  void SetTcti(const std::string& tcti) { tcti_ = tcti; }

 private:
  TemporaryDirectory directory_;
  std::string tcti_ = "device:/dev/null/there-is-no-tpm";
};

// The value of a member of the last line of --json output, as text; empty if it is not there.
std::string LastLineMember(const std::string& json_lines, std::string_view member);

}  // namespace strongroom::testing

#endif  // STRONGROOM_TESTS_INTEGRATION_CLI_H_
