#include "strongroom/base/error.h"

#include <cctype>
#include <cerrno>
#include <system_error>

namespace strongroom {

Error Error::With(std::string_view context) && {
  message.insert(0, ": ").insert(0, context);
  return std::move(*this);
}

Error Error::Because(std::string reason) && {
  why.push_back(std::move(reason));
  return std::move(*this);
}

Error Error::Next(std::string step) && {
  next = std::move(step);
  return std::move(*this);
}

std::unexpected<Error> Fail(ErrorCode code, std::string message, std::string next) {
  return std::unexpected(Error(code, std::move(message), std::move(next)));
}

int ExitCode(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInternal:
      return 1;
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kExists:
    case ErrorCode::kUnsupported:
      return 2;
    case ErrorCode::kMalformed:
    case ErrorCode::kAltered:
    case ErrorCode::kUntrusted:
    case ErrorCode::kRolledBack:
      return 3;
    case ErrorCode::kUnauthenticated:
      return 4;
    case ErrorCode::kDenied:
      return 5;
    case ErrorCode::kAttestation:
      return 6;
    case ErrorCode::kNotFound:
      return 7;
    case ErrorCode::kLogUnavailable:
      return 8;
    case ErrorCode::kUnavailable:
      return 9;
    case ErrorCode::kTruncated:
      return 10;
    case ErrorCode::kQuorum:
      return 11;
    case ErrorCode::kNoKey:
      return 12;
    case ErrorCode::kInterrupted:
      return 130;
  }
  return 1;
}

std::string_view Name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInternal:
      return "internal";
    case ErrorCode::kInvalidArgument:
      return "invalid_argument";
    case ErrorCode::kExists:
      return "exists";
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kMalformed:
      return "malformed";
    case ErrorCode::kAltered:
      return "altered";
    case ErrorCode::kUntrusted:
      return "untrusted";
    case ErrorCode::kRolledBack:
      return "rolled_back";
    case ErrorCode::kUnauthenticated:
      return "unauthenticated";
    case ErrorCode::kDenied:
      return "denied";
    case ErrorCode::kAttestation:
      return "attestation";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kLogUnavailable:
      return "log_unavailable";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kTruncated:
      return "truncated";
    case ErrorCode::kQuorum:
      return "quorum";
    case ErrorCode::kNoKey:
      return "no_key";
    case ErrorCode::kInterrupted:
      return "interrupted";
  }
  return "internal";
}

Error FromErrno(int errnum, std::string_view what) {
  std::string reason = std::generic_category().message(errnum);
  if (!reason.empty()) reason[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
  const std::string message = std::string(what) + ": " + reason;
  switch (errnum) {
    case ENOENT:
    case ENOTDIR:
      return {ErrorCode::kNotFound, message};
    case EISDIR:
    case ENAMETOOLONG:
    case ELOOP:
      return {ErrorCode::kInvalidArgument, message};
    case EEXIST:
      return {ErrorCode::kExists, message};
    case ENOSPC:
    case EDQUOT:
      return {ErrorCode::kUnavailable, message, "free some space and run again with --resume"};
    case EAGAIN:
      return {ErrorCode::kUnavailable, message, "try again"};
    case EACCES:
    case EPERM:
      return {ErrorCode::kInternal, message, "run as a user who may do this, or change the permissions"};
    default:
      return {ErrorCode::kInternal, message};
  }
}

}  // namespace strongroom
