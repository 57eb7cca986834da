// What both drawings of a world map say beside the tiles.
#ifndef STRONGROOM_POLICY_MAP_LEGEND_H_
#define STRONGROOM_POLICY_MAP_LEGEND_H_

#include <string>
#include <string_view>
#include <vector>

#include "strongroom/policy/world_map.h"

namespace strongroom::policy {

struct LegendEntry {
  Outcome outcome;
  std::string_view words;  // "needs a licence"
  char sign;               // beside a country's code in text
  std::size_t count = 0;   // of countries
};

// An entry for each outcome, the laxest first, counted.
std::vector<LegendEntry> Legend(const WorldMap& map);
std::string_view Words(Outcome outcome);

// The countries for which one rule decided one thing.
struct RuleShare {
  Outcome outcome;
  std::string rule;
  std::string reason;
  std::vector<place::Country> countries;
};
// By outcome, the laxest first, then by how many countries.
std::vector<RuleShare> SharesByRule(const WorldMap& map);

const CountryAnswer* FindAnswer(const WorldMap& map, std::string_view code);  // null where there is none

inline constexpr std::string_view kFootnote =
    "A rule's answer, not legal advice: strongroom policy explain tells why.";

// Displayable replaces what neither XML nor a terminal can bear by U+FFFD: control characters and bytes that
// are not UTF-8.
std::string Displayable(std::string_view text);

// Wrap breaks text that is UTF-8 at spaces, and words that are longer anywhere, into lines of at most `width`
// characters, which is not 0.
std::vector<std::string> Wrap(std::string_view text, std::size_t width);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_MAP_LEGEND_H_
