// What an entry of the log can be.
#ifndef STRONGROOM_LOG_ENTRY_H_
#define STRONGROOM_LOG_ENTRY_H_

#include <variant>

#include "strongroom/log/index_record.h"
#include "strongroom/log/key_record.h"
#include "strongroom/log/record.h"

namespace strongroom::log {

using Entry = std::variant<AccessRecord, IndexRecord, KeyRecord>;

// ParseEntry parses any of them, by its type. kMalformed as the parser of that type, or for another type.
Expected<Entry> ParseEntry(ByteView bytes);

// When the entry was appended.
Timestamp TimeOf(const Entry& entry);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_ENTRY_H_
