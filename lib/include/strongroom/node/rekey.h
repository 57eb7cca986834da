// New keyslots for a bundle whose shards stay as they are.
#ifndef STRONGROOM_NODE_REKEY_H_
#define STRONGROOM_NODE_REKEY_H_

#include <vector>

#include "strongroom/crypto/signature.h"
#include "strongroom/node/new_keyslots.h"
#include "strongroom/node/open.h"

namespace strongroom::node {

struct RekeyRequest {
  OpenRequest open;  // by which keyslot the key is recovered; its action is set to rekey
  std::vector<NewKeyslot> keyslots;
  const crypto::Ed25519PrivateKey* owner_key =
      nullptr;  // borrowed; must be the one that signed the manifest, else kUntrusted
  crypto::P256PublicKey policy_key;
};

struct RekeyResult {
  std::uint64_t revision = 0;
  std::vector<keyslot::Keyslot> keyslots;
};

// Rekey replaces keyslots.json durably, with the next revision: whoever holds the old file and an old way to
// open it can still use it. Killed at any moment, it leaves the old file or the new one, whole.
Expected<RekeyResult> Rekey(const Node& node, RekeyRequest request);

// What became of one keyslot of CheckKeyslots.
struct KeyslotCheck {
  std::uint32_t keyslot = 0;
  bool tried = false;          // false: this node has no source for it
  std::optional<Error> error;  // absent if it gave the key
};

// CheckKeyslots tries every keyslot this node has a source for, and opens nothing. Each attempt is asked for
// and recorded as any other.
Expected<std::vector<KeyslotCheck>> CheckKeyslots(const Node& node, const OpenRequest& request);

}  // namespace strongroom::node

#endif  // STRONGROOM_NODE_REKEY_H_
