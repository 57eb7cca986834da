// The moments at which the text of packs begins or ceases to say something.
#ifndef STRONGROOM_POLICY_TURNING_POINTS_H_
#define STRONGROOM_POLICY_TURNING_POINTS_H_

#include <set>
#include <span>

#include "strongroom/policy/pack.h"

namespace strongroom::policy {

// TurningPoints lists the bounds of the windows of packs and rules, the dates of the versions of their lists,
// and those from which a country counts as another. Between two of them no pack changes.
std::set<Timestamp> TurningPoints(std::span<const Pack* const> packs);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_TURNING_POINTS_H_
