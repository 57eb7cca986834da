#include "strongroom/keyslot/create.h"

#include <utility>

#include "keyslot/recovery_slot.h"
#include "keyslot/tpm_slot.h"

namespace strongroom::keyslot {
namespace {

// A slot that does not open now never will.
Status CheckOpened(const Expected<BundleKey>& opened, const BundleKey& key) {
  if (!opened) return std::unexpected(Error(opened.error()).With("the new keyslot did not open when tried"));
  if (!ConstantTimeEqual(opened->bytes().Expose(), key.bytes().Expose())) {
    return Fail(ErrorCode::kInternal, "the new keyslot gave another key when tried");
  }
  return {};
}

}  // namespace

Expected<Keyslot> CreateTpmSlot(tpm::Context& context, const TpmSlotPlan& plan, const Instance& instance,
                                const BundleKey& key) {
  SR_ASSIGN_OR_RETURN(TpmSlot slot, MakeTpmSlot(context, plan, instance, key));
  SR_RETURN_IF_ERROR(CheckOpened(OpenTpmSlot(context, slot, instance, nullptr), key));
  return slot;
}

Expected<Keyslot> CreateRecoverySlot(const RecoverySecret& secret, const Instance& instance,
                                     const BundleKey& key, crypto::Argon2Cost cost) {
  SR_ASSIGN_OR_RETURN(RecoverySlot slot, MakeRecoverySlot(secret, instance, key, cost));
  SR_RETURN_IF_ERROR(CheckOpened(OpenRecoverySlot(slot, instance, secret), key));
  return slot;
}

}  // namespace strongroom::keyslot
