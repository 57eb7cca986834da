#include <algorithm>

#include "home/layout.h"
#include "home/pack_memory.h"
#include "home/profile.h"
#include "home/seen.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/home/home.h"

namespace strongroom::home {
namespace {

constexpr std::string_view kDeclarationPreface =
    "# What this node declares of itself: plain, unsigned, read at every run; policies see it on the basis\n"
    "# \"declared\". A fact that is missing here is unknown to a policy, and unknown is refused.\n"
    "# docs/POLICY.md tells what each of these keys means, all of which may be left out:\n"
    "#   country, subdivision, operator, operator_hq, operator_parent_hq, address, listed_ownership,\n"
    "#   entity_list_review, person, person_nationality, end_use, egress,\n"
    "#   authorizations, veu_countries, veu_until, licences,\n"
    "#   storage_security, or each of storage_paragraph_14, storage_paragraph_15, storage_paragraph_18,\n"
    "#   storage_encryption; storage_certificate_until\n"
    "# Countries are ISO 3166-1 alpha-2 codes: country = \"US\"\n";

constexpr std::string_view kFactsExample =
    "# The facts of a model, for `strongroom seal --facts`. The owner signs them into the bundle's "
    "manifest,\n"
    "# which anyone can read. `strongroom policy list` shows what asks for them.\n"
    "[model]\n"
    "label = \"acme-7b\"\n"
    "weights = \"closed\"          # closed | published | derived_published\n"
    "training_ops = \"2.1e26\"     # operations of training, as a decimal number in quotes\n"
    "eccn = \"4E091\"\n"
    "origin = \"US\"\n"
    "owner_hq = \"US\"\n"
    "gp10_chips = false          # trained on chips that the guidance on General Prohibition 10 names?\n"
    "# synthetic_share, base_ops, added_ops and others where they apply: strongroom policy show PACK "
    "--facts\n";

// A home in the making, in a directory of its own.
class Draft {
 public:
  Draft(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

  Status Write(std::string_view entry, std::string_view text) { return Write(entry, AsBytes(text)); }
  Status Write(std::string_view entry, ByteView bytes) {
    return WriteDurably(files_, JoinPath(path_, entry), bytes);
  }
  Status MakeDirectory(std::string_view entry) { return files_.MakeDirectory(JoinPath(path_, entry), 0700); }
  [[nodiscard]] FileSystem& files() const { return files_; }
  [[nodiscard]] std::string PathOf(std::string_view entry) const { return JoinPath(path_, entry); }

 private:
  FileSystem& files_;
  std::string path_;
};

Expected<Profile> MakeProfile(const InitOptions& options) {
  Profile profile{.name = options.name, .roles = options.roles};
  if (profile.name.empty()) profile.name = "strongroom-" + Hex(crypto::RandomBytes(4));
  if (!envelope::IsNoteKeyName(profile.name)) {
    return Fail(ErrorCode::kInvalidArgument, "'" + profile.name + "' cannot be the name of a key",
                "choose a name without spaces and '+'");
  }
  if (profile.roles.empty()) profile.roles = {Role::kOwner, Role::kNode, Role::kCustodian};
  std::ranges::sort(profile.roles);
  const auto repeated = std::ranges::unique(profile.roles);
  profile.roles.erase(repeated.begin(), repeated.end());
  return profile;
}

Status WriteOwnerKeys(Draft& draft, const Profile& profile, envelope::TrustStore& trust) {
  const auto owner = crypto::Ed25519PrivateKey::Generate();
  SR_RETURN_IF_ERROR(draft.Write(kOwnerKeyFile, owner.seed().Expose()));
  SR_RETURN_IF_ERROR(draft.Write(kPolicyKeyFile, crypto::P256PrivateKey::Generate().scalar().Expose()));
  SR_RETURN_IF_ERROR(draft.Write(kJournalKeyFile, WrappingKey::Random().bytes().Expose()));
  return trust.Add({envelope::KeyPurpose::kOwner, {profile.name, owner.public_key()}});
}

Status WriteLog(Draft& draft, const Profile& profile, const Clock& clock, envelope::TrustStore& trust) {
  const auto key = crypto::Ed25519PrivateKey::Generate();
  const std::string origin = LogOriginOf(profile);
  SR_RETURN_IF_ERROR(draft.Write(kLogKeyFile, key.seed().Expose()));
  SR_ASSIGN_OR_RETURN(const auto log,
                      log::Log::Create(draft.files(), draft.PathOf(kLogDirectory), origin, key, clock));
  SR_ASSIGN_OR_RETURN(const std::string note, log::SignCheckpoint(log.checkpoint(), key));
  SR_RETURN_IF_ERROR(draft.Write(kRememberedFile, note));
  return trust.Add({envelope::KeyPurpose::kLog, {origin, key.public_key()}});
}

Status WriteHome(Draft& draft, const Profile& profile, const InitOptions& options, const Clock& clock) {
  envelope::TrustStore trust;
  if (profile.Has(Role::kOwner)) SR_RETURN_IF_ERROR(WriteOwnerKeys(draft, profile, trust));
  SR_RETURN_IF_ERROR(WriteLog(draft, profile, clock, trust));
  for (const envelope::NoteKey& key : options.pack_authorities) {
    SR_RETURN_IF_ERROR(trust.Add({envelope::KeyPurpose::kPackAuthority, key}));
  }
  SR_RETURN_IF_ERROR(draft.Write(kTrustFile, trust.Serialize()));
  SR_RETURN_IF_ERROR(draft.Write(kDeclarationFile, std::string(kDeclarationPreface) + options.declaration));
  SR_RETURN_IF_ERROR(draft.Write(kFactsExampleFile, kFactsExample));
  SR_RETURN_IF_ERROR(draft.Write(kSeenFile, Seen().Serialize()));
  SR_RETURN_IF_ERROR(draft.MakeDirectory(kPacksDirectory));
  SR_RETURN_IF_ERROR(draft.Write(kPacksSeenFile, PackMemory().Serialize()));
  SR_RETURN_IF_ERROR(draft.MakeDirectory(kLicencesDirectory));
  return draft.Write(kProfileFile, SerializeProfile(profile));
}

// An empty directory may stand where the home is to be, as mktemp makes one; nothing else.
Status CheckVacant(FileSystem& files, const std::string& path) {
  const Expected<FileIdentity> found = files.Stat(path);
  if (!found && found.error().code == ErrorCode::kNotFound) return {};
  if (!found) return std::unexpected(found.error());
  if (found->IsDirectory()) {
    SR_ASSIGN_OR_RETURN(const auto names, files.List(path));
    if (names.empty()) return {};
    if (std::ranges::binary_search(names, kProfileFile)) {
      return Fail(ErrorCode::kExists, "there is a home at " + path + " already",
                  "use it, or choose another place with --home");
    }
  }
  return Fail(ErrorCode::kExists, path + " exists and is not an empty directory",
              "choose another place with --home");
}

Status MakeDirectories(FileSystem& files, const std::string& path) {
  const Expected<FileIdentity> found = files.Stat(path);
  if (found || found.error().code != ErrorCode::kNotFound) return {};
  SR_RETURN_IF_ERROR(MakeDirectories(files, ParentDirectory(path)));
  SR_RETURN_IF_ERROR(files.MakeDirectory(path, 0700));
  return files.SyncDirectory(ParentDirectory(path));
}

}  // namespace

Expected<Home> Home::Init(FileSystem& files, const std::string& where, const InitOptions& options,
                          const Clock& clock) {
  const std::string path = WithoutTrailingSlashes(where);
  SR_ASSIGN_OR_RETURN(Profile profile, MakeProfile(options));
  SR_RETURN_IF_ERROR(CheckVacant(files, path));
  SR_RETURN_IF_ERROR(MakeDirectories(files, ParentDirectory(path)));
  const std::string partial = path + ".partial";
  SR_RETURN_IF_ERROR(files.RemoveTree(partial));  // left by a run that was killed
  SR_RETURN_IF_ERROR(files.MakeDirectory(partial, 0700));
  Draft draft(files, partial);
  Status written = WriteHome(draft, profile, options, clock);
  if (written) written = files.SyncDirectory(partial);
  // rename(2) puts a directory in the place of an empty one and of nothing else.
  if (written) written = files.Rename(partial, path);
  if (!written) {
    static_cast<void>(files.RemoveTree(partial));
    return std::unexpected(std::move(written).error().With("make a home at " + path));
  }
  SR_RETURN_IF_ERROR(files.SyncDirectory(ParentDirectory(path)));
  return Home(files, path, std::move(profile));
}

}  // namespace strongroom::home
