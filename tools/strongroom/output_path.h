// Where results may go: not over what they are made from, nor over the home, also with --force.
#ifndef STRONGROOM_OUTPUT_PATH_H_
#define STRONGROOM_OUTPUT_PATH_H_

#include <string>

#include "strongroom/base/error.h"

namespace strongroom::cli {

// CheckApart refuses an output that is, holds or lies in `other`, or that has no name of its own.
Status CheckApart(const std::string& output, const std::string& other);

}  // namespace strongroom::cli

#endif  // STRONGROOM_OUTPUT_PATH_H_
