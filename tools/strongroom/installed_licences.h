// The signed licences of the home, which packs may ask for.
#ifndef STRONGROOM_INSTALLED_LICENCES_H_
#define STRONGROOM_INSTALLED_LICENCES_H_

#include <vector>

#include "installed_packs.h"
#include "strongroom/policy/facts.h"

namespace strongroom::cli {

struct InstalledLicences {
  std::vector<policy::Licence> licences;
  std::vector<RefusedFile> refused;  // unverified, or expired
};

// LoadInstalledLicences verifies every licence of the home anew. Without a home: none.
Expected<InstalledLicences> LoadInstalledLicences(const home::Home* home, Timestamp now);

// InstallLicence verifies a signed licence and puts it into the home. kDenied if it has expired; otherwise
// the errors of VerifySignedLicence and Home::InstallLicence.
Expected<policy::Licence> InstallLicence(home::Home& home, ByteView file, Timestamp now);

}  // namespace strongroom::cli

#endif  // STRONGROOM_INSTALLED_LICENCES_H_
