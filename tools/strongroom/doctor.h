// What `strongroom doctor` looks at.
#ifndef STRONGROOM_DOCTOR_H_
#define STRONGROOM_DOCTOR_H_

#include <string>
#include <vector>

#include "session.h"

namespace strongroom::cli {

enum class Health { kOk, kWarn, kFail };

struct Check {
  Health health = Health::kOk;
  std::string name;
  std::string finding;
  std::string fix;  // empty where all is well
};

std::vector<Check> MachineChecks(Session& session);  // processor, memory, kernel, libraries, clock
std::vector<Check> TpmChecks(Session& session);
std::vector<Check> HomeChecks(Session& session);  // disk, keys, trust, log
// Installed packs, licences and the screening list; none without a home.
std::vector<Check> PolicyChecks(Session& session);

}  // namespace strongroom::cli

#endif  // STRONGROOM_DOCTOR_H_
