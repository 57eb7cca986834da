// Whether a node would get a bundle, asked beforehand: as a custodian would decide, without log, TPM or
// passphrase.
#ifndef STRONGROOM_RELEASE_QUESTION_H_
#define STRONGROOM_RELEASE_QUESTION_H_

#include <string>

#include "embedded_node.h"
#include "strongroom/custodian/judgement.h"
#include "strongroom/keyslot/keyslots.h"

namespace strongroom::cli {

// A bundle whose manifest and keyslots have verified.
struct ReleaseQuestion {
  custodian::ManifestFacts manifest;
  keyslot::KeyslotsDocument keyslots;
};

// The errors are those of node::VerifyBundle.
Expected<ReleaseQuestion> ReadReleaseQuestion(const EmbeddedNode& node, const std::string& bundle);

struct ReleaseAnswer {
  std::string keyslot;  // the kind that was asked about
  policy::Decision decision;
};

// AskForRelease asks about each kind of keyslot that the bundle has, for a node may use any of them, and
// gives the laxest answer. kDenied if the manifest allows none of them.
Expected<ReleaseAnswer> AskForRelease(const ReleaseQuestion& question, const policy::Facts& declared,
                                      const custodian::Grounds& grounds, Timestamp at);

}  // namespace strongroom::cli

#endif  // STRONGROOM_RELEASE_QUESTION_H_
