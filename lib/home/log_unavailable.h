// The error of a home whose access log cannot be used.
#ifndef STRONGROOM_HOME_LOG_UNAVAILABLE_H_
#define STRONGROOM_HOME_LOG_UNAVAILABLE_H_

#include "strongroom/base/error.h"

namespace strongroom::home {

// Whatever is wrong with the key or the memory of a log, the log cannot be used.
Error LogUnavailable(Error cause);

}  // namespace strongroom::home

#endif  // STRONGROOM_HOME_LOG_UNAVAILABLE_H_
