#include "strongroom/node/open.h"

#include "node/attempt.h"
#include "node/unlock_verified.h"
#include "strongroom/store/store.h"

namespace strongroom::node {
namespace {

// The errors of all keyslots that were tried, as one.
Error NoneOpened(std::vector<Error> errors) {
  if (errors.size() == 1) return std::move(errors.front());
  Error error(ErrorCode::kNoKey, "none of the keyslots that were tried opened the bundle");
  for (const Error& each : errors) {
    error.why.push_back(each.message);
    if (error.next.empty()) error.next = each.next;
  }
  return error;
}

}  // namespace

Expected<UnlockedBundle> UnlockVerified(const Node& node, const OpenRequest& request,
                                        VerifiedBundle verified) {
  KeyslotAttempts attempts(node, request, verified);
  const std::vector<std::uint32_t> usable = attempts.Usable();
  if (usable.empty()) return std::unexpected(attempts.NoneUsable());
  std::vector<Error> errors;
  for (const std::uint32_t keyslot : usable) {
    auto opened = attempts.Try(keyslot);
    if (opened) {
      SR_RETURN_IF_ERROR(node.seen.Remember(VersionOf(verified)));
      return UnlockedBundle{std::move(verified), std::move(opened->key), keyslot, std::move(opened->decision),
                            std::move(opened->warnings)};
    }
    if (opened.error().code != ErrorCode::kNoKey) return std::unexpected(std::move(opened).error());
    errors.push_back(std::move(opened).error().With("keyslot " + std::to_string(keyslot)));
  }
  return std::unexpected(NoneOpened(std::move(errors)));
}

Expected<UnlockedBundle> Unlock(const Node& node, const OpenRequest& request) {
  SR_ASSIGN_OR_RETURN(VerifiedBundle verified, VerifyBundle(node, request.bundle, request.expected_id));
  return UnlockVerified(node, request, std::move(verified));
}

Expected<OpenedBundle> Open(const Node& node, const OpenRequest& request) {
  SR_ASSIGN_OR_RETURN(UnlockedBundle unlocked, Unlock(node, request));
  SR_ASSIGN_OR_RETURN(
      auto opened,
      bundle::Bundle::Open(store::MakeDirectoryStore(node.files, request.bundle), unlocked.verified.manifest,
                           unlocked.key, {.bulk = node.bulk, .check_leaves = request.check_leaves}));
  return OpenedBundle{std::move(unlocked), std::move(opened)};
}

Expected<release::Decision> Preview(const Node& node, const OpenRequest& request) {
  SR_ASSIGN_OR_RETURN(const VerifiedBundle verified, VerifyBundle(node, request.bundle, request.expected_id));
  const KeyslotAttempts attempts(node, request, verified);
  const std::vector<std::uint32_t> usable = attempts.Usable();
  std::optional<std::uint32_t> keyslot;
  if (!usable.empty()) keyslot = usable.front();
  return node.broker.Preview(attempts.RequestFor(keyslot));
}

}  // namespace strongroom::node
