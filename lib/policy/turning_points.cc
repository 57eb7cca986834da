#include "policy/turning_points.h"

namespace strongroom::policy {
namespace {

void Add(const Window& window, std::set<Timestamp>& points) {
  if (window.from) points.insert(*window.from);
  if (window.until) points.insert(*window.until);
}

}  // namespace

std::set<Timestamp> TurningPoints(std::span<const Pack* const> packs) {
  std::set<Timestamp> points;
  for (const Pack* pack : packs) {
    Add(pack->valid, points);
    for (const Rule& rule : pack->rules) {
      Add(rule.in_force, points);
      Add(rule.compliance, points);
      Add(rule.enforcement, points);
    }
    for (const RegionList& list : pack->lists) {
      for (const RegionList::Version& version : list.versions) points.insert(version.from);
    }
    for (const CountsAs& counts : pack->counts_as) points.insert(counts.from);
  }
  return points;
}

}  // namespace strongroom::policy
