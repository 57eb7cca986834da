// What a log has promised, and whether it keeps it.
#ifndef STRONGROOM_SELFTEST_PROMISES_H_
#define STRONGROOM_SELFTEST_PROMISES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "selftest/trial_log.h"
#include "strongroom/selftest/campaign.h"

namespace strongroom::selftest {

// One answer of a log: this entry is at that index, under that checkpoint.
struct Promise {
  std::uint64_t index = 0;
  Digest leaf_hash{};
  std::uint64_t size = 0;  // of the checkpoint
  Digest root{};
};

Promise PromiseOf(const log::Receipt& receipt);

// Promises gathers a log's answers. A value type.
class Promises {
 public:
  void Keep(const Promise& promise);
  // The same for a receipt, which must verify against the log's key.
  void Keep(const log::Receipt& receipt, const envelope::NoteKey& log_key);

  [[nodiscard]] std::size_t count() const { return kept_.size(); }
  // The last checkpoint promised.
  [[nodiscard]] std::optional<log::Checkpoint> LastCheckpoint(const std::string& origin) const;

  // Opens the log anew and appends to it, which must work; reads it whole, journal and published tiles, which
  // must agree; and holds it to every promise, which must be in it as made, under a root that its entries
  // reproduce. Adds what it finds to the report; `where` says in which run.
  void HoldTo(const TrialLog& trial, FileSystem& files, CampaignReport& report,
              const std::string& where) const;

 private:
  std::vector<Promise> kept_;
  std::uint64_t not_verified_ = 0;
};

}  // namespace strongroom::selftest

#endif  // STRONGROOM_SELFTEST_PROMISES_H_
