#include "log_trust.h"

#include <algorithm>

#include "cosigners.h"
#include "log_source.h"

namespace strongroom::cli {

Expected<LogTrust> ReadLogTrust(Session& session, const Arguments& arguments) {
  LogTrust trust;
  std::optional<home::Home> home;
  SR_ASSIGN_OR_RETURN(trust.keys, KeysGiven(arguments));
  if (trust.keys.empty()) {
    SR_ASSIGN_OR_RETURN(home, session.OpenHome());
    SR_ASSIGN_OR_RETURN(trust.keys, home->LogKeys());
  }
  SR_ASSIGN_OR_RETURN(trust.policy, ChoosePolicy(session, arguments, home));
  return trust;
}

Expected<Digest> ParseBundleKey(std::string_view text, std::string_view option) {
  const auto bytes = FromHex(text);
  if (!bytes || bytes->size() != sizeof(Digest)) {
    return Fail(ErrorCode::kInvalidArgument,
                std::string(option) + " must be 64 hexadecimal digits, not '" + std::string(text) + "'");
  }
  Digest key;
  std::ranges::copy(*bytes, key.begin());
  return key;
}

}  // namespace strongroom::cli
