#include "node/attempt.h"

#include <variant>

#include "strongroom/bundle/layout.h"
#include "strongroom/keyslot/binding.h"

namespace strongroom::node {
namespace {

bool NeedsTpm(const keyslot::Keyslot& slot) {
  return std::holds_alternative<keyslot::TpmSlot>(slot);
}

bool HasSource(const KeySources& sources, const keyslot::Keyslot& slot) {
  return NeedsTpm(slot) ? static_cast<bool>(sources.tpm) : static_cast<bool>(sources.recovery);
}

}  // namespace

std::vector<std::uint32_t> KeyslotAttempts::Usable() const {
  const auto& slots = verified_.keyslots.slots;
  std::vector<std::uint32_t> usable;
  for (const auto wanted : {log::KeyslotClass::kEnforced, log::KeyslotClass::kCooperative}) {
    for (std::uint32_t i = 0; i < slots.size(); ++i) {
      if (keyslot::Class(slots[i]) == wanted && HasSource(request_.sources, slots[i])) usable.push_back(i);
    }
  }
  return usable;
}

release::ReleaseRequest KeyslotAttempts::RequestFor(std::optional<std::uint32_t> keyslot) const {
  return {.action = request_.action,
          .manifest_envelope = verified_.manifest.envelope,
          .keyslots_envelope = verified_.keyslots_envelope,
          .keyslot = keyslot,
          .node = node_.name,
          .declaration = node_.declaration};
}

Expected<KeyslotAttempts::Opened> KeyslotAttempts::Try(std::uint32_t keyslot) {
  SR_ASSIGN_OR_RETURN(release::Release permit, node_.broker.Ask(RequestFor(keyslot)));
  if (!NeedsTpm(verified_.keyslots.slots[keyslot])) {
    // The message may name a file, and the log may be public.
    const Status read = ReadSecret();
    if (!read) {
      return std::unexpected(
          Failed(keyslot, read.error(), "no secret was read: " + std::string(Name(read.error().code))));
    }
  }
  Expected<keyslot::Unlocked> unlocked = Unlock(keyslot, permit.receipt);
  if (!unlocked) return std::unexpected(Failed(keyslot, unlocked.error(), unlocked.error().message));
  const bundle::Manifest& manifest = verified_.manifest.manifest;
  const Status committed = bundle::CheckCommitment(unlocked->key, manifest.instance, manifest.commitment);
  if (!committed) return std::unexpected(Failed(keyslot, committed.error(), committed.error().message));
  return Opened{std::move(unlocked->key), std::move(permit.decision), std::move(unlocked->warnings)};
}

Expected<keyslot::Unlocked> KeyslotAttempts::Unlock(std::uint32_t keyslot, const log::Receipt& receipt) {
  keyslot::UnlockRequest unlock{.document = verified_.keyslots, .slot = keyslot};
  if (NeedsTpm(verified_.keyslots.slots[keyslot])) {
    unlock.tpm = &request_.sources.tpm;
    if (request_.sources.approval) unlock.approval = &*request_.sources.approval;
  } else {
    unlock.recovery = &*secret_;
  }
  return keyslot::Unlock(unlock, receipt);
}

Status KeyslotAttempts::ReadSecret() {
  if (!secret_) {
    SR_ASSIGN_OR_RETURN(secret_, request_.sources.recovery());
  }
  return {};
}

// Records that a permitted keyslot failed, for this reason, and gives the error back; if it cannot be
// recorded, that is the graver news.
Error KeyslotAttempts::Failed(std::optional<std::uint32_t> keyslot, Error error, const std::string& reason) {
  release::Event event{.action = request_.action, .outcome = log::Outcome::kFailed};
  event.instance = verified_.manifest.manifest.instance;
  event.bundle_id = verified_.manifest.bundle_id;
  event.revision = verified_.keyslots.revision;
  if (keyslot) event.keyslot = keyslot::RecordedAs(verified_.keyslots, *keyslot);
  event.reasons = {reason};
  event.node = node_.name;
  event.declaration = node_.declaration;
  const Expected<log::Receipt> receipt = node_.broker.Report(event);
  return receipt ? error : receipt.error();
}

Error KeyslotAttempts::NoneUsable() {
  const Expected<release::Release> permit = node_.broker.Ask(RequestFor(std::nullopt));
  if (!permit) return permit.error();
  Error error(ErrorCode::kNoKey, "none of the bundle's keyslots can be opened with what was given",
              "name a way in with --via");
  const auto& slots = verified_.keyslots.slots;
  for (std::uint32_t i = 0; i < slots.size(); ++i) {
    error.why.push_back("keyslot " + std::to_string(i) + " needs " +
                        (NeedsTpm(slots[i]) ? "the TPM it was sealed to (--via tpm)"
                                            : "its passphrase or recovery key (--via recovery:SOURCE)"));
  }
  const std::string reason = error.message;
  return Failed(std::nullopt, std::move(error), reason);
}

}  // namespace strongroom::node
