// What to do about a signed pack or licence that is refused.
#ifndef STRONGROOM_SIGNED_FILE_H_
#define STRONGROOM_SIGNED_FILE_H_

#include "strongroom/base/error.h"

namespace strongroom::cli {

// AboutSignedFile gives an error about one a next step, where it has none.
Error AboutSignedFile(Error error);

}  // namespace strongroom::cli

#endif  // STRONGROOM_SIGNED_FILE_H_
