// Asking the policy: from what a manifest and a node say to a decision. A custodian decides so, and whoever
// wants to know beforehand what it would decide.
#ifndef STRONGROOM_CUSTODIAN_JUDGEMENT_H_
#define STRONGROOM_CUSTODIAN_JUDGEMENT_H_

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/clock.h"
#include "strongroom/custodian/custodian.h"
#include "strongroom/policy/decision.h"
#include "strongroom/policy/facts.h"
#include "strongroom/policy/pack.h"

namespace strongroom::custodian {

// What a custodian knows from elsewhere than the bundle and the node.
struct Grounds {
  std::span<const policy::Pack> packs;        // installed
  std::span<const policy::Licence> licences;  // on file
  // States what a screening list says of the operator whom the facts name, and returns sentences about it for
  // the decision's flags; called only where a pack asks, for a list is large. Empty where there is no list.
  std::function<Expected<std::vector<std::string>>(policy::Facts&)> screen = {};
};

// Judge asks every pack that the manifest names whether the bundle may be decrypted. `declared` is what the
// node says of itself; `keyslot_kind` may be empty. A pack that cannot be asked denies. kMalformed for facts
// that do not parse.
Expected<policy::Decision> Judge(const ManifestFacts& manifest, const policy::Facts& declared,
                                 std::string_view keyslot_kind, const Grounds& grounds, Timestamp now);

}  // namespace strongroom::custodian

#endif  // STRONGROOM_CUSTODIAN_JUDGEMENT_H_
