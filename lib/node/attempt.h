// Trying the keyslots of a bundle, one at a time.
#ifndef STRONGROOM_NODE_ATTEMPT_H_
#define STRONGROOM_NODE_ATTEMPT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "strongroom/node/open.h"

namespace strongroom::node {

// KeyslotAttempts borrows all it is made of.
class KeyslotAttempts {
 public:
  KeyslotAttempts(const Node& node, const OpenRequest& request, const VerifiedBundle& verified)
      : node_(node), request_(request), verified_(verified) {}

  // The keyslots that there is a source for, enforced ones first.
  [[nodiscard]] std::vector<std::uint32_t> Usable() const;

  struct Opened {
    BundleKey key;
    release::Decision decision;
    std::vector<std::string> warnings;
  };
  // Try asks for one keyslot, opens it, and compares the key with the manifest's commitment. If it was
  // permitted and fails, that is recorded.
  Expected<Opened> Try(std::uint32_t keyslot);

  // Asks all the same where no keyslot is usable, so that a log that cannot be written or a policy that
  // refuses is said first; then kNoKey, saying what source each keyslot would need.
  Error NoneUsable();

  [[nodiscard]] release::ReleaseRequest RequestFor(std::optional<std::uint32_t> keyslot) const;

 private:
  Expected<keyslot::Unlocked> Unlock(std::uint32_t keyslot, const log::Receipt& receipt);
  Status ReadSecret();
  Error Failed(std::optional<std::uint32_t> keyslot, Error error, const std::string& reason);

  const Node& node_;
  const OpenRequest& request_;
  const VerifiedBundle& verified_;
  std::optional<keyslot::RecoverySecret> secret_;
};

}  // namespace strongroom::node

#endif  // STRONGROOM_NODE_ATTEMPT_H_
