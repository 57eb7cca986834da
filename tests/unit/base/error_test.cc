#include "strongroom/base/error.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>

namespace strongroom {
namespace {

constexpr ErrorCode kLastCode = ErrorCode::kInterrupted;

TEST(ExitCode, EveryCodeHasTheDocumentedExit) {
  EXPECT_EQ(ExitCode(ErrorCode::kInternal), 1);
  EXPECT_EQ(ExitCode(ErrorCode::kInvalidArgument), 2);
  EXPECT_EQ(ExitCode(ErrorCode::kExists), 2);
  EXPECT_EQ(ExitCode(ErrorCode::kUnsupported), 2);
  EXPECT_EQ(ExitCode(ErrorCode::kMalformed), 3);
  EXPECT_EQ(ExitCode(ErrorCode::kAltered), 3);
  EXPECT_EQ(ExitCode(ErrorCode::kUntrusted), 3);
  EXPECT_EQ(ExitCode(ErrorCode::kRolledBack), 3);
  EXPECT_EQ(ExitCode(ErrorCode::kUnauthenticated), 4);
  EXPECT_EQ(ExitCode(ErrorCode::kDenied), 5);
  EXPECT_EQ(ExitCode(ErrorCode::kAttestation), 6);
  EXPECT_EQ(ExitCode(ErrorCode::kNotFound), 7);
  EXPECT_EQ(ExitCode(ErrorCode::kLogUnavailable), 8);
  EXPECT_EQ(ExitCode(ErrorCode::kUnavailable), 9);
  EXPECT_EQ(ExitCode(ErrorCode::kTruncated), 10);
  EXPECT_EQ(ExitCode(ErrorCode::kQuorum), 11);
  EXPECT_EQ(ExitCode(ErrorCode::kNoKey), 12);
  EXPECT_EQ(ExitCode(ErrorCode::kInterrupted), 130);
}

TEST(Name, EveryCodeHasItsOwn) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(kLastCode); ++code)
    names.insert(Name(static_cast<ErrorCode>(code)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kLastCode) + 1);
}

TEST(Error, ContextReasonAndNextStepAreAdded) {
  const Error error = Error(ErrorCode::kAltered, "leaf 3 differs")
                          .With("shards/00000.shard")
                          .Because("bit rot")
                          .Next("run repair");
  EXPECT_EQ(error.code, ErrorCode::kAltered);
  EXPECT_EQ(error.message, "shards/00000.shard: leaf 3 differs");
  EXPECT_EQ(error.why, std::vector<std::string>{"bit rot"});
  EXPECT_EQ(error.next, "run repair");
}

TEST(FromErrno, CodeSaysWhatToDoNext) {
  EXPECT_EQ(FromErrno(ENOENT, "x").code, ErrorCode::kNotFound);
  EXPECT_EQ(FromErrno(ENOTDIR, "x").code, ErrorCode::kNotFound);
  EXPECT_EQ(FromErrno(ENAMETOOLONG, "x").code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(FromErrno(EISDIR, "x").code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(FromErrno(ELOOP, "x").code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(FromErrno(EEXIST, "x").code, ErrorCode::kExists);
  EXPECT_EQ(FromErrno(EAGAIN, "x").code, ErrorCode::kUnavailable);
  EXPECT_EQ(FromErrno(EIO, "x").code, ErrorCode::kInternal);
  for (const int full : {ENOSPC, EDQUOT}) {
    EXPECT_EQ(FromErrno(full, "x").code, ErrorCode::kUnavailable);
    EXPECT_EQ(FromErrno(full, "x").next, "free some space and run again with --resume");
  }
}

TEST(FromErrno, MessageNamesTheSubjectInLowerCase) {
  EXPECT_EQ(FromErrno(ENOENT, "open model/a").message, "open model/a: no such file or directory");
}

Expected<int> Half(int value) {
  if (value % 2 != 0) return Fail(ErrorCode::kInvalidArgument, "odd");
  return value / 2;
}

Expected<int> Quarter(int value) {
  SR_ASSIGN_OR_RETURN(const int half, Half(value));
  SR_RETURN_IF_ERROR(Half(half));
  return half / 2;
}

TEST(Macros, FirstErrorIsReturned) {
  EXPECT_EQ(Quarter(8).value(), 2);
  EXPECT_EQ(Quarter(6).error().message, "odd");
  EXPECT_EQ(Quarter(7).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace strongroom
