// Which packs a policy verb is about: installed ones by name, or packs in the making by path.
#ifndef STRONGROOM_PACK_CHOICE_H_
#define STRONGROOM_PACK_CHOICE_H_

#include <string>
#include <vector>

#include "installed_packs.h"

namespace strongroom::cli {

// PackChoice holds what was chosen. It can be moved, not copied: `chosen` points into `available`.
struct PackChoice {
  PackChoice() = default;
  PackChoice(PackChoice&&) = default;
  PackChoice& operator=(PackChoice&&) = default;

  std::vector<policy::Pack> available;      // every installed pack, and those that came by a path
  std::vector<const policy::Pack*> chosen;  // in the order of their names; bases of overlays not added
  std::vector<Digest> revokes;              // other versions that signed packs which came by a path revoke
};

// ChoosePacks finds each of `names`: "ID" or "AUTHORITY/ID" of an installed pack; else the path of a folder
// with pack.toml, or of a signed pack, FILE.pack, which is verified as if it were installed. No names: every
// installed pack, the newest versions. kNotFound, kInvalidArgument, and what loading says.
Expected<PackChoice> ChoosePacks(Session& session, const std::vector<std::string>& names);

// The same among packs that were loaded already; what was refused then is not told again.
Expected<PackChoice> ChoosePacks(Session& session, const std::vector<std::string>& names,
                                 InstalledPacks installed);

}  // namespace strongroom::cli

#endif  // STRONGROOM_PACK_CHOICE_H_
