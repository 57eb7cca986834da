// What a custodian's policy said, in a form that needs no policy code to read.
#ifndef STRONGROOM_RELEASE_DECISION_H_
#define STRONGROOM_RELEASE_DECISION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"

namespace strongroom::release {

enum class Outcome { kPermit, kNeedsLicence, kUnknown, kDeny };  // only kPermit opens
std::string_view Name(Outcome outcome);  // "permit", "needs_licence", "unknown", "deny"

// One rule that decided.
struct Finding {
  std::string pack;
  std::string rule;
  std::vector<std::string> citations = {};
  std::string reason;  // a plain sentence
};

struct PackIdentity {
  std::string id;
  std::uint64_t version = 0;
  Digest digest = {};  // SHA-256 of its bytes
};

struct Decision {
  Outcome outcome = Outcome::kDeny;
  std::vector<PackIdentity> packs;  // all that were asked
  std::vector<Finding> path;
  std::vector<std::string> missing_facts;  // by name, as in "node.country"
  std::vector<std::string> obligations;
  std::vector<std::string>
      flags;  // what the outcome rests on and a reader must know, as a place that is only declared
  Timestamp as_of;
};

// The error of a decision that does not permit: kDenied, with each rule that refused, its reason and
// citations as `why`, and as the next step the command that explains the pack.
Error Refusal(const Decision& decision);

// "allied-nations/destination: the node is in ... (15 CFR 740.27)": a finding in one line.
std::string ToLine(const Finding& finding);

}  // namespace strongroom::release

#endif  // STRONGROOM_RELEASE_DECISION_H_
