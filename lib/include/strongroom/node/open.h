// The node's end of a release: verify a bundle, ask the broker, open a keyslot, read.
//
// The order is fixed, and what fails first decides the error: manifest and keyslots (kMalformed,
// kUnsupported, kUntrusted, kAltered, kRolledBack, kTruncated, kNotFound), the log (kLogUnavailable), the
// policy (kDenied), the keyslot (kNoKey), the blocks. No command reaches a TPM and no passphrase is asked for
// before the permit is durable.
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

// KeySources says which keyslots this node can use. The functions are called after the permit, each at most
// once.
struct KeySources {
  std::function<Expected<tpm::Context>()> tpm;                  // empty: tpm keyslots are passed over
  std::function<Expected<keyslot::RecoverySecret>()> recovery;  // empty: recovery keyslots are passed over
  std::optional<Bytes> approval;                                // the file of `node approve-pcrs`
};

struct OpenRequest {
  std::string bundle;  // the bundle's directory
  log::Action action = log::Action::kOpen;
  KeySources sources;
  std::optional<Digest> expected_id;  // kAltered if the bundle is another
  bool check_leaves = true;           // as in bundle::ReadOptions
};

// A bundle whose signatures are verified: what `inspect` and a dry run need, and the first step of opening.
struct VerifiedBundle {
  bundle::VerifiedManifest manifest;
  keyslot::KeyslotsDocument keyslots;
  Bytes keyslots_envelope;
};

// VerifyBundle reads manifest.json and keyslots.json of a bundle and checks trust, signatures, binding and
// versions.
Expected<VerifiedBundle> VerifyBundle(const Node& node, const std::string& bundle,
                                      const std::optional<Digest>& expected_id = {});

struct UnlockedBundle {
  VerifiedBundle verified;
  BundleKey key;
  std::uint32_t keyslot = 0;  // the index of the one that opened
  release::Decision decision;
  std::vector<std::string> warnings;  // as of a TPM that is a program
};

// Unlock recovers the bundle key and nothing else. Keyslots are tried in turn, each under a permit of its
// own; each that fails adds a record with outcome `failed`, and the error kNoKey says of each why. After
// success the bundle's version is remembered.
Expected<UnlockedBundle> Unlock(const Node& node, const OpenRequest& request);

// Open is Unlock, and then the bundle ready to be read.
struct OpenedBundle {
  UnlockedBundle unlocked;
  std::unique_ptr<bundle::Bundle> bundle;
};
Expected<OpenedBundle> Open(const Node& node, const OpenRequest& request);

// Preview answers what Unlock would be told, without a record, a TPM command or a passphrase.
Expected<release::Decision> Preview(const Node& node, const OpenRequest& request);

}  // namespace strongroom::node

#endif  // STRONGROOM_NODE_OPEN_H_
