// A copy of a log that any file server can publish.
#ifndef STRONGROOM_LOG_STATIC_COPY_H_
#define STRONGROOM_LOG_STATIC_COPY_H_

#include <cstdint>
#include <functional>
#include <string>

#include "strongroom/base/file.h"
#include "strongroom/log/log_reader.h"

namespace strongroom::log {

// StaticCopyTarget is the checkpoint of the copy, which the log extends.
struct StaticCopyTarget {
  Checkpoint checkpoint;
  std::string note;
};

struct StaticCopyResult {
  std::uint64_t old_size = 0;       // of the copy that was there
  std::uint64_t files_written = 0;  // the checkpoint included
};

// WriteStaticCopy brings a directory up to a checkpoint: tiles and entry bundles first, each durable before
// it has its name, and the checkpoint last, so that readers always find all that it needs. What is there
// already is kept: a copy that was cut off is continued, and full tiles are never written again. Every byte
// written leads to the checkpoint's root. `progress`, if given, is told how many of the entries are there.
// One writer at a time for each directory.
//
// kExists for a directory with anything else in it; kRolledBack if the copy has more entries already;
// kAltered if it is of another log or history, or a file in it has other bytes. Errors of reading are the
// reader's.
Expected<StaticCopyResult> WriteStaticCopy(
    FileSystem& files, const std::string& directory, LogReader& log, const StaticCopyTarget& target,
    std::span<const envelope::NoteKey> log_keys,
    const std::function<void(std::uint64_t done, std::uint64_t total)>& progress = {});

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_STATIC_COPY_H_
