#include "node/allowed_keyslots.h"

#include <algorithm>

namespace strongroom::node {

Status CheckAllowed(const Node& node, const std::vector<NewKeyslot>& keyslots, bool cooperative_allowed,
                    release::Event refusal) {
  if (keyslots.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "a bundle without keyslots could never be opened",
                "name at least one with --to");
  }
  const bool cooperative = std::ranges::any_of(
      keyslots, [](const NewKeyslot& keyslot) { return Class(keyslot) == log::KeyslotClass::kCooperative; });
  if (!cooperative || cooperative_allowed) return {};
  Error error(ErrorCode::kDenied,
              "the bundle allows enforced keyslots alone, and a cooperative one is asked for",
              "name custodians with --to, or allow cooperative keyslots in a new seal");
  refusal.reasons = {error.message};
  SR_RETURN_IF_ERROR(node.broker.Report(refusal));
  return std::unexpected(std::move(error));
}

}  // namespace strongroom::node
