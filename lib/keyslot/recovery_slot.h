#ifndef STRONGROOM_LIB_KEYSLOT_RECOVERY_SLOT_H_
#define STRONGROOM_LIB_KEYSLOT_RECOVERY_SLOT_H_

#include "strongroom/keyslot/keyslots.h"
#include "strongroom/keyslot/recovery_secret.h"

namespace strongroom::keyslot {

// kNoKey, saying why; kUnavailable if the memory for Argon2id cannot be had.
Expected<BundleKey> OpenRecoverySlot(const RecoverySlot& slot, const Instance& instance,
                                     const RecoverySecret& secret);

Expected<RecoverySlot> MakeRecoverySlot(const RecoverySecret& secret, const Instance& instance,
                                        const BundleKey& key, crypto::Argon2Cost cost);

}  // namespace strongroom::keyslot

#endif  // STRONGROOM_LIB_KEYSLOT_RECOVERY_SLOT_H_
