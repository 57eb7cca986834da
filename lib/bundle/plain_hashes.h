// The plain SHA-256 of files, which the manifest may hold beside the roots for the sake of other tools.
#ifndef STRONGROOM_BUNDLE_PLAIN_HASHES_H_
#define STRONGROOM_BUNDLE_PLAIN_HASHES_H_

#include <span>
#include <stop_token>

#include "strongroom/base/error.h"
#include "strongroom/bundle/manifest.h"
#include "strongroom/store/store.h"

namespace strongroom::bundle {

// Reads every subject's file and sets its `sha256`; several files at once.
Status AddPlainHashes(store::Store& store, std::span<Subject> subjects, unsigned threads,
                      std::stop_token stop);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_PLAIN_HASHES_H_
