// The file `packs.seen`: which packs this home has had installed, whatever became of their files.
#ifndef STRONGROOM_HOME_PACK_MEMORY_H_
#define STRONGROOM_HOME_PACK_MEMORY_H_

#include <string>
#include <vector>

#include "strongroom/home/home.h"

namespace strongroom::home {

// PackMemory is one PackSeen for each authority and id, sorted by these. A value; its text form is canonical
// JSON.
class PackMemory {
 public:
  static Expected<PackMemory> Parse(ByteView bytes);
  [[nodiscard]] std::string Serialize() const;

  [[nodiscard]] const std::vector<PackSeen>& packs() const { return packs_; }
  // kRolledBack, kExists or kDenied, as Home::InstallPack says.
  [[nodiscard]] Status Check(const PackVersion& pack) const;
  // Keeps what is newer than before, and what it revokes. The pack has passed Check.
  void Remember(const PackVersion& pack);

 private:
  std::vector<PackSeen> packs_;
};

}  // namespace strongroom::home

#endif  // STRONGROOM_HOME_PACK_MEMORY_H_
