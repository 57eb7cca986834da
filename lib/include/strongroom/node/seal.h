// Sealing, from the first record to the finished bundle.
#ifndef STRONGROOM_NODE_SEAL_H_
#define STRONGROOM_NODE_SEAL_H_

#include <cstdint>
#include <optional>
#include <stop_token>
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
  const crypto::Ed25519PrivateKey* owner_key = nullptr;  // borrowed, as the next
  const WrappingKey* journal_key = nullptr;              // the owner's; the same one resumes
  crypto::P256PublicKey policy_key;
  Timestamp created;
};

struct SealResult {
  Digest bundle_id{};
  bundle::Manifest manifest;
  bundle::SealTotals totals;
  std::uint64_t size = 0;  // bytes of the bundle's files, the two envelopes apart
  std::vector<keyslot::Keyslot> keyslots;
};

// Seal: the record of its beginning is durable before a keyslot is made; then the keyslots, the shards, the
// manifest, the record of its end with the bundle id, the keyslots' signature, and the final name. kDenied if
// a cooperative keyslot is asked for and not allowed.
Expected<SealResult> Seal(const Node& node, SealRequest request, const bundle::ProgressFunction& progress,
                          std::stop_token stop);

}  // namespace strongroom::node

#endif  // STRONGROOM_NODE_SEAL_H_
