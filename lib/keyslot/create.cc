#include "strongroom/keyslot/create.h"

#include <optional>
#include <utility>

#include "keyslot/key_wrap.h"
#include "keyslot/recovery_slot.h"
#include "keyslot/tpm_slot.h"

namespace strongroom::keyslot {
namespace {

// A slot that does not give the key now never will.
Status CheckGives(const Expected<BundleKey>& opened, const BundleKey& key) {
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
  SR_RETURN_IF_ERROR(CheckGives(OpenTpmSlot(context, slot, instance, nullptr), key));
  return slot;
}

Expected<Keyslot> CreateRecoverySlot(const RecoverySecret& secret, const Instance& instance,
                                     const BundleKey& key, crypto::Argon2Cost cost) {
  std::optional<PassphraseHashing> hashing;
  if (const auto* passphrase = std::get_if<Passphrase>(&secret)) {
    SR_RETURN_IF_ERROR(CheckPassphraseStrength(*passphrase));
    hashing = PassphraseHashing{{}, cost};
    crypto::RandomFill(hashing->salt);
  }
  SR_ASSIGN_OR_RETURN(const SecretBytes slot_secret, RecoverySlotSecret(hashing, secret));
  SR_ASSIGN_OR_RETURN(const WrappedKey wrapped,
                      WrapBundleKey(slot_secret, kRecoverySlotLabel, instance, key));
  // Hashing the passphrase a second time would take a second and show nothing.
  SR_RETURN_IF_ERROR(CheckGives(UnwrapBundleKey(slot_secret, kRecoverySlotLabel, instance, wrapped), key));
  return RecoverySlot{hashing, wrapped};
}

}  // namespace strongroom::keyslot
