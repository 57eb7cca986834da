// The file `seen`: how new the bundles are that this home has met.
#ifndef STRONGROOM_HOME_SEEN_H_
#define STRONGROOM_HOME_SEEN_H_

#include <cstdint>
#include <map>
#include <string>

#include "strongroom/home/home.h"

namespace strongroom::home {

// Seen is the highest sequence of each series and the highest keyslots revision of each bundle. A value; its
// text form is canonical JSON: {"bundles":{"<id>":1},"format":1,"series":{"<series>":1}}.
class Seen {
 public:
  static Expected<Seen> Parse(ByteView bytes);
  [[nodiscard]] std::string Serialize() const;

  [[nodiscard]] Status Check(const SeriesId& series, std::uint64_t sequence, const Digest& bundle_id,
                             std::uint64_t revision) const;
  // Keeps what is higher than before; false if nothing was.
  bool Raise(const SeriesId& series, std::uint64_t sequence, const Digest& bundle_id, std::uint64_t revision);

 private:
  using Highest = std::map<std::string, std::uint64_t, std::less<>>;  // by the hexadecimal name
  Highest series_;
  Highest bundles_;
};

}  // namespace strongroom::home

#endif  // STRONGROOM_HOME_SEEN_H_
