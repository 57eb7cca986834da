// A bundle's signed documents as commands that need no key read them.
#ifndef STRONGROOM_BUNDLE_FILES_H_
#define STRONGROOM_BUNDLE_FILES_H_

#include <string>

#include "command.h"
#include "session.h"
#include "strongroom/bundle/manifest.h"
#include "strongroom/store/store.h"

namespace strongroom::cli {

inline constexpr Option kOwnerOption = {
    .name = "owner",
    .value = "VKEY",
    .help = "trust this owner's key, and look into no home: for a site that only stores bundles"};

// The bundle's folder: kNotFound if there is none.
Expected<std::unique_ptr<store::Store>> OpenStore(Session& session, const std::string& bundle);
// manifest.json, at most kMaxManifestSize bytes; kTruncated if it is missing from a folder that is there.
Expected<Bytes> ReadManifestFile(Session& session, const std::string& bundle);
// Verified against the home's trusted owners, or against --owner alone.
Expected<bundle::VerifiedManifest> ReadVerifiedManifest(Session& session, const Arguments& arguments,
                                                        const std::string& bundle);

}  // namespace strongroom::cli

#endif  // STRONGROOM_BUNDLE_FILES_H_
