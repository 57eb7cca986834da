// Errors are values. A function that can fail returns Expected<T>; the caller tests it before use and either handles
// the error or adds its own context once and passes it on. No exception crosses a public interface.
#ifndef STRONGROOM_BASE_ERROR_H_
#define STRONGROOM_BASE_ERROR_H_

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strongroom {

// ErrorCode is chosen by what the caller does next, not by where the error arose. ExitCode() maps each to one of the
// command line's documented exit codes.
enum class ErrorCode {
  kInternal,         // a defect of ours, or an I/O error that no retry mends
  kInvalidArgument,  // the caller asked for something impossible: correct the call
  kExists,           // the output is there already: choose another name or force it
  kUnsupported,      // a newer format than this program knows: use a newer program
  kMalformed,        // bytes that do not parse
  kAltered,          // bytes that parse but fail a hash, tag or signature
  kUntrusted,        // a valid signature of somebody whom this machine does not trust
  kRolledBack,       // an older version than one already seen
  kUnauthenticated,  // a peer did not prove who it is
  kDenied,           // the policy refuses
  kAttestation,      // evidence about hardware was refused
  kNotFound,         // no such bundle, home, file or name
  kLogUnavailable,   // the access log cannot be written: nothing may be released
  kUnavailable,      // a passing condition (disk full, peer away): the one retryable code
  kTruncated,        // missing, or shorter than its signed length
  kQuorum,           // too few witnesses
  kNoKey,            // no keyslot could be opened here: no or wrong TPM, changed PCRs, wrong passphrase
  kInterrupted,      // the user stopped it
};

// Error says what happened and why, and what to do next. It never holds secret bytes. Messages are lower-case, without a
// final period, and name the file, offset or field concerned.
struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;           // what happened
  std::vector<std::string> why;  // reasons, the nearest first; may be empty
  std::string next;              // one next step for the person at the keyboard; may be empty

  Error() = default;
  Error(ErrorCode c, std::string m, std::string n = {}) : code(c), message(std::move(m)), next(std::move(n)) {}

  // Returns the same error with "context: " before its message.
  Error With(std::string_view context) &&;
  Error Because(std::string reason) &&;
  Error Next(std::string step) &&;
};

template <typename T>
using Expected = std::expected<T, Error>;
using Status = std::expected<void, Error>;

// Fail builds the error side of an Expected: `return Fail(ErrorCode::kMalformed, "...")`.
[[nodiscard]] std::unexpected<Error> Fail(ErrorCode code, std::string message, std::string next = {});

// ExitCode is the exit code that the command line documents for this kind of error (2 to 12, 130, or 1).
int ExitCode(ErrorCode code);

// Name is the stable lower-case name used in --json output ("altered", "log_unavailable").
std::string_view Name(ErrorCode code);

// FromErrno describes a failed system call on `what`: ENOENT and ENOTDIR are kNotFound, ENOSPC/EDQUOT/EAGAIN are kUnavailable,
// EEXIST is kExists, the others kInternal.
Error FromErrno(int errnum, std::string_view what);

}  // namespace strongroom

// Returns the error of a Status expression from the calling function.
#define SR_CONCAT_(a, b) a##b
#define SR_CONCAT(a, b) SR_CONCAT_(a, b)
#define SR_RETURN_IF_ERROR(expr) SR_RETURN_IF_ERROR_(SR_CONCAT(sr_status_, __COUNTER__), expr)
#define SR_RETURN_IF_ERROR_(var, expr)                              \
  do {                                                              \
    auto var = (expr);                                              \
    if (!var) return std::unexpected<::strongroom::Error>(std::move(var).error()); \
  } while (false)

// SR_ASSIGN_OR_RETURN(auto x, Function()): declares or assigns the value, or returns the error.
#define SR_ASSIGN_OR_RETURN(lhs, expr) SR_ASSIGN_OR_RETURN_(SR_CONCAT(sr_value_, __COUNTER__), lhs, expr)
#define SR_ASSIGN_OR_RETURN_(var, lhs, expr)                                        \
  auto var = (expr);                                                                \
  if (!var) return std::unexpected<::strongroom::Error>(std::move(var).error());    \
  lhs = *std::move(var)

#endif  // STRONGROOM_BASE_ERROR_H_
