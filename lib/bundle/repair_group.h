// Rebuilding the damaged files of one group: the files that parity ties together, or one that stands alone.
#ifndef STRONGROOM_BUNDLE_REPAIR_GROUP_H_
#define STRONGROOM_BUNDLE_REPAIR_GROUP_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "bundle/parity.h"
#include "bundle/progress_meter.h"
#include "strongroom/base/error.h"
#include "strongroom/bundle/manifest.h"
#include "strongroom/crypto/bulk.h"
#include "strongroom/store/store.h"

namespace strongroom::bundle {

// One file of a group.
struct RepairMember {
  const Subject* subject = nullptr;
  const Subject* leaves_subject = nullptr;
  bool damaged = false;
  std::unique_ptr<File> file;                // if there is one
  std::optional<std::vector<Digest>> leaves;  // those that were signed, of a damaged file, if its .leaves can be believed

  // Of a damaged file:
  std::unique_ptr<File> rebuilt;
  std::vector<Digest> rebuilt_leaves;
  std::atomic<std::uint64_t> leaves_made = 0;   // from other files
  std::atomic<std::uint64_t> leaves_lost = 0;   // that could not be made
};

class RepairGroup {
 public:
  // `members`: in the order of `shape`.
  RepairGroup(store::Store& store, const ParityGroup& shape, std::vector<std::unique_ptr<RepairMember>> members);

  // Rebuilds every damaged member under a temporary name. Its error is one of writing.
  Status Rebuild(const crypto::BulkCrypto& bulk, unsigned threads, ProgressMeter& meter, std::stop_token stop);
  // Gives a rebuilt member its name if it has the signed root; the reason if it has not.
  Expected<std::optional<std::string>> Publish(RepairMember& member);

  [[nodiscard]] const std::vector<std::unique_ptr<RepairMember>>& members() const { return members_; }

 private:
  struct Scratch;
  Status RebuildStripe(Scratch& scratch, std::uint64_t first, std::uint64_t count);
  // Reads what there is of a member and says of each leaf whether it is good.
  void ReadStripe(Scratch& scratch, std::uint32_t member, std::uint64_t first, std::uint64_t count);
  void RebuildLeaf(Scratch& scratch, std::uint64_t in_stripe, std::uint64_t size);
  Status WriteStripe(Scratch& scratch, std::uint32_t member, std::uint64_t first, std::uint64_t count);

  store::Store& store_;
  const ParityGroup shape_;
  const std::vector<std::unique_ptr<RepairMember>> members_;
  const std::uint64_t length_;
};

// The name that a file has while it is rebuilt.
std::string RepairName(const std::string& name);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_REPAIR_GROUP_H_
