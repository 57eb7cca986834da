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
    trust.of_home = true;
  }
  SR_ASSIGN_OR_RETURN(trust.policy, ChoosePolicy(session, arguments, home));
  return trust;
}

Status CheckSucceeded(Session& session, const LogTrust& trust, std::string_view checkpoint_note) {
  if (!trust.of_home || log::VerifyCheckpoint(checkpoint_note, trust.keys.back())) return {};
  SR_ASSIGN_OR_RETURN(const log::Checkpoint checkpoint, log::VerifyCheckpoint(checkpoint_note, trust.keys));
  SR_ASSIGN_OR_RETURN(const LogSource source, LogSource::OfHome(session));
  SR_ASSIGN_OR_RETURN(log::LogReader reader, source.Open());
  const Status extends = reader.CheckExtends(checkpoint);
  if (extends) return {};
  return std::unexpected(
      Error(ErrorCode::kUntrusted,
            "its checkpoint is signed by a key that the home's log has given up, and is none of that log",
            "somebody may go on with that key from an older copy: trust nothing that it signed later")
          .Because(extends.error().message));
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
