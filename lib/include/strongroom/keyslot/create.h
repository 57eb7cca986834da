// Making keyslots. Each is tried before it is handed out: a tpm slot is opened by the same code as later, the
// wrapping of a recovery slot is undone. They bind to the bundle's instance; the signed document binds them
// to the bundle id.
#ifndef STRONGROOM_KEYSLOT_CREATE_H_
#define STRONGROOM_KEYSLOT_CREATE_H_

#include <cstdint>

#include "strongroom/keyslot/keyslots.h"
#include "strongroom/keyslot/recovery_secret.h"
#include "strongroom/secret/secret_bytes.h"
#include "strongroom/tpm/context.h"

namespace strongroom::keyslot {

struct TpmSlotPlan {
  tpm::PcrSelection pcrs = tpm::PcrSelection::Default();
  // The owner's, whose approvals open the slot after a change of the registers.
  crypto::P256PublicKey policy_key;
  std::uint8_t approval_floor = 0;
};

// CreateTpmSlot seals to the registers as they are now. kInvalidArgument if the TPM keeps no such registers,
// kNoKey if it refuses.
Expected<Keyslot> CreateTpmSlot(tpm::Context& context, const TpmSlotPlan& plan, const Instance& instance,
                                const BundleKey& key);

// CreateRecoverySlot: kInvalidArgument for a weak passphrase, kUnavailable if the memory that `cost` asks for
// cannot be had. `cost` counts for passphrases alone.
Expected<Keyslot> CreateRecoverySlot(const RecoverySecret& secret, const Instance& instance,
                                     const BundleKey& key, crypto::Argon2Cost cost = {});

}  // namespace strongroom::keyslot

#endif  // STRONGROOM_KEYSLOT_CREATE_H_
