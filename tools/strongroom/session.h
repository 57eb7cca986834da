// What one run of the program works with: made once in main, passed to the command.
#ifndef STRONGROOM_SESSION_H_
#define STRONGROOM_SESSION_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "command.h"
#include "interrupt.h"
#include "output.h"
#include "progress.h"
#include "strongroom/base/clock.h"
#include "strongroom/base/file.h"
#include "strongroom/crypto/bulk.h"
#include "strongroom/home/home.h"
#include "strongroom/tpm/context.h"

namespace strongroom::cli {

inline constexpr std::string_view kVersion = STRONGROOM_VERSION;
inline constexpr unsigned kMaxThreads = 64;

class Session {
 public:
  // All are borrowed. `hardening` is what HardenProcess could not do.
  Session(const Arguments& globals, Output& output, Interrupt& interrupt, FileSystem& files,
          const Clock& clock, std::vector<std::string> hardening)
      : globals_(globals),
        output_(output),
        interrupt_(interrupt),
        files_(files),
        clock_(clock),
        hardening_(std::move(hardening)) {}

  // kInvalidArgument if an option of every command has a value that it cannot have.
  [[nodiscard]] Status CheckOptions() const;

  [[nodiscard]] Output& output() { return output_; }
  [[nodiscard]] Interrupt& interrupt() { return interrupt_; }
  [[nodiscard]] FileSystem& files() { return files_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }
  [[nodiscard]] const std::vector<std::string>& hardening() const { return hardening_; }

  // Where the home is or would be. kInvalidArgument if neither an option nor the environment says.
  [[nodiscard]] Expected<std::string> HomePath() const;
  [[nodiscard]] Expected<home::Home> OpenHome() const;
  // OpenLog opens the home's access log to write to it, as home::Home::OpenLog, and the first time warns of
  // what its operator should hear of.
  [[nodiscard]] Expected<std::shared_ptr<log::Log>> OpenLog(const home::Home& home);

  [[nodiscard]] std::string Tcti() const;
  [[nodiscard]] std::function<Expected<tpm::Context>()> TpmOpener() const;

  [[nodiscard]] Expected<std::shared_ptr<const crypto::BulkCrypto>> Bulk() const;
  [[nodiscard]] Expected<unsigned> Threads() const;  // 0: as many as there are processors
  [[nodiscard]] bool MayAsk() const { return !globals_.Has("no-input"); }
  [[nodiscard]] Progress NewProgress(std::string action, ProgressUnit unit = ProgressUnit::kBytes) const;

 private:
  [[nodiscard]] Expected<crypto::BulkProvider> Provider() const;

  const Arguments& globals_;
  Output& output_;
  Interrupt& interrupt_;
  FileSystem& files_;
  const Clock& clock_;
  std::vector<std::string> hardening_;
  bool warned_of_log_ = false;
};

// Turns an error of what the user typed into wrong usage, whatever the parser of the value called it.
[[nodiscard]] Error AsUsage(Error error);

}  // namespace strongroom::cli

#endif  // STRONGROOM_SESSION_H_
