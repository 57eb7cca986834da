// The packs that can decide on this machine: those compiled into the program, and the signed ones of the
// home.
#ifndef STRONGROOM_INSTALLED_PACKS_H_
#define STRONGROOM_INSTALLED_PACKS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session.h"
#include "strongroom/policy/signed_pack.h"

namespace strongroom::cli {

// Where a pack came from. A pack of the program has neither file nor signature.
struct PackOrigin {
  std::string path;
  std::optional<policy::VerifiedPack> verified;
};

// A file of the home that does not load, and so decides nothing.
struct RefusedFile {
  std::string path;
  std::string name;  // "acme/rules@3"; empty where not even that is sure
  Error reason;
};

struct InstalledPacks {
  std::vector<policy::Pack> packs;
  std::vector<PackOrigin> origins;  // of each of them
  std::vector<RefusedFile> refused;
};

// LoadInstalledPacks verifies every file of the home anew: signature, trust, expiry, revocation, content and
// cases. An older version stays loaded for the bundles that are frozen to it, but is marked superseded as
// soon as a newer one was ever installed, whatever became of that. Without a home: the packs of the program.
Expected<InstalledPacks> LoadInstalledPacks(const home::Home* home, Timestamp now);

// NoteRefused tells a person which files were left out, and why.
void NoteRefused(Session& session, const std::vector<RefusedFile>& refused);

// The same with the session's home, if there is one.
Expected<InstalledPacks> LoadInstalledPacks(Session& session);

// FindPack finds a pack by "ID" or "AUTHORITY/ID", the newest version. kNotFound, which says so where one
// does not load; kInvalidArgument if several authorities have a pack of that id.
Expected<const policy::Pack*> FindPack(const InstalledPacks& installed, std::string_view name);

// InstallPack verifies and loads a signed pack, then puts it into the home. Errors are those of
// VerifySignedPack, LoadVerifiedPack and Home::InstallPack, and of the last also against the program's packs.
Expected<policy::VerifiedPack> InstallPack(home::Home& home, ByteView file, Timestamp now);

}  // namespace strongroom::cli

#endif  // STRONGROOM_INSTALLED_PACKS_H_
