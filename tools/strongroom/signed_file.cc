#include "signed_file.h"

namespace strongroom::cli {
namespace {

std::string_view NextStep(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformed:
      return "ask whoever signed it for the file again";
    case ErrorCode::kAltered:
    case ErrorCode::kUntrusted:
      return "compare the key of whoever signed it with strongroom trust list, and ask for the file again";
    case ErrorCode::kDenied:
      return "ask whoever signed it for a newer one";
    case ErrorCode::kRolledBack:
      return "install the newest version";
    case ErrorCode::kExists:
      return "ask whoever signed it for a higher version number";
    default:
      return "";
  }
}

}  // namespace

Error AboutSignedFile(Error error) {
  if (error.next.empty()) error.next = NextStep(error.code);
  return error;
}

}  // namespace strongroom::cli
