// What holds the home's log against being rolled back, besides the log itself.
#ifndef STRONGROOM_LOG_ANCHORS_H_
#define STRONGROOM_LOG_ANCHORS_H_

#include <optional>
#include <string>
#include <vector>

#include "session.h"
#include "strongroom/anchor/tpm_anchor.h"
#include "strongroom/log/log.h"

namespace strongroom::cli {

// The anchor of the home's log in this machine's TPM, whether one is set or not.
anchor::TpmAnchor TpmAnchorOf(Session& session, const home::Home& home);

// Whether a log that is open begins with a checkpoint. Borrows the log.
anchor::LogHolds HeldBy(log::Log& log);

// Holds a log that is open against its anchor in the TPM, where one is set. Every failure is kLogUnavailable.
Status CheckAnchor(Session& session, const home::Home& home, log::Log& log);

// Opens the home's log and holds it against that. Every failure is kLogUnavailable.
Expected<std::shared_ptr<log::Log>> OpenAnchoredLog(Session& session, const home::Home& home);

// Anchors a checkpoint of the home's log in the TPM, where an anchor is set. Every failure is
// kLogUnavailable.
Status AdvanceAnchor(Session& session, const home::Home& home, const log::Checkpoint& checkpoint);

// Keeps the checkpoint of a record that was appended: in the home, and in the TPM where an anchor is set.
// Every failure is kLogUnavailable.
Status KeepCheckpoint(Session& session, home::Home& home, const log::Receipt& receipt);

struct AnchorFinding {
  std::string text;            // "remembered checkpoint of 12 records"
  bool outside_home = false;   // a copy of the home that is put back does not put it back too
  std::optional<Error> error;  // why it does not hold
};

// Every anchor of the home's log, looked at anew; none where there is none. Changes nothing.
std::vector<AnchorFinding> DescribeAnchors(Session& session, const home::Home& home,
                                           const anchor::LogHolds& holds);

}  // namespace strongroom::cli

#endif  // STRONGROOM_LOG_ANCHORS_H_
