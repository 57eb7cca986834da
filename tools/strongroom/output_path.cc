#include "output_path.h"

#include <algorithm>
#include <filesystem>

namespace strongroom::cli {
namespace {

namespace fs = std::filesystem;

// With symbolic links followed as far as it exists.
fs::path Resolved(const std::string& path) {
  std::error_code failed;
  const fs::path absolute = fs::absolute(path, failed);
  fs::path resolved = fs::weakly_canonical(absolute, failed);
  return failed ? absolute.lexically_normal() : resolved;
}

bool IsOrHolds(const fs::path& outer, const fs::path& inner) {
  return std::ranges::mismatch(outer, inner).in1 == outer.end();
}

}  // namespace

Status CheckApart(const std::string& output, const std::string& other) {
  const fs::path name = fs::path(output).filename();
  if (name.empty() || name == "." || name == "..") {
    return Fail(ErrorCode::kInvalidArgument, "--output " + output + " has no name of its own",
                "name a directory that is to be made");
  }
  const fs::path here = Resolved(output);
  const fs::path there = Resolved(other);
  if (!IsOrHolds(here, there) && !IsOrHolds(there, here)) return {};
  return Fail(ErrorCode::kInvalidArgument, "--output " + output + " and " + other + " lie in one another",
              "choose an output elsewhere");
}

}  // namespace strongroom::cli
