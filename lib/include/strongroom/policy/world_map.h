// A world of answers: what packs say for each country, drawn as one labelled square tile a country, near
// where it lies. The drawing is a picture for people; a Decision is what counts. All functions are pure.
#ifndef STRONGROOM_POLICY_WORLD_MAP_H_
#define STRONGROOM_POLICY_WORLD_MAP_H_

#include <span>
#include <string>
#include <vector>

#include "strongroom/policy/facts.h"
#include "strongroom/policy/pack.h"

namespace strongroom::policy {

struct CountryAnswer {
  place::Country country;
  Outcome outcome = Outcome::kUnknown;
  std::string rule;    // that decided, "allied-nations/place-embargoed"
  std::string reason;  // its reason, a plain sentence
};

struct WorldMap {
  std::string question;                // what was asked, in words: the headline
  std::vector<std::string> about;      // when, by which packs, supposing what: lines beneath the headline
  std::vector<CountryAnswer> answers;  // each country at most once; one without an answer is not drawn
};

// Where the operator's headquarters and those of its ultimate parent are, while the place of decryption
// moves.
enum class Headquarters {
  kFollow,  // as the facts state them; else the operator's where the place is, its parent's where the
            // operator's
  kFixed,   // as the facts state them; else missing
};

// AskEveryCountry evaluates the packs for every country in the order of their codes: with node.country that
// country, node.subdivision unstated, and all else as in `facts`. The place has the basis that the facts
// state, declared where they state none.
std::vector<CountryAnswer> AskEveryCountry(std::span<const Pack* const> packs, const Facts& facts,
                                           Timestamp at, Headquarters headquarters);

// MapSvg draws the map as one self-contained SVG 1.1 document, 1200 units wide: neither scripts nor outside
// resources. The answers differ by colour, pattern, mark and words. Any text is escaped; bytes that are not
// UTF-8 and control characters become U+FFFD.
std::string MapSvg(const WorldMap& map);

struct MapTextOptions {
  std::size_t width = 80;  // columns of the terminal
  bool color = false;      // ANSI colours besides the signs
};

// MapText draws it as lines for a terminal, none wider than `width`, which counts as 40 at least: a grid from
// 75 columns on, the countries by answer and rule below 100, and the counts always. Text is cleaned as in
// MapSvg.
std::vector<std::string> MapText(const WorldMap& map, const MapTextOptions& options);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_WORLD_MAP_H_
