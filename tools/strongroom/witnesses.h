// The home's witnesses: whom its log asks to cosign, and what they cosigned.
#ifndef STRONGROOM_WITNESSES_H_
#define STRONGROOM_WITNESSES_H_

#include <optional>
#include <string>

#include "strongroom/base/clock.h"
#include "strongroom/base/file.h"
#include "strongroom/home/home.h"
#include "strongroom/log/cosigning.h"
#include "strongroom/log/witness_policy.h"

namespace strongroom::cli {

// ReadPolicyFile reads a tlog-policy file: kNotFound, or kMalformed naming file and line.
Expected<log::WitnessPolicy> ReadPolicyFile(FileSystem& files, const std::string& path);
// ReadWitnessPolicy reads the home's, which is called 'witnesses'. Nothing if it is not there.
Expected<std::optional<log::WitnessPolicy>> ReadWitnessPolicy(FileSystem& files, const home::Home& home);

// NewestCheckpointNote gives the newest checkpoint of the home's log, once the log has been opened and what a
// crash left has been cleared up, with the cosignatures that it has already. The errors are those of
// home::Home::OpenLog.
Expected<std::string> NewestCheckpointNote(FileSystem& files, const home::Home& home, const Clock& clock);

// CosignNewest asks the witnesses of a policy to cosign the newest checkpoint, each for two seconds at most a
// request, and publishes it if a quorum has done so no longer than `max_age_seconds` before they were asked:
// `quorum` is what VerifyWitnessedCheckpoint says. Cosignatures that the checkpoint had already count by
// their own age. A smaller one never takes the place of a larger. Waits while another process does the same.
// kRolledBack as CollectCosignatures.
struct CosigningRun {
  log::Cosigning cosigning;
  Expected<log::WitnessedCheckpoint> quorum;
};
Expected<CosigningRun> CosignNewest(FileSystem& files, const home::Home& home, const Clock& clock,
                                    const log::WitnessPolicy& policy, std::int64_t max_age_seconds);

// QuorumError is why a run came to no quorum: each witness with its own reason. `run.quorum` is an error.
Error QuorumError(const log::WitnessPolicy& policy, const CosigningRun& run);

// CheckWitnessed gives the published checkpoint if a quorum cosigned it no longer than `max_age_seconds` ago;
// kQuorum if not, or if none is published.
Expected<log::WitnessedCheckpoint> CheckWitnessed(FileSystem& files, const home::Home& home,
                                                  const log::WitnessPolicy& policy, Timestamp now,
                                                  std::int64_t max_age_seconds);

// RequireWitnessed is what a release asks of a home that names witnesses: that a quorum cosigned the log no
// longer ago than home::Home::WitnessesMaxAge, and that `log`, with what others have appended meanwhile,
// holds what they cosigned. Where that is too long ago they are asked now; else nobody is. kQuorum if too few
// answer; kLogUnavailable if the log lacks what they have seen. Nothing is asked where the home names no
// witnesses.
Status RequireWitnessed(FileSystem& files, const home::Home& home, const Clock& clock, log::Log& log);

}  // namespace strongroom::cli

#endif  // STRONGROOM_WITNESSES_H_
