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
  std::vector<envelope::NoteKey> keys;  // the oldest first
  log::WitnessPolicy policy;
  bool of_home = false;  // the keys are the home's
};

// The keys of --key and the policy of --policy; else the home's.
Expected<LogTrust> ReadLogTrust(Session& session, const Arguments& arguments);

// Where the keys are the home's, and the newest did not sign a proof's checkpoint: that must be one of the
// home's own log, for who holds a key that was given up can go on from an older copy. kUntrusted if it is
// not.
Status CheckSucceeded(Session& session, const LogTrust& trust, std::string_view checkpoint_note);

// A bundle's id or instance, whole. kInvalidArgument, naming the option.
Expected<Digest> ParseBundleKey(std::string_view text, std::string_view option);

}  // namespace strongroom::cli

#endif  // STRONGROOM_LOG_TRUST_H_
