// From the options of `strongroom seal` to what the node is asked to do.
#ifndef STRONGROOM_SEAL_REQUEST_H_
#define STRONGROOM_SEAL_REQUEST_H_

#include "embedded_node.h"
#include "keyslot_options.h"
#include "strongroom/node/seal.h"
#include "strongroom/policy/facts.h"

namespace strongroom::cli {

struct SealPlan {
  node::SealRequest request;  // without the keys and keyslots, which need secrets
  policy::Facts facts;        // of the model
  KeyslotPlan keyslots;
};

// Reads facts, packs and layout; checks all that can be checked before anything is written.
Expected<SealPlan> ReadSealPlan(Session& session, const EmbeddedNode& embedded, const Arguments& arguments,
                                const KeyslotPlan& keyslots);

// Says if this very node would be refused the bundle.
void WarnOfPolicy(Session& session, const EmbeddedNode& embedded, const SealPlan& plan);

// "10/2". kInvalidArgument for what is not two positive numbers, or too many files.
Expected<bundle::ParitySpec> ParseParity(std::string_view text);

}  // namespace strongroom::cli

#endif  // STRONGROOM_SEAL_REQUEST_H_
