// Index records: entries by which a log commits to which of the entries before them name which bundle.
// docs/LOG.md is the schema.
#ifndef STRONGROOM_LOG_INDEX_RECORD_H_
#define STRONGROOM_LOG_INDEX_RECORD_H_

#include <cstdint>
#include <string_view>

#include "strongroom/base/bytes.h"
#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"

namespace strongroom::log {

inline constexpr std::string_view kIndexRecordType = "strongroom.index.v1";
// A writer appends an index record as soon as so many entries stand after the last one.
inline constexpr std::uint64_t kIndexInterval = 1024;

// IndexRecord is an entry of the log: the EntryIndex of all entries before it.
struct IndexRecord {
  Timestamp time;
  std::uint64_t entries = 0;  // before it, and so its own index
  std::uint64_t keys = 0;     // in the index
  Digest root{};              // EntryIndex::Root
  friend bool operator==(const IndexRecord&, const IndexRecord&) = default;
};

// Canonical JSON, as access records are.
Bytes SerializeIndexRecord(const IndexRecord& record);
// ParseIndexRecord: kMalformed for anything that SerializeIndexRecord does not write.
Expected<IndexRecord> ParseIndexRecord(ByteView bytes);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_INDEX_RECORD_H_
