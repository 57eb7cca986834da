// What the kernel says of a mounted file system, in our words.
#ifndef STRONGROOM_BASE_VOLUME_H_
#define STRONGROOM_BASE_VOLUME_H_

#include <sys/vfs.h>

#include "strongroom/base/file.h"

namespace strongroom {

Volume DescribeVolume(const struct statfs& found);

}  // namespace strongroom

#endif  // STRONGROOM_BASE_VOLUME_H_
