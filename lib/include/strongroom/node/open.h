// The node's end of a release: verify a bundle, ask the broker, open a keyslot, read.
//
// The order is fixed, and what fails first decides the error: manifest and keyslots (kNotFound, kTruncated,
// kMalformed, kUnsupported, kUntrusted, kAltered, kRolledBack), the log (kLogUnavailable), the policy
// (kDenied), the keyslot (kNoKey), the blocks. No command reaches a TPM and no passphrase is asked for before
// the permit is durable.
#ifndef STRONGROOM_NODE_OPEN_H_
#define STRONGROOM_NODE_OPEN_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "strongroom/base/file.h"
#include "strongroom/bundle/manifest.h"
#include "strongroom/bundle/read.h"
#include "strongroom/crypto/bulk.h"
#include "strongroom/envelope/trust.h"
#include "strongroom/keyslot/keyslots.h"
#include "strongroom/keyslot/unlock.h"
#include "strongroom/release/broker.h"
#include "strongroom/release/seen_versions.h"

namespace strongroom::node {

// Node is what one works with. Everything is borrowed and must outlive the calls it is given to.
struct Node {
  FileSystem& files;
  const envelope::TrustStore& trust;
  release::SeenVersions& seen;
  release::Broker& broker;
  std::string name;   // how the log calls this node
  Bytes declaration;  // its node.toml as it stands
  std::shared_ptr<const crypto::BulkCrypto> bulk;
};

// A bundle whose manifest and keyslots are verified and not older than any seen before.
struct VerifiedBundle {
  bundle::VerifiedManifest manifest;
  keyslot::KeyslotsDocument keyslots;
  Bytes keyslots_envelope;
};

// VerifyBundle reads manifest.json and keyslots.json from the bundle's directory. kAltered if the bundle id
// is not the expected one.
Expected<VerifiedBundle> VerifyBundle(const Node& node, const std::string& bundle,
                                      const std::optional<Digest>& expected_id = {});

// What is remembered of it.
release::BundleVersion VersionOf(const VerifiedBundle& verified);

// KeySources says which keyslots this node can use. The functions are called after the permit; `recovery` at
// most once.
struct KeySources {
  keyslot::TpmOpener tpm;                                       // empty: tpm keyslots are passed over
  std::function<Expected<keyslot::RecoverySecret>()> recovery;  // empty: recovery keyslots are passed over
  std::optional<keyslot::Approval> approval;                    // for a TPM whose registers have changed
};

struct OpenRequest {
  std::string bundle;  // its directory
  log::Action action = log::Action::kOpen;
  KeySources sources;
  std::optional<Digest> expected_id;
  bool check_leaves = true;  // as in bundle::ReadOptions
};

struct UnlockedBundle {
  VerifiedBundle verified;
  BundleKey key;
  std::uint32_t keyslot = 0;  // the index of the one that opened
  release::Decision decision;
  std::vector<std::string> warnings;  // as of a TPM that is a program
};

// Unlock recovers the bundle key and nothing else. The keyslots that this node has a source for are tried in
// turn, enforced ones first, each under a permit of its own; each that fails adds a record with outcome
// `failed`, and the error says of each why it did. After success the bundle's version is remembered.
Expected<UnlockedBundle> Unlock(const Node& node, const OpenRequest& request);

// Open is Unlock, and then the bundle ready to be read.
struct OpenedBundle {
  UnlockedBundle unlocked;
  std::unique_ptr<bundle::Bundle> bundle;
};
Expected<OpenedBundle> Open(const Node& node, const OpenRequest& request);

// Preview answers what the broker would say to Unlock, without a record, a TPM command or a passphrase. The
// decision may be any.
Expected<release::Decision> Preview(const Node& node, const OpenRequest& request);

}  // namespace strongroom::node

#endif  // STRONGROOM_NODE_OPEN_H_
