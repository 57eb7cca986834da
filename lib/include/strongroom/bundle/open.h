// Opening a whole bundle: its files, decrypted, in a directory.
#ifndef STRONGROOM_BUNDLE_OPEN_H_
#define STRONGROOM_BUNDLE_OPEN_H_

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "strongroom/base/error.h"
#include "strongroom/base/file.h"
#include "strongroom/bundle/progress.h"
#include "strongroom/bundle/read.h"

namespace strongroom::bundle {

struct OpenOptions {
  // Shell patterns on whole paths, where '*' and '?' match '/' too; empty: everything.
  std::vector<std::string> only{};
  bool resume = false;   // keep the files that an interrupted run completed
  bool force = false;    // replace the directory, discard DIR.partial
  unsigned threads = 0;  // 0: all cores; at most 64
};

struct OpenTotals {
  std::uint64_t files = 0, directories = 0, symlinks = 0;
  std::uint64_t size = 0;
  std::uint64_t resumed_files = 0;  // that were complete already
};

// What OpenInto would write. kNotFound if `only` selects nothing.
Expected<OpenTotals> SurveyBundle(const Bundle& bundle, const OpenOptions& options);

// OpenInto writes the model's files to `directory`: into DIRECTORY.partial, each file with mode 0600 until it
// is complete and durable, then all of it renamed. kExists if the directory or (without resume) the partial
// one is there; kUnavailable if the disk is full; kInterrupted when stopped; otherwise the errors of reading.
// Nothing appears under the final name before all of it is right.
Expected<OpenTotals> OpenInto(const Bundle& bundle, FileSystem& files, const std::string& directory,
                              const OpenOptions& options, const ProgressFunction& progress,
                              std::stop_token stop);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_OPEN_H_
