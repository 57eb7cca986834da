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
#include "strongroom/crypto/signature.h"
#include "strongroom/envelope/json.h"
#include "strongroom/node/new_keyslots.h"
#include "strongroom/node/open.h"

namespace strongroom::node {

struct SealRequest {
  bundle::SealOptions options;  // what, where to, and how; its `bulk` is the node's
  std::string label;
  envelope::Json facts;  // an object
  std::vector<bundle::PackPin> packs;
  bool cooperative_keyslots = true;
  // The seal that this one follows in its series; absent: the first of a new series.
  std::optional<bundle::Manifest> supersedes;
  std::vector<NewKeyslot> keyslots;
  std::string owner_name;
  const crypto::Ed25519PrivateKey* owner_key = nullptr;  // borrowed, as the next
  const WrappingKey* journal_key = nullptr;              // the owner's; the same one resumes
  Timestamp created;
};

struct SealResult {
  Digest bundle_id{};
  bundle::Manifest manifest;
  std::vector<keyslot::Keyslot> keyslots;
  bundle::SealTotals totals;
  std::uint64_t size = 0;          // bytes of the bundle's files, the two envelopes apart
  std::uint64_t resumed_size = 0;  // bytes of plaintext that a former run had done
  std::vector<std::string> warnings;
};

// Seal. The log is checked before anything is made; the record of the beginning is durable before a keyslot
// is made; then the keyslots, the shards, the manifest, the record of the end with the bundle id, the
// keyslots' signature, and the final name. kInvalidArgument without keyslots; kDenied, recorded, for a
// cooperative keyslot where they are not allowed; kUntrusted if the seal it follows is another owner's; else
// the errors of bundle::Sealer, keyslot/create.h and the broker. A seal that fails is recorded as failed, by
// the kind of error alone.
Expected<SealResult> Seal(const Node& node, SealRequest request, const bundle::ProgressFunction& progress,
                          std::stop_token stop);

}  // namespace strongroom::node

#endif  // STRONGROOM_NODE_SEAL_H_
