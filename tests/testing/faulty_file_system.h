// A file system that fails on purpose: the real one, with its operations counted and the n-th made to fail,
// once or from then on.
#ifndef STRONGROOM_TESTS_TESTING_FAULTY_FILE_SYSTEM_H_
#define STRONGROOM_TESTS_TESTING_FAULTY_FILE_SYSTEM_H_

#include <cstdint>
#include <memory>
#include <string>

#include "strongroom/base/file.h"

namespace strongroom::testing {

// FaultPlan says which operation fails, and how. Operations are counted from 1 in the order of their calls;
// every call of FileSystem and File that reaches the kernel is one.
struct FaultPlan {
  std::uint64_t fail_at = 0;     // 0: never
  bool forever = false;          // every operation from fail_at on, and not that one alone
  int errnum = 5;                // EIO, unless the test says otherwise
  bool half_written = false;     // a failing write first writes half of its bytes
  std::uint64_t operations = 0;  // counted so far

  // Counts one operation; whether it is to fail.
  bool Strike();
};

// The plan must outlive the file system and the files opened through it; a test may change it between
// operations. Operations may come from several threads at once.
std::unique_ptr<FileSystem> MakeFaultyFileSystem(FaultPlan& plan);

}  // namespace strongroom::testing

#endif  // STRONGROOM_TESTS_TESTING_FAULTY_FILE_SYSTEM_H_
