// The file `profile`: what kind of home this is.
#ifndef STRONGROOM_HOME_PROFILE_H_
#define STRONGROOM_HOME_PROFILE_H_

#include <string>

#include "strongroom/home/home.h"

namespace strongroom::home {

std::string SerializeProfile(const Profile& profile);
Expected<Profile> ParseProfile(ByteView bytes);  // kMalformed; kUnsupported for a newer format

}  // namespace strongroom::home

#endif  // STRONGROOM_HOME_PROFILE_H_
