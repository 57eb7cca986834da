#include "strongroom/home/home.h"

#include "home/layout.h"
#include "home/profile.h"
#include "home/seen.h"
#include "strongroom/base/file_lock.h"
#include "strongroom/secret/secret_file.h"

namespace strongroom::home {
namespace {

constexpr std::uint64_t kMaxTextSize = 1 << 20;
constexpr std::uint64_t kMaxSeenSize = std::uint64_t{64} << 20;
constexpr std::size_t kKeySize = 32;

Expected<Seen> ReadSeen(FileSystem& files, const std::string& path) {
  SR_ASSIGN_OR_RETURN(const Bytes bytes, ReadWhole(files, path, kMaxSeenSize));
  auto seen = Seen::Parse(bytes);
  if (!seen) return std::unexpected(std::move(seen).error().With(path));
  return seen;
}

}  // namespace

Expected<Home> Home::Open(FileSystem& files, const std::string& where) {
  const std::string path = WithoutTrailingSlashes(where);
  const Expected<Bytes> bytes = ReadWhole(files, JoinPath(path, kProfileFile), kMaxTextSize);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
    return Fail(ErrorCode::kNotFound, "there is no home at " + path, "make one with: strongroom init");
  }
  if (!bytes) return std::unexpected(bytes.error());
  auto profile = ParseProfile(*bytes);
  if (!profile) return std::unexpected(std::move(profile).error().With(JoinPath(path, kProfileFile)));
  return Home(files, path, *std::move(profile));
}

std::string Home::PathOf(std::string_view entry) const {
  return JoinPath(path_, entry);
}

Expected<Bytes> Home::NodeDeclaration() const {
  auto bytes = ReadWhole(*files_, PathOf(kDeclarationFile), kMaxTextSize);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return Bytes();
  return bytes;
}

Expected<envelope::TrustStore> Home::Trust() const {
  SR_ASSIGN_OR_RETURN(const Bytes text, ReadWhole(*files_, PathOf(kTrustFile), kMaxTextSize));
  auto trust = envelope::TrustStore::Parse(AsText(text));
  if (!trust) return std::unexpected(std::move(trust).error().With(PathOf(kTrustFile)));
  return trust;
}

Status Home::ChangeTrust(const std::function<Status(envelope::TrustStore&)>& change) {
  SR_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Take(*files_, PathOf(kLockFile)));
  SR_ASSIGN_OR_RETURN(envelope::TrustStore trust, Trust());
  SR_RETURN_IF_ERROR(change(trust));
  return WriteDurably(*files_, PathOf(kTrustFile), AsBytes(trust.Serialize()));
}

Expected<SecretBytes> Home::ReadSecret(std::string_view entry) const {
  return ReadSecretFile(*files_, PathOf(entry), kKeySize);
}

Expected<crypto::Ed25519PrivateKey> Home::OwnerKey() const {
  SR_ASSIGN_OR_RETURN(SecretBytes seed, ReadOwnerSecret(kOwnerKeyFile));
  return crypto::Ed25519PrivateKey::FromSeed(std::move(seed));
}

Expected<crypto::P256PrivateKey> Home::PolicyKey() const {
  SR_ASSIGN_OR_RETURN(SecretBytes scalar, ReadOwnerSecret(kPolicyKeyFile));
  return crypto::P256PrivateKey::FromScalar(std::move(scalar));
}

Expected<WrappingKey> Home::JournalKey() const {
  SR_ASSIGN_OR_RETURN(SecretBytes key, ReadOwnerSecret(kJournalKeyFile));
  return WrappingKey::From(std::move(key));
}

Expected<SecretBytes> Home::ReadOwnerSecret(std::string_view entry) const {
  if (!profile_.Has(Role::kOwner)) {
    return Fail(ErrorCode::kNotFound,
                "the home at " + path_ + " is not an owner's: it has no " + std::string(entry),
                "use a home made with --role owner");
  }
  return ReadSecret(entry);
}

Status Home::CheckSeen(const SeriesId& series, std::uint64_t sequence, const Digest& bundle_id,
                       std::uint64_t revision) const {
  SR_ASSIGN_OR_RETURN(const Seen seen, ReadSeen(*files_, PathOf(kSeenFile)));
  return seen.Check(series, sequence, bundle_id, revision);
}

Status Home::RememberSeen(const SeriesId& series, std::uint64_t sequence, const Digest& bundle_id,
                          std::uint64_t revision) {
  SR_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Take(*files_, PathOf(kLockFile)));
  SR_ASSIGN_OR_RETURN(Seen seen, ReadSeen(*files_, PathOf(kSeenFile)));
  if (!seen.Raise(series, sequence, bundle_id, revision)) return {};
  return WriteDurably(*files_, PathOf(kSeenFile), AsBytes(seen.Serialize()));
}

}  // namespace strongroom::home
