// Countries, as ISO 3166-1 alpha-2 names them. A Country can be had only from a code that is assigned today,
// so that nothing else in the program has to ask whether a code is valid. Whether one country counts as
// another is a matter for policy packs, not for this table: HK and CN are two countries here.
#ifndef STRONGROOM_PLACE_COUNTRY_H_
#define STRONGROOM_PLACE_COUNTRY_H_

#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

#include "strongroom/base/error.h"

namespace strongroom::place {

// Country is an immutable value, two bytes small, ordered by code.
class Country {
 public:
  // Parse accepts the 249 officially assigned codes and XK, the user-assigned code by which export tables
  // name Kosovo; upper case only. A retired, reserved or unknown code is kMalformed: the message names it,
  // and the next step says what to write instead where that is known.
  static Expected<Country> Parse(std::string_view code);

  [[nodiscard]] std::string_view code() const;  // "GB"; static storage
  [[nodiscard]] std::string_view name() const;  // the English short name, for messages; static storage

  friend auto operator<=>(const Country&, const Country&) = default;

 private:
  friend std::vector<Country> AllCountries();
  explicit Country(std::uint16_t row) : row_(row) {}
  std::uint16_t row_;  // of the table of countries, which is sorted by code
};

// AllCountries returns every country once, ordered by code.
std::vector<Country> AllCountries();

}  // namespace strongroom::place

#endif  // STRONGROOM_PLACE_COUNTRY_H_
