// What was seen of a bundle before, so that nothing older is accepted again.
#ifndef STRONGROOM_RELEASE_SEEN_VERSIONS_H_
#define STRONGROOM_RELEASE_SEEN_VERSIONS_H_

#include <array>
#include <cstdint>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"

namespace strongroom::release {

// BundleVersion says how new a bundle and its keyslots are. Both numbers only grow.
struct BundleVersion {
  std::array<std::uint8_t, 16> series{};
  std::uint64_t sequence = 0;  // of the seal in its series
  Digest bundle_id{};
  std::uint64_t revision = 0;  // of the bundle's keyslots
};

// SeenVersions is the memory of a node or custodian. Implemented over the home by the program that has one.
class SeenVersions {
 public:
  virtual ~SeenVersions() = default;
  // kRolledBack if a higher sequence or revision was seen before.
  virtual Status Check(const BundleVersion& version) const = 0;
  // Durable when it returns. Lower numbers than those kept change nothing.
  virtual Status Remember(const BundleVersion& version) = 0;
};

}  // namespace strongroom::release

#endif  // STRONGROOM_RELEASE_SEEN_VERSIONS_H_
