// What the entries of a log must be to one another, whoever reads them: from a journal, or from a copy.
#ifndef STRONGROOM_LOG_ENTRY_AUDIT_H_
#define STRONGROOM_LOG_ENTRY_AUDIT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"
#include "strongroom/envelope/note.h"
#include "strongroom/log/entry.h"
#include "strongroom/log/entry_index.h"

namespace strongroom::log {

// EntryAudit takes a log's entries in their order, and knows which of the log's keys must have signed a
// checkpoint over those it took. Not thread-safe.
class EntryAudit {
 public:
  // The keys that have signed the log, the oldest first; at least one. Borrows them.
  explicit EntryAudit(std::span<const envelope::NoteKey> log_keys) : keys_(log_keys) {}

  // Takes entry `index`, the next. kAltered if its time is before that of the entry before, if it is an index
  // record that does not say what the entries before it do, or if it changes a key that did not sign the log
  // then; kUntrusted if it changes the log's key to one that is not the next of the log's keys.
  Status Take(std::uint64_t index, const Entry& entry);

  // Holds the next checkpoint of a journal, over all entries taken so far, to the keys that must have signed
  // it: the present one, and the one before where it vouched for that. `signers` are indices into the log's
  // keys. kUntrusted if one is missing.
  Status CheckCheckpoint(std::span<const std::size_t> signers);

  // Holds the newest checkpoint to its key, which must be the newest that is trusted: with any other key
  // somebody may go on from an older copy, although it was given up. kUntrusted.
  [[nodiscard]] Status CheckHead(std::span<const std::size_t> signers) const;

 private:
  Status TakeRecord(std::uint64_t index, const AccessRecord& record);
  Status TakeRecord(std::uint64_t index, const IndexRecord& record);
  Status TakeRecord(std::uint64_t index, const KeyRecord& record);

  std::span<const envelope::NoteKey> keys_;
  std::size_t current_ = 0;
  std::vector<std::size_t> vouching_;  // keys that the next checkpoint also needs
  EntryIndex index_;
  std::optional<Timestamp> last_time_;
};

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_ENTRY_AUDIT_H_
