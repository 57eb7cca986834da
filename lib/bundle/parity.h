// Reed-Solomon parity over groups of shards: docs/FORMAT.md section 11.
#ifndef STRONGROOM_BUNDLE_PARITY_H_
#define STRONGROOM_BUNDLE_PARITY_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "bundle/journal.h"
#include "strongroom/base/error.h"
#include "strongroom/bundle/manifest.h"
#include "strongroom/crypto/bulk.h"
#include "strongroom/store/store.h"

namespace strongroom::bundle {

// One group: its members are its data files, then its parity files. All are of one length.
struct ParityGroup {
  std::vector<std::string> data, parity;

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(data.size() + parity.size()); }
  [[nodiscard]] const std::string& Name(std::uint32_t member) const {
    return member < data.size() ? data[member] : parity[member - data.size()];
  }
};
// The groups of so many shards, and last that of the catalogue. Without `spec` every file is a group of its own.
std::vector<ParityGroup> ParityGroups(std::uint32_t shards, const std::optional<ParitySpec>& spec);

// How some members of a group follow from as many others as it has data files.
class ParityMatrix {
 public:
  // `sources`: as many members as the group has data files, ascending; `wanted`: the members to compute.
  ParityMatrix(const ParityGroup& group, std::span<const std::uint32_t> sources,
               std::span<const std::uint32_t> wanted);
  // Computes out[i] for each wanted member from the same range of each source; all ranges have one size. Safe
  // from many threads.
  void Compute(std::size_t size, std::span<const std::uint8_t* const> sources,
               std::span<std::uint8_t* const> out) const;

 private:
  int sources_, wanted_;
  Bytes tables_;
};

// Writes the parity files of one group and their leaves; durable on return.
Expected<std::vector<FinishedFile>> WriteParity(store::Store& store, const ParityGroup& group,
                                                std::uint64_t length, const crypto::BulkCrypto& bulk,
                                                unsigned threads, std::stop_token stop);

// How many leaves of every member of a group one thread works on at once, and how many threads may do so, to keep memory bounded.
std::uint64_t LeavesAtOnce(std::uint32_t members);
unsigned StripeThreads(std::uint32_t members, unsigned threads);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_PARITY_H_
