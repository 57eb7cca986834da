#include "keyslot/recovery_slot.h"

#include <utility>

#include "keyslot/key_wrap.h"

namespace strongroom::keyslot {
namespace {

Expected<SecretBytes> Hash(const Passphrase& passphrase, const PassphraseHashing& hashing) {
  return crypto::Argon2id(passphrase.text, hashing.salt, hashing.cost);
}

// The secret that wraps, if what was given is of the kind that the slot wants.
Expected<SecretBytes> SlotSecret(const RecoverySlot& slot, const RecoverySecret& given) {
  const auto* passphrase = std::get_if<Passphrase>(&given);
  if (slot.passphrase.has_value() != (passphrase != nullptr)) {
    return Fail(ErrorCode::kNoKey, slot.passphrase ? "this keyslot wants a passphrase, not a recovery key"
                                                   : "this keyslot wants a recovery key, not a passphrase");
  }
  if (passphrase != nullptr) return Hash(*passphrase, *slot.passphrase);
  return std::get<RecoveryKey>(given).bytes().Clone();
}

}  // namespace

Expected<BundleKey> OpenRecoverySlot(const RecoverySlot& slot, const Instance& instance,
                                     const RecoverySecret& secret) {
  SR_ASSIGN_OR_RETURN(const SecretBytes slot_secret, SlotSecret(slot, secret));
  auto key = UnwrapBundleKey(slot_secret, kRecoverySlotLabel, instance, slot.wrapped_key);
  if (!key) return Fail(ErrorCode::kNoKey, slot.passphrase ? "wrong passphrase" : "wrong recovery key");
  return key;
}

Expected<RecoverySlot> MakeRecoverySlot(const RecoverySecret& secret, const Instance& instance,
                                        const BundleKey& key, crypto::Argon2Cost cost) {
  RecoverySlot slot;
  if (const auto* passphrase = std::get_if<Passphrase>(&secret)) {
    SR_RETURN_IF_ERROR(CheckPassphraseStrength(*passphrase));
    slot.passphrase = PassphraseHashing{{}, cost};
    crypto::RandomFill(slot.passphrase->salt);
  }
  SR_ASSIGN_OR_RETURN(const SecretBytes slot_secret, SlotSecret(slot, secret));
  SR_ASSIGN_OR_RETURN(slot.wrapped_key, WrapBundleKey(slot_secret, kRecoverySlotLabel, instance, key));
  return slot;
}

}  // namespace strongroom::keyslot
