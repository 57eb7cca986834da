// How far a long piece of work has come.
#ifndef STRONGROOM_BUNDLE_PROGRESS_H_
#define STRONGROOM_BUNDLE_PROGRESS_H_

#include <cstdint>
#include <functional>

namespace strongroom::bundle {

struct Progress {
  std::uint64_t done = 0;   // bytes
  std::uint64_t total = 0;  // bytes; done == total exactly once, at the end
};

// Called at most about ten times a second, by one thread at a time but not always the same one. May be empty.
// Must not throw.
using ProgressFunction = std::function<void(const Progress&)>;

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_PROGRESS_H_
