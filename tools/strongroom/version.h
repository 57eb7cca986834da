// The version of this program and of the libraries in it.
#ifndef STRONGROOM_VERSION_H_
#define STRONGROOM_VERSION_H_

#include <string>
#include <utility>
#include <vector>

#include "output.h"

namespace strongroom::cli {

std::vector<std::pair<std::string, std::string>> LibraryVersions();  // name, version: as loaded now
void PrintVersion(Output& output);

}  // namespace strongroom::cli

#endif  // STRONGROOM_VERSION_H_
