#include "bundle_files.h"

namespace strongroom::cli {
namespace {

Expected<envelope::TrustStore> TrustedOwners(Session& session, const Arguments& arguments) {
  if (const auto text = arguments.Optional("owner")) {
    auto key = envelope::ParseNoteKey(*text);
    if (!key) return std::unexpected(AsUsage(std::move(key).error()).With("--owner"));
    envelope::TrustStore trust;
    SR_RETURN_IF_ERROR(trust.Add({.purpose = envelope::KeyPurpose::kOwner, .key = *std::move(key)}));
    return trust;
  }
  auto home = session.OpenHome();
  if (!home)
    return std::unexpected(std::move(home).error().Next(
        "strongroom init makes a home; or say whose bundle it is by --owner VKEY"));
  return home->Trust();
}

}  // namespace

Expected<std::unique_ptr<store::Store>> OpenStore(Session& session, const std::string& bundle) {
  const auto identity = session.files().Stat(bundle);
  if (!identity) return std::unexpected(identity.error());
  if (!identity->IsDirectory())
    return Fail(ErrorCode::kNotFound, bundle + " is not a bundle: it is not a directory");
  return store::MakeDirectoryStore(session.files(), bundle);
}

Expected<Bytes> ReadManifestFile(Session& session, const std::string& bundle) {
  SR_ASSIGN_OR_RETURN(const auto store, OpenStore(session, bundle));
  const std::string path = JoinPath(bundle, bundle::kManifestName);
  auto bytes = ReadWhole(session.files(), path, bundle::kMaxManifestSize);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound)
    return Fail(ErrorCode::kTruncated, path + " is missing");
  return bytes;
}

Expected<bundle::VerifiedManifest> ReadVerifiedManifest(Session& session, const Arguments& arguments,
                                                        const std::string& bundle) {
  SR_ASSIGN_OR_RETURN(const Bytes envelope, ReadManifestFile(session, bundle));
  SR_ASSIGN_OR_RETURN(const envelope::TrustStore trust, TrustedOwners(session, arguments));
  return bundle::VerifyManifest(envelope, trust);
}

}  // namespace strongroom::cli
