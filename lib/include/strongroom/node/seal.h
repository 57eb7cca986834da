// Sealing, from the first record to the finished bundle.
#ifndef STRONGROOM_NODE_SEAL_H_
#define STRONGROOM_NODE_SEAL_H_

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "strongroom/base/clock.h"
#include "strongroom/bundle/manifest.h"
#include "strongroom/bundle/seal.h"
#include "strongroom/envelope/json.h"
#include "strongroom/node/new_keyslots.h"
#include "strongroom/node/open.h"

namespace strongroom::node {

struct SealRequest {
  bundle::SealOptions options;  // what, where to, and how
  std::string label;
  envelope::Json facts;
  std::vector<bundle::PackPin> packs;
  bool cooperative_keyslots = true;
  // The series this seal continues; absent: a new series. The seal gets the next sequence.
  std::optional<bundle::Manifest> supersedes;
  std::vector<NewKeyslot> keyslots;
  std::string owner_name;
  const crypto::Ed25519PrivateKey* owner_key = nullptr;  // borrowed
  crypto::P256PublicKey policy_key;
  Timestamp created;
  bool replace = false;  // an existing bundle at the output
};

struct SealResult {
  Digest bundle_id{};
  bundle::Manifest manifest;
  std::vector<keyslot::Keyslot> keyslots;
};

// Seal: the record of its beginning is durable before a keyslot is made; then the keyslots, the shards, the manifest, the record of its
// end with the bundle id, the keyslots' signature, and the final name. kDenied if a cooperative keyslot is asked for and not allowed.
Expected<SealResult> Seal(const Node& node, SealRequest request, const bundle::Progress& progress, const bundle::Cancel& cancel);

}  // namespace strongroom::node

#endif  // STRONGROOM_NODE_SEAL_H_
