// Making the keyslots of a bundle, for a first seal and for rekeying.
#ifndef STRONGROOM_NODE_NEW_KEYSLOTS_H_
#define STRONGROOM_NODE_NEW_KEYSLOTS_H_

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "strongroom/crypto/signature.h"
#include "strongroom/keyslot/keyslots.h"
#include "strongroom/keyslot/unlock.h"
#include "strongroom/tpm/context.h"
#include "strongroom/tpm/pcr.h"

namespace strongroom::node {

// A keyslot bound to this machine's TPM.
struct NewTpmKeyslot {
  std::function<Expected<tpm::Context>()> tpm;
  tpm::PcrSelection pcrs;
  std::uint8_t approval_floor = 0;  // approvals below this version do not open it
};

// A keyslot for a passphrase or a recovery key.
struct NewRecoveryKeyslot {
  keyslot::RecoverySecret secret;
};

using NewKeyslot = std::variant<NewTpmKeyslot, NewRecoveryKeyslot>;

// MakeKeyslots makes them all, in order, each tried once before it is returned. They bind to the instance,
// for the bundle id is not known before the seal is done. `policy_key` is the owner's, whose approvals open
// tpm keyslots after a firmware update.
Expected<std::vector<keyslot::Keyslot>> MakeKeyslots(const std::vector<NewKeyslot>& plans,
                                                     const std::array<std::uint8_t, 32>& instance,
                                                     const BundleKey& key,
                                                     const crypto::P256PublicKey& policy_key);

}  // namespace strongroom::node

#endif  // STRONGROOM_NODE_NEW_KEYSLOTS_H_
