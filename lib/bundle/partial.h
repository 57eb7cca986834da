// A directory that is made under NAME.partial and gets its name when it is whole.
#ifndef STRONGROOM_BUNDLE_PARTIAL_H_
#define STRONGROOM_BUNDLE_PARTIAL_H_

#include <string>

#include "strongroom/base/error.h"
#include "strongroom/base/file.h"

namespace strongroom::bundle {

std::string WithoutSlashes(std::string path);  // at its end
std::string PartialOf(const std::string& name);
Expected<bool> Exists(FileSystem& files, const std::string& path);

// Whether work on `name` may begin: kExists if it is there and not to be replaced (`force`), or if an
// interrupted `work` left a partial one that is neither to be continued (`resume`) nor discarded (`force`).
Status CheckFree(FileSystem& files, const std::string& name, const std::string& work, bool resume,
                 bool force);

// Gives the partial directory its name, durably. With `force`, what had that name is then in the partial
// one's place, for the caller to remove.
Status Publish(FileSystem& files, const std::string& name, bool force);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_PARTIAL_H_
