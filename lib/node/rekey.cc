#include "strongroom/node/rekey.h"

#include <algorithm>

#include "node/allowed_keyslots.h"
#include "node/attempt.h"
#include "node/unlock_verified.h"
#include "strongroom/bundle/layout.h"

namespace strongroom::node {
namespace {

Status CheckOwner(const VerifiedBundle& verified, const crypto::Ed25519PrivateKey& owner_key) {
  const envelope::NoteKey& owner = verified.manifest.manifest.owner;
  if (owner.key == owner_key.public_key()) return {};
  return Fail(ErrorCode::kUntrusted,
              "the bundle belongs to " + owner.name + ", and this home has another owner's key",
              "rekey with the home of the owner that sealed it");
}

release::Event RekeyEvent(const Node& node, const keyslot::KeyslotsDocument& document, log::Outcome outcome) {
  release::Event event{.action = log::Action::kRekey, .outcome = outcome};
  event.instance = document.instance;
  event.bundle_id = document.bundle_id;
  event.revision = document.revision;
  event.node = node.name;
  event.declaration = node.declaration;
  return event;
}

// The record comes first: keyslots that no record speaks of must not exist.
Status Replace(const Node& node, const std::string& bundle, const keyslot::KeyslotsDocument& document,
               const crypto::Ed25519PrivateKey& owner_key) {
  SR_ASSIGN_OR_RETURN(const Bytes envelope, keyslot::SignKeyslots(document, owner_key));
  const std::string path = JoinPath(bundle, bundle::kKeyslotsName);
  SR_ASSIGN_OR_RETURN(const FileIdentity present, node.files.Stat(path));
  SR_RETURN_IF_ERROR(node.broker.Report(RekeyEvent(node, document, log::Outcome::kDone)));
  constexpr std::uint32_t kPermissions = 0777;
  return WriteDurably(node.files, path, envelope, present.mode & kPermissions);
}

// Makes the new keyslots and replaces the file. A failure is recorded by its kind, for the message may hold
// names of files.
Expected<MadeKeyslots> MakeAndReplace(const Node& node, const RekeyRequest& request, const BundleKey& key,
                                      keyslot::KeyslotsDocument document) {
  Expected<MadeKeyslots> made = MakeKeyslots(request.keyslots, document.instance, key);
  Status replaced;
  if (made) {
    document.slots = made->slots;
    replaced = Replace(node, request.open.bundle, document, *request.owner_key);
  }
  if (made && replaced) return made;
  const Error error = made ? replaced.error() : made.error();
  release::Event failed = RekeyEvent(node, document, log::Outcome::kFailed);
  failed.reasons.emplace_back(Name(error.code));
  SR_RETURN_IF_ERROR(node.broker.Report(failed));
  return std::unexpected(error);
}

}  // namespace

Expected<RekeyResult> Rekey(const Node& node, RekeyRequest request) {
  request.open.action = log::Action::kRekey;
  SR_ASSIGN_OR_RETURN(VerifiedBundle verified,
                      VerifyBundle(node, request.open.bundle, request.open.expected_id));
  SR_RETURN_IF_ERROR(CheckOwner(verified, *request.owner_key));
  keyslot::KeyslotsDocument document = verified.keyslots;
  ++document.revision;
  SR_RETURN_IF_ERROR(CheckAllowed(node, request.keyslots, verified.manifest.manifest.cooperative_keyslots,
                                  RekeyEvent(node, document, log::Outcome::kRefuse)));
  SR_ASSIGN_OR_RETURN(const UnlockedBundle unlocked, UnlockVerified(node, request.open, std::move(verified)));
  SR_ASSIGN_OR_RETURN(MadeKeyslots made, MakeAndReplace(node, request, unlocked.key, document));
  release::BundleVersion version = VersionOf(unlocked.verified);
  version.revision = document.revision;
  SR_RETURN_IF_ERROR(node.seen.Remember(version));
  std::ranges::copy(unlocked.warnings, std::back_inserter(made.warnings));
  return RekeyResult{document.revision, std::move(made.slots), std::move(made.warnings)};
}

Expected<std::vector<KeyslotCheck>> CheckKeyslots(const Node& node, OpenRequest request) {
  request.action = log::Action::kRekey;
  SR_ASSIGN_OR_RETURN(const VerifiedBundle verified, VerifyBundle(node, request.bundle, request.expected_id));
  KeyslotAttempts attempts(node, request, verified);
  const std::vector<std::uint32_t> usable = attempts.Usable();
  if (usable.empty()) return std::unexpected(attempts.NoneUsable());
  std::vector<KeyslotCheck> checks(verified.keyslots.slots.size());
  for (std::uint32_t i = 0; i < checks.size(); ++i) checks[i].keyslot = i;
  for (const std::uint32_t keyslot : usable) {
    auto opened = attempts.Try(keyslot);
    if (!opened && opened.error().code != ErrorCode::kNoKey)
      return std::unexpected(std::move(opened).error());
    checks[keyslot].tried = true;
    if (opened) checks[keyslot].warnings = std::move(opened->warnings);
    if (!opened) checks[keyslot].error = std::move(opened).error();
  }
  return checks;
}

}  // namespace strongroom::node
