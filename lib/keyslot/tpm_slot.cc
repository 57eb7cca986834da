#include "keyslot/tpm_slot.h"

#include <optional>
#include <string>
#include <utility>

#include "keyslot/key_wrap.h"

namespace strongroom::keyslot {
namespace {

constexpr std::size_t kSealedSecretSize = 32;

// "PCR 7 changed: sealed with 00.., now 5b.." for each register whose values differ; the selections are the
// same.
std::vector<std::string> Changes(const tpm::PcrValues& expected, std::string_view with,
                                 const tpm::PcrValues& now) {
  std::vector<std::string> changes;
  for (std::size_t i = 0; i < now.digests().size(); ++i) {
    if (expected.digests()[i] == now.digests()[i]) continue;
    changes.push_back("PCR " + std::to_string(now.selection().indices()[i]) +
                      " changed: " + std::string(with) + " " + Hex(expected.digests()[i]) + ", now " +
                      Hex(now.digests()[i]));
  }
  return changes;
}

std::unexpected<Error> PcrsChanged(std::vector<std::string> changes, std::string next) {
  std::string first = std::move(changes.front());
  changes.erase(changes.begin());
  Error error(ErrorCode::kNoKey, std::move(first), std::move(next));
  error.why = std::move(changes);
  return std::unexpected(std::move(error));
}

// What opens the slot now: nothing for the registers as at sealing, or the approval's authorization.
Expected<std::optional<tpm::Authorization>> ChooseBranch(tpm::Context& context, const TpmSlot& slot,
                                                         const Approval* approval) {
  SR_ASSIGN_OR_RETURN(const tpm::PcrValues now, tpm::ReadPcrs(context, slot.pcrs.selection()));
  if (now == slot.pcrs) return std::optional<tpm::Authorization>();
  // On another machine the registers differ as well; that it is another machine is what the user should hear.
  SR_RETURN_IF_ERROR(tpm::CheckStorageRoot(context, slot.root));
  if (approval == nullptr) {
    return PcrsChanged(
        Changes(slot.pcrs, "sealed with", now),
        "if an update explains it, have the owner approve it (strongroom node approve-pcrs), then "
        "open with --approval; else use another keyslot");
  }
  SR_ASSIGN_OR_RETURN(tpm::Authorization authorization, AuthorizationFor(*approval, slot));
  if (approval->pcrs != now) {
    return PcrsChanged(Changes(approval->pcrs, "approved as", now),
                       "have the owner approve the registers as they are");
  }
  return std::optional(std::move(authorization));
}

}  // namespace

Expected<BundleKey> OpenTpmSlot(tpm::Context& context, const TpmSlot& slot, const Instance& instance,
                                const Approval* approval) {
  SR_ASSIGN_OR_RETURN(const std::optional<tpm::Authorization> authorization,
                      ChooseBranch(context, slot, approval));
  const tpm::SealingPolicy policy = slot.Policy();
  SR_ASSIGN_OR_RETURN(const SecretBytes secret,
                      tpm::Unseal(context, {.root = slot.root,
                                            .object = slot.object,
                                            .policy = policy,
                                            .selection = slot.pcrs.selection(),
                                            .authorization = authorization ? &*authorization : nullptr}));
  auto key = UnwrapBundleKey(secret, kTpmSlotLabel, instance, slot.wrapped_key);
  if (!key)
    return Fail(ErrorCode::kNoKey, "what the TPM unsealed does not open the wrapped key of this keyslot");
  return key;
}

Expected<TpmSlot> MakeTpmSlot(tpm::Context& context, const TpmSlotPlan& plan, const Instance& instance,
                              const BundleKey& key) {
  SR_ASSIGN_OR_RETURN(tpm::StorageRoot root, tpm::FindStorageRoot(context));
  SR_ASSIGN_OR_RETURN(tpm::PcrValues pcrs, tpm::ReadPcrs(context, plan.pcrs));
  TpmSlot slot{std::move(root), {}, std::move(pcrs), plan.policy_key, plan.approval_floor, {}};
  const SecretBytes secret = SecretBytes::Random(kSealedSecretSize);
  SR_ASSIGN_OR_RETURN(slot.object, tpm::Seal(context, slot.root, secret, slot.Policy()));
  SR_ASSIGN_OR_RETURN(slot.wrapped_key, WrapBundleKey(secret, kTpmSlotLabel, instance, key));
  return slot;
}

}  // namespace strongroom::keyslot
