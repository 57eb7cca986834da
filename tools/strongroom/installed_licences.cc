#include "installed_licences.h"

#include "strongroom/policy/signed_licence.h"

namespace strongroom::cli {
namespace {

Expected<policy::Licence> VerifyValid(ByteView file, const envelope::TrustStore& trust, Timestamp now) {
  SR_ASSIGN_OR_RETURN(policy::Licence licence, policy::VerifySignedLicence(file, trust));
  if (now < licence.valid_until) return licence;
  return Fail(ErrorCode::kDenied, "licence " + licence.id + " of " + licence.issuer + " expired at " +
                                      ToRfc3339(licence.valid_until));
}

}  // namespace

Expected<InstalledLicences> LoadInstalledLicences(const home::Home* home, Timestamp now) {
  InstalledLicences installed;
  if (home == nullptr) return installed;
  SR_ASSIGN_OR_RETURN(const envelope::TrustStore trust, home->Trust());
  SR_ASSIGN_OR_RETURN(std::vector<home::Document> files, home->Licences());
  for (home::Document& file : files) {
    auto licence = file.bytes ? VerifyValid(*file.bytes, trust, now)
                              : Expected<policy::Licence>(std::unexpected(std::move(file.bytes).error()));
    if (licence) {
      installed.licences.push_back(*std::move(licence));
    } else {
      installed.refused.push_back({std::move(file.path), "", std::move(licence).error()});
    }
  }
  return installed;
}

Expected<policy::Licence> InstallLicence(home::Home& home, ByteView file, Timestamp now) {
  SR_ASSIGN_OR_RETURN(const envelope::TrustStore trust, home.Trust());
  SR_ASSIGN_OR_RETURN(policy::Licence licence, VerifyValid(file, trust, now));
  SR_RETURN_IF_ERROR(home.InstallLicence(licence.issuer, licence.id, file));
  return licence;
}

}  // namespace strongroom::cli
