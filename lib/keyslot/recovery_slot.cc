#include "keyslot/recovery_slot.h"

#include "keyslot/key_wrap.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::keyslot {

Expected<SecretBytes> RecoverySlotSecret(const std::optional<PassphraseHashing>& hashing,
                                         const RecoverySecret& given) {
  const auto* passphrase = std::get_if<Passphrase>(&given);
  if (hashing.has_value() != (passphrase != nullptr)) {
    return Fail(ErrorCode::kNoKey, hashing ? "this keyslot wants a passphrase, not a recovery key"
                                           : "this keyslot wants a recovery key, not a passphrase");
  }
  if (passphrase != nullptr) return crypto::Argon2id(passphrase->text, hashing->salt, hashing->cost);
  return std::get<RecoveryKey>(given).bytes().Clone();
}

Expected<BundleKey> OpenRecoverySlot(const RecoverySlot& slot, const Instance& instance,
                                     const RecoverySecret& secret) {
  SR_ASSIGN_OR_RETURN(const SecretBytes slot_secret, RecoverySlotSecret(slot.passphrase, secret));
  auto key = UnwrapBundleKey(slot_secret, kRecoverySlotLabel, instance, slot.wrapped_key);
  if (!key) return Fail(ErrorCode::kNoKey, slot.passphrase ? "wrong passphrase" : "wrong recovery key");
  return key;
}

}  // namespace strongroom::keyslot
