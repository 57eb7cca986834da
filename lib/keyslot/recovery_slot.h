// Opening recovery keyslots.
#ifndef STRONGROOM_KEYSLOT_RECOVERY_SLOT_H_
#define STRONGROOM_KEYSLOT_RECOVERY_SLOT_H_

#include <optional>

#include "strongroom/keyslot/keyslots.h"
#include "strongroom/keyslot/recovery_secret.h"

namespace strongroom::keyslot {

// The secret that wraps the bundle key. `hashing` is absent in a slot for a recovery key; kNoKey if what was
// given is not of the kind that the slot wants, kUnavailable if the memory for Argon2id cannot be had.
Expected<SecretBytes> RecoverySlotSecret(const std::optional<PassphraseHashing>& hashing,
                                         const RecoverySecret& given);

// kNoKey, saying why; kUnavailable as above.
Expected<BundleKey> OpenRecoverySlot(const RecoverySlot& slot, const Instance& instance,
                                     const RecoverySecret& secret);

}  // namespace strongroom::keyslot

#endif  // STRONGROOM_KEYSLOT_RECOVERY_SLOT_H_
