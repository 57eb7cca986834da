// New keyslots for a bundle whose shards stay as they are.
#ifndef STRONGROOM_NODE_REKEY_H_
#define STRONGROOM_NODE_REKEY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "strongroom/crypto/signature.h"
#include "strongroom/node/new_keyslots.h"
#include "strongroom/node/open.h"

namespace strongroom::node {

struct RekeyRequest {
  OpenRequest open;  // by which keyslot the key is recovered; the action is rekey whatever it says
  std::vector<NewKeyslot> keyslots;
  const crypto::Ed25519PrivateKey* owner_key =
      nullptr;  // borrowed; the one that signed the manifest, else kUntrusted
};

struct RekeyResult {
  std::uint64_t revision = 0;
  std::vector<keyslot::Keyslot> keyslots;
  std::vector<std::string> warnings;
};

// Rekey replaces keyslots.json durably, with the next revision. Killed at any moment, it leaves the old file
// or the new one, whole; the record of the new revision is there before the new file is. Whoever keeps the
// old file and a way to open it can still open the bundle.
Expected<RekeyResult> Rekey(const Node& node, RekeyRequest request);

// What became of one keyslot.
struct KeyslotCheck {
  std::uint32_t keyslot = 0;
  bool tried = false;          // false: this node has no source for it
  std::optional<Error> error;  // absent if it gave the key
  std::vector<std::string> warnings;
};

// CheckKeyslots tries every keyslot that this node has a source for, and opens nothing. Each attempt is asked
// for and recorded as any other. An error here is one that stopped the checking, as a policy that refuses.
Expected<std::vector<KeyslotCheck>> CheckKeyslots(const Node& node, OpenRequest request);

}  // namespace strongroom::node

#endif  // STRONGROOM_NODE_REKEY_H_
