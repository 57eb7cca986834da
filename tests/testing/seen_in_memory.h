// What was seen of bundles, kept no longer than a test.
#ifndef STRONGROOM_TESTS_TESTING_SEEN_IN_MEMORY_H_
#define STRONGROOM_TESTS_TESTING_SEEN_IN_MEMORY_H_

#include <algorithm>
#include <map>

#include "strongroom/release/seen_versions.h"

namespace strongroom::testing {

class SeenInMemory final : public release::SeenVersions {
 public:
  Status Check(const release::BundleVersion& version) const override {
    const auto sequence = sequences_.find(version.series);
    const auto revision = revisions_.find(version.bundle_id);
    if ((sequence != sequences_.end() && version.sequence < sequence->second) ||
        (revision != revisions_.end() && version.revision < revision->second)) {
      return Fail(ErrorCode::kRolledBack, "older than one seen before");
    }
    return {};
  }
  Status Remember(const release::BundleVersion& version) override {
    std::uint64_t& sequence = sequences_[version.series];
    std::uint64_t& revision = revisions_[version.bundle_id];
    sequence = std::max(sequence, version.sequence);
    revision = std::max(revision, version.revision);
    return {};
  }

 private:
  std::map<std::array<std::uint8_t, 16>, std::uint64_t> sequences_;
  std::map<Digest, std::uint64_t> revisions_;
};

}  // namespace strongroom::testing

#endif  // STRONGROOM_TESTS_TESTING_SEEN_IN_MEMORY_H_
