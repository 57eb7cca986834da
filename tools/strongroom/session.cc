#include "session.h"

#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace strongroom::cli {
namespace {

// The value of an environment variable; empty where it is not set.
std::string Environment(const char* name) {
  const char* value =
      std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here changes the environment
  return value == nullptr ? "" : value;
}

}  // namespace

Expected<std::string> Session::HomePath() const {
  if (const auto given = globals_.Optional("home")) return *given;
  if (std::string home = Environment("STRONGROOM_HOME"); !home.empty()) return home;
  // The XDG base directory specification has relative paths ignored.
  if (const std::string data = Environment("XDG_DATA_HOME"); data.starts_with('/'))
    return JoinPath(data, "strongroom");
  if (const std::string user = Environment("HOME"); !user.empty())
    return JoinPath(user, ".local/share/strongroom");
  return Fail(ErrorCode::kInvalidArgument, "no home is named, and HOME is not set", "give --home DIR");
}

Expected<home::Home> Session::OpenHome() const {
  SR_ASSIGN_OR_RETURN(const std::string path, HomePath());
  return home::Home::Open(files_, path);
}

Expected<std::shared_ptr<log::Log>> Session::OpenLog(const home::Home& home) {
  SR_ASSIGN_OR_RETURN(std::shared_ptr<log::Log> log, home.OpenLog(clock_));
  if (!std::exchange(warned_of_log_, true)) {
    for (const std::string& warning : log->warnings()) output_.Warn(warning);
  }
  return log;
}

std::string Session::Tcti() const {
  if (const auto given = globals_.Optional("tcti")) return *given;
  const std::string set = Environment("STRONGROOM_TCTI");
  return set.empty() ? "device:/dev/tpmrm0" : set;
}

std::function<Expected<tpm::Context>()> Session::TpmOpener() const {
  return [tcti = Tcti()] { return tpm::Context::Open(tcti); };
}

Expected<crypto::BulkProvider> Session::Provider() const {
  const std::string name = globals_.Optional("crypto").value_or("auto");
  if (name == "auto") return crypto::BulkProvider::kFastest;
  if (name == "openssl") return crypto::BulkProvider::kOpenSsl;
  if (name == "ipsec-mb") return crypto::BulkProvider::kIpsecMb;
  return Fail(ErrorCode::kInvalidArgument, "--crypto must be auto, openssl or ipsec-mb, not '" + name + "'");
}

Status Session::CheckOptions() const {
  SR_RETURN_IF_ERROR(Provider());
  SR_RETURN_IF_ERROR(Threads());
  return {};
}

Expected<std::shared_ptr<const crypto::BulkCrypto>> Session::Bulk() const {
  SR_ASSIGN_OR_RETURN(const crypto::BulkProvider provider, Provider());
  return crypto::MakeBulkCrypto(provider);
}

Expected<unsigned> Session::Threads() const {
  SR_ASSIGN_OR_RETURN(const auto threads, globals_.Number("threads", 1, kMaxThreads));
  return static_cast<unsigned>(threads.value_or(0));
}

Progress Session::NewProgress(std::string action, ProgressUnit unit) const {
  return {output_, std::move(action), unit, ::isatty(STDERR_FILENO) == 1};
}

Error AsUsage(Error error) {
  error.code = ErrorCode::kInvalidArgument;
  return error;
}

}  // namespace strongroom::cli
