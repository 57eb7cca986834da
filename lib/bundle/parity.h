// Reed-Solomon parity over groups of shards: docs/FORMAT.md section 11.
#ifndef STRONGROOM_BUNDLE_PARITY_H_
#define STRONGROOM_BUNDLE_PARITY_H_

#include <cstdint>
#include <functional>
#include <memory>
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

// One group: its members are its shards, then its parity files.
struct ParityGroup {
  std::uint32_t first_shard = 0;
  std::uint32_t shards = 0;
  std::uint32_t first_parity = 0;
  std::uint32_t parity = 0;

  [[nodiscard]] std::uint32_t members() const { return shards + parity; }
  [[nodiscard]] std::string MemberName(std::uint32_t member) const;
};
std::vector<ParityGroup> ParityGroups(std::uint32_t shards, const ParitySpec& spec);

// How some members of a group follow from as many others as it has shards.
class ParityMatrix {
 public:
  // `sources`: as many members as the group has shards, ascending; `wanted`: the members to compute.
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
                                                std::uint64_t shard_length, const crypto::BulkCrypto& bulk,
                                                unsigned threads, std::stop_token stop);

// How many leaves of every member of a group one thread works on at once, and how many threads may do so, to keep memory bounded.
std::uint64_t LeavesAtOnce(std::uint32_t members);
unsigned StripeThreads(std::uint32_t members, unsigned threads);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_PARITY_H_
