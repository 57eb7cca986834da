// Making the keyslots of a bundle, for a first seal and for rekeying.
#ifndef STRONGROOM_NODE_NEW_KEYSLOTS_H_
#define STRONGROOM_NODE_NEW_KEYSLOTS_H_

#include <string>
#include <variant>
#include <vector>

#include "strongroom/keyslot/create.h"
#include "strongroom/keyslot/keyslots.h"
#include "strongroom/keyslot/unlock.h"
#include "strongroom/log/record.h"

namespace strongroom::node {

// A keyslot bound to the TPM that `tpm` opens.
struct NewTpmKeyslot {
  keyslot::TpmOpener tpm;
  keyslot::TpmSlotPlan plan;
};

// A keyslot for a passphrase or a recovery key.
struct NewRecoveryKeyslot {
  keyslot::RecoverySecret secret;
};

using NewKeyslot = std::variant<NewTpmKeyslot, NewRecoveryKeyslot>;

// The class that the keyslot will have.
log::KeyslotClass Class(const NewKeyslot& keyslot);

struct MadeKeyslots {
  std::vector<keyslot::Keyslot> slots;  // in the order they were asked for
  std::vector<std::string> warnings;
};

// MakeKeyslots makes them all or none. They bind to the instance, for the bundle id is not known before a
// seal is done. Errors: those of keyslot/create.h, saying which keyslot.
Expected<MadeKeyslots> MakeKeyslots(const std::vector<NewKeyslot>& keyslots,
                                    const keyslot::Instance& instance, const BundleKey& key);

}  // namespace strongroom::node

#endif  // STRONGROOM_NODE_NEW_KEYSLOTS_H_
