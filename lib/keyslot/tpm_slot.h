// tpm keyslots: made and opened.
#ifndef STRONGROOM_KEYSLOT_TPM_SLOT_H_
#define STRONGROOM_KEYSLOT_TPM_SLOT_H_

#include "strongroom/keyslot/approval.h"
#include "strongroom/keyslot/create.h"
#include "strongroom/keyslot/keyslots.h"
#include "strongroom/tpm/context.h"

namespace strongroom::keyslot {

// The reason why not is in the error; `approval` may be null.
Expected<BundleKey> OpenTpmSlot(tpm::Context& context, const TpmSlot& slot, const Instance& instance,
                                const Approval* approval);

Expected<TpmSlot> MakeTpmSlot(tpm::Context& context, const TpmSlotPlan& plan, const Instance& instance,
                              const BundleKey& key);

}  // namespace strongroom::keyslot

#endif  // STRONGROOM_KEYSLOT_TPM_SLOT_H_
