#include "strongroom/node/new_keyslots.h"

namespace strongroom::node {
namespace {

Expected<keyslot::Keyslot> Make(const NewTpmKeyslot& asked, const keyslot::Instance& instance,
                                const BundleKey& key, std::vector<std::string>& warnings) {
  SR_ASSIGN_OR_RETURN(tpm::Context context, asked.tpm());
  auto slot = keyslot::CreateTpmSlot(context, asked.plan, instance, key);
  warnings.insert(warnings.end(), context.warnings().begin(), context.warnings().end());
  if (context.identity().is_software) {
    warnings.push_back("the TPM at " + context.tcti() +
                       " is a program: whoever can read its files can open what is sealed to it");
  }
  return slot;
}

Expected<keyslot::Keyslot> Make(const NewRecoveryKeyslot& asked, const keyslot::Instance& instance,
                                const BundleKey& key, std::vector<std::string>&) {
  return keyslot::CreateRecoverySlot(asked.secret, instance, key);
}

}  // namespace

log::KeyslotClass Class(const NewKeyslot&) {
  // Neither kind has a custodian between.
  return log::KeyslotClass::kCooperative;
}

Expected<MadeKeyslots> MakeKeyslots(const std::vector<NewKeyslot>& keyslots,
                                    const keyslot::Instance& instance, const BundleKey& key) {
  MadeKeyslots made;
  for (const NewKeyslot& asked : keyslots) {
    auto slot = std::visit([&](const auto& each) { return Make(each, instance, key, made.warnings); }, asked);
    if (!slot) {
      return std::unexpected(
          std::move(slot).error().With("make keyslot " + std::to_string(made.slots.size())));
    }
    made.slots.push_back(*std::move(slot));
  }
  return made;
}

}  // namespace strongroom::node
