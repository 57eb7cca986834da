// Renaming on file systems whose kernel driver lacks the flags of renameat2 (some network and FUSE mounts).
// Each returns 0 or an errno value.
#ifndef STRONGROOM_BASE_RENAME_H_
#define STRONGROOM_BASE_RENAME_H_

#include <string>

namespace strongroom {

// Never overwrites: a file moves by link and unlink; for a directory, rename itself refuses a target that is
// not an empty directory. A crash between link and unlink leaves the file under both names.
int RenameNoReplaceByLink(const std::string& from, const std::string& to);

// Not atomic: between its steps what was at `b` is found at "b.exchange".
int ExchangeByThreeRenames(const std::string& a, const std::string& b);

}  // namespace strongroom

#endif  // STRONGROOM_BASE_RENAME_H_
