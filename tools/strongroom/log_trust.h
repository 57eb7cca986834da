// What whoever checks a proof from a log has from elsewhere, and never from the proof.
#ifndef STRONGROOM_LOG_TRUST_H_
#define STRONGROOM_LOG_TRUST_H_

#include <string>
#include <string_view>
#include <vector>

#include "session.h"
#include "strongroom/log/witness_policy.h"

namespace strongroom::cli {

struct LogTrust {
  std::vector<envelope::NoteKey> keys;
  log::WitnessPolicy policy;
};

// The keys of --key and the policy of --policy; else the home's.
Expected<LogTrust> ReadLogTrust(Session& session, const Arguments& arguments);

// A bundle's id or instance, whole. kInvalidArgument, naming the option.
Expected<Digest> ParseBundleKey(std::string_view text, std::string_view option);

}  // namespace strongroom::cli

#endif  // STRONGROOM_LOG_TRUST_H_
