#include "strongroom/policy/tile_layout.h"

namespace strongroom::policy {
namespace {

// Made for this program from the approximate latitude and longitude of each country: placed row by row, then
// corrected where a pair of land neighbours stood apart or the wrong way round. Of 325 land borders 251 are
// between tiles that touch; seas stay empty, except that the dense regions (Europe, the Caribbean, the
// Pacific) are spread out and islands stand near their region rather than at scale.
constexpr std::string_view kRows[kTileRows] = {
    ".. .. .. .. .. .. .. .. .. .. .. .. SJ .. .. .. .. .. .. .. .. .. .. .. ..",
    ".. .. .. .. .. .. GL .. IS .. .. NO SE FI .. .. .. .. .. .. .. .. .. .. ..",
    ".. .. .. .. .. .. .. .. .. FO .. .. .. AX EE .. .. .. .. .. .. .. .. .. ..",
    ".. .. .. .. .. .. .. .. IE IM GB .. DK .. LV BY RU .. .. .. .. .. .. .. ..",
    ".. .. .. .. .. .. .. .. .. GG BE NL DE PL LT UA .. .. .. .. .. .. .. .. ..",
    ".. CA .. PM .. BM .. .. .. JE LU FR CZ SK HU RO MD .. .. .. .. .. .. .. ..",
    ".. US .. BS TC .. .. .. .. PT ES CH AT SI RS BG .. .. .. .. KZ .. .. .. ..",
    ".. MX .. CU HT DO PR .. .. GI AD LI IT HR BA XK MK .. GE .. UZ KG MN KP ..",
    "GT BZ .. KY JM VI VG AI .. .. MC SM VA .. ME AL GR TR AM AZ TM TJ CN KR JP",
    "SV HN .. .. SX MF BL .. .. .. .. .. MT .. .. CY LB SY IQ IR AF NP BT HK TW",
    ".. NI .. KN MS GP AG .. .. MA DZ TN LY EG .. PS IL JO KW .. PK IN BD MO ..",
    ".. CR .. .. DM MQ LC .. EH MR ML NE TD SD ER .. .. SA BH QA .. LK MM LA VN",
    ".. PA AW CW BQ VC BB .. GM SN BF BJ NG SS ET DJ .. YE OM AE .. .. TH KH PH",
    ".. .. .. VE TT GD .. .. GW GN GH TG CM CF UG KE SO .. .. .. MV .. MY BN MP",
    ".. EC CO GY SR GF .. CV SL LR CI GQ CG CD RW TZ .. .. SC .. IO SG ID TL GU",
    ".. PE BO BR .. .. .. .. .. .. ST GA AO ZM BI MZ .. KM .. .. CX .. PG PW FM",
    ".. CL PY UY .. .. .. .. .. SH .. .. NA ZW MW .. YT MG MU .. CC .. SB NR MH",
    ".. .. AR .. .. .. .. .. .. .. .. .. BW ZA SZ .. .. RE .. .. AU .. VU TV KI",
    ".. .. .. FK .. .. .. .. .. .. .. .. .. LS .. .. .. .. .. .. .. NC FJ WF UM",
    ".. .. .. .. .. GS .. .. .. .. .. .. .. .. .. .. .. TF .. .. .. NF TO WS TK",
    ".. .. .. .. .. .. .. .. .. .. .. BV .. .. .. .. .. .. HM .. .. NZ NU AS CK",
    ".. .. .. .. .. .. .. .. .. .. .. .. AQ .. .. .. .. .. .. .. .. .. .. PF PN",
};
constexpr RegionName kRegionNames[] = {
    {"Europe", 10, 2},        {"North America", 1, 4}, {"Caribbean", 5, 6}, {"Asia", 17, 6},
    {"South America", 4, 16}, {"Africa", 9, 17},       {"Oceania", 18, 18},
};
constexpr std::size_t kCellWidth = 3;  // two letters and what separates them
constexpr std::string_view kSea = "..";

}  // namespace

std::string_view CodeAt(std::size_t column, std::size_t row) {
  const std::string_view code = kRows[row].substr(column * kCellWidth, 2);
  return code == kSea ? std::string_view() : code;
}

std::span<const RegionName> RegionNames() {
  return kRegionNames;
}

}  // namespace strongroom::policy
