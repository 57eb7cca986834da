// A file system that fails on purpose: another one, with its operations counted and the n-th made to fail,
// once or from then on.
#ifndef STRONGROOM_SELFTEST_FAULTY_FILE_SYSTEM_H_
#define STRONGROOM_SELFTEST_FAULTY_FILE_SYSTEM_H_

#include <cerrno>
#include <cstdint>
#include <functional>
#include <memory>

#include "strongroom/base/file.h"

namespace strongroom::selftest {

// FaultPlan says which operation fails, and how. Operations are counted from 1 in the order of their calls;
// every call of FileSystem and File that may fail is one. A process that is killed at an operation is one
// whose operations all fail from then on, and whose objects are then dropped.
struct FaultPlan {
  std::uint64_t fail_at = 0;     // 0: never
  bool forever = false;          // every operation from fail_at on, and not that one alone
  int errnum = EIO;              // what it fails with
  bool half_written = false;     // a failing write first writes half of its bytes
  bool done_first = false;       // the operation at fail_at is done, and fails nevertheless
  std::uint64_t operations = 0;  // counted so far
  std::function<void(const FileIdentity&)> sync_failed = {};  // told which file failed to sync; may be empty
  std::function<void()> syncing = {};  // called before each sync of a file; may be empty

  // What becomes of an operation.
  enum class Fate { kDone, kFails, kDoneAndFails };
  // Counts one operation and decides.
  Fate Next();
};

// `under` and `plan` must outlive the file system and the files opened through it; `plan` may be changed
// between operations. Operations may come from several threads at once.
std::unique_ptr<FileSystem> MakeFaultyFileSystem(FileSystem& under, FaultPlan& plan);

}  // namespace strongroom::selftest

#endif  // STRONGROOM_SELFTEST_FAULTY_FILE_SYSTEM_H_
