#include "strongroom/base/file.h"
#include "strongroom/bundle/layout.h"
#include "strongroom/keyslot/binding.h"
#include "strongroom/node/open.h"

namespace strongroom::node {
namespace {

bool Exists(FileSystem& files, const std::string& path) {
  return files.Stat(path).has_value();
}

// Tells a bundle that lost a file from a path where no bundle is.
Error MissingFile(FileSystem& files, const std::string& bundle, const std::string& name) {
  if (Exists(files, JoinPath(bundle, bundle::kCatalogueName)) ||
      Exists(files, JoinPath(bundle, bundle::kManifestName))) {
    return Error(ErrorCode::kTruncated, JoinPath(bundle, name) + " is missing",
                 "get the file from where the bundle came from");
  }
  if (Exists(files, bundle + ".partial")) {
    return Error(ErrorCode::kNotFound, "the bundle " + bundle + " was never finished",
                 "run the same seal again with --resume");
  }
  return Error(ErrorCode::kNotFound, "there is no bundle at " + bundle);
}

Expected<Bytes> ReadEnvelope(FileSystem& files, const std::string& bundle, const std::string& name,
                             std::uint64_t limit) {
  Expected<Bytes> bytes = ReadWhole(files, JoinPath(bundle, name), limit);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
    return std::unexpected(MissingFile(files, bundle, name));
  }
  return bytes;
}

Status CheckExpected(const Digest& bundle_id, const std::optional<Digest>& expected_id) {
  if (!expected_id || *expected_id == bundle_id) return {};
  return Fail(ErrorCode::kAltered,
              "this is bundle " + Hex(bundle_id) + ", and " + Hex(*expected_id) + " was expected");
}

}  // namespace

release::BundleVersion VersionOf(const VerifiedBundle& verified) {
  const bundle::Manifest& manifest = verified.manifest.manifest;
  return {manifest.series, manifest.sequence, verified.manifest.bundle_id, verified.keyslots.revision};
}

Expected<VerifiedBundle> VerifyBundle(const Node& node, const std::string& bundle,
                                      const std::optional<Digest>& expected_id) {
  VerifiedBundle verified;
  SR_ASSIGN_OR_RETURN(const Bytes envelope,
                      ReadEnvelope(node.files, bundle, bundle::kManifestName, bundle::kMaxManifestSize));
  SR_ASSIGN_OR_RETURN(verified.manifest, bundle::VerifyManifest(envelope, node.trust));
  SR_RETURN_IF_ERROR(CheckExpected(verified.manifest.bundle_id, expected_id));
  SR_ASSIGN_OR_RETURN(verified.keyslots_envelope,
                      ReadEnvelope(node.files, bundle, bundle::kKeyslotsName, keyslot::kMaxKeyslotsSize));
  const bundle::Manifest& manifest = verified.manifest.manifest;
  auto keyslots = keyslot::ParseKeyslots(verified.keyslots_envelope, manifest.owner.key);
  if (!keyslots) return std::unexpected(std::move(keyslots).error().With(bundle::kKeyslotsName));
  verified.keyslots = *std::move(keyslots);
  SR_RETURN_IF_ERROR(
      keyslot::CheckBinding(verified.keyslots, verified.manifest.bundle_id, manifest.instance));
  SR_RETURN_IF_ERROR(node.seen.Check(VersionOf(verified)));
  return verified;
}

}  // namespace strongroom::node
