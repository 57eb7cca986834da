// Entries of the log for people: a row of a table, and every part of one.
#ifndef STRONGROOM_LOG_ENTRY_TEXT_H_
#define STRONGROOM_LOG_ENTRY_TEXT_H_

#include <cstdint>
#include <string>

#include "output.h"
#include "strongroom/log/entry.h"

namespace strongroom::cli {

// A table of entries; LogEntryRow makes its rows.
Table LogEntryTable();
std::vector<std::string> LogEntryRow(std::uint64_t index, const log::Entry& entry);

// ParseEntry, whose errors then name the entry.
Expected<log::Entry> ParseEntryAt(std::uint64_t index, ByteView entry);

// Every value in an entry on a line of its own, by its name. kMalformed for bytes that are no JSON object.
Expected<std::string> LogEntryText(std::uint64_t index, ByteView entry);

// The same for programs: an object of type "record", with the entry's index and all that is in it.
Status EmitLogEntry(Output& output, std::uint64_t index, ByteView entry);

}  // namespace strongroom::cli

#endif  // STRONGROOM_LOG_ENTRY_TEXT_H_
