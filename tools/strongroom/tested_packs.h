// Packs with their own cases, which `policy test` runs: also where they fail, and would not load.
#ifndef STRONGROOM_TESTED_PACKS_H_
#define STRONGROOM_TESTED_PACKS_H_

#include <string>
#include <vector>

#include "installed_packs.h"

namespace strongroom::cli {

struct TestedPack {
  policy::Pack pack;
  Bytes cases;  // cases.csv
};

struct TestedPacks {
  std::vector<TestedPack> packs;        // in the order of their names
  std::vector<policy::Pack> available;  // every installed pack: the bases of overlays, and what cases name
};

// ReadTestedPacks finds each of `names` as ChoosePacks does, but runs no cases of a pack in a folder. No
// names: every installed pack that is not superseded.
Expected<TestedPacks> ReadTestedPacks(Session& session, const std::vector<std::string>& names);

}  // namespace strongroom::cli

#endif  // STRONGROOM_TESTED_PACKS_H_
