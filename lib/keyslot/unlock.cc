#include "strongroom/keyslot/unlock.h"

#include <utility>

#include "keyslot/recovery_slot.h"
#include "keyslot/tpm_slot.h"

namespace strongroom::keyslot {
namespace {

// A receipt proves that its record is durable; this, that the record permits what is asked.
Status CheckPermit(const log::AccessRecord& record, const UnlockRequest& request) {
  const KeyslotsDocument& document = request.document;
  const bool permits =
      record.outcome == log::Outcome::kPermit && record.bundle && record.bundle->id == document.bundle_id &&
      record.bundle->instance == document.instance && record.bundle->keyslots_revision == document.revision &&
      record.keyslot && record.keyslot->index == request.slot;
  if (permits) return {};
  return Fail(ErrorCode::kLogUnavailable, "the log's receipt is not a permit for keyslot " +
                                              std::to_string(request.slot) + " of this bundle at revision " +
                                              std::to_string(document.revision));
}

// Whatever the TPM finds wrong, it does not give the key.
template <typename T>
Expected<T> AsNoKey(Expected<T> result) {
  if (!result) result.error().code = ErrorCode::kNoKey;
  return result;
}

void WarnOfSoftware(const tpm::Context& context, std::vector<std::string>& warnings) {
  if (!context.identity().is_software) return;
  warnings.push_back("the TPM at " + context.tcti() + " is a program (" + context.identity().manufacturer +
                     " " + context.identity().vendor +
                     "), not hardware: who copies its files can open this keyslot");
}

Expected<Unlocked> Open(const TpmSlot& slot, const UnlockRequest& request) {
  if (request.tpm == nullptr || !*request.tpm) {
    return Fail(ErrorCode::kNoKey, "this keyslot wants a TPM, and none is to be used");
  }
  SR_ASSIGN_OR_RETURN(tpm::Context context, AsNoKey((*request.tpm)()));
  SR_ASSIGN_OR_RETURN(BundleKey key,
                      AsNoKey(OpenTpmSlot(context, slot, request.document.instance, request.approval)));
  Unlocked unlocked{std::move(key), context.warnings()};
  WarnOfSoftware(context, unlocked.warnings);
  return unlocked;
}

Expected<Unlocked> Open(const RecoverySlot& slot, const UnlockRequest& request) {
  if (request.recovery == nullptr) {
    return Fail(ErrorCode::kNoKey, slot.passphrase ? "this keyslot wants a passphrase, and none was given"
                                                   : "this keyslot wants a recovery key, and none was given");
  }
  SR_ASSIGN_OR_RETURN(BundleKey key, OpenRecoverySlot(slot, request.document.instance, *request.recovery));
  return Unlocked{std::move(key), {}};
}

}  // namespace

Expected<Unlocked> Unlock(const UnlockRequest& request, const log::Receipt& receipt) {
  if (request.slot >= request.document.slots.size()) {
    return Fail(ErrorCode::kNoKey, "there is no keyslot " + std::to_string(request.slot) + ", only " +
                                       std::to_string(request.document.slots.size()));
  }
  SR_RETURN_IF_ERROR(CheckPermit(receipt.record(), request));
  return std::visit([&](const auto& slot) { return Open(slot, request); },
                    request.document.slots[request.slot]);
}

}  // namespace strongroom::keyslot
