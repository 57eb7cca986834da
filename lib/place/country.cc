#include "strongroom/place/country.h"

#include <algorithm>
#include <array>
#include <string>

namespace strongroom::place {
namespace {

struct Row {
  std::string_view code;
  std::string_view name;
};

// ISO 3166-1 alpha-2 as of 2026, and XK. Sorted by code.
// clang-format off
constexpr std::array<Row, 250> kCountries = {{
    {"AD", "Andorra"}, {"AE", "United Arab Emirates"}, {"AF", "Afghanistan"}, {"AG", "Antigua and Barbuda"},
    {"AI", "Anguilla"}, {"AL", "Albania"}, {"AM", "Armenia"}, {"AO", "Angola"}, {"AQ", "Antarctica"},
    {"AR", "Argentina"}, {"AS", "American Samoa"}, {"AT", "Austria"}, {"AU", "Australia"}, {"AW", "Aruba"},
    {"AX", "Aland Islands"}, {"AZ", "Azerbaijan"}, {"BA", "Bosnia and Herzegovina"}, {"BB", "Barbados"},
    {"BD", "Bangladesh"}, {"BE", "Belgium"}, {"BF", "Burkina Faso"}, {"BG", "Bulgaria"}, {"BH", "Bahrain"},
    {"BI", "Burundi"}, {"BJ", "Benin"}, {"BL", "Saint Barthelemy"}, {"BM", "Bermuda"}, {"BN", "Brunei"},
    {"BO", "Bolivia"}, {"BQ", "Bonaire, Sint Eustatius and Saba"}, {"BR", "Brazil"}, {"BS", "Bahamas"},
    {"BT", "Bhutan"}, {"BV", "Bouvet Island"}, {"BW", "Botswana"}, {"BY", "Belarus"}, {"BZ", "Belize"},
    {"CA", "Canada"}, {"CC", "Cocos (Keeling) Islands"}, {"CD", "Congo (Kinshasa)"},
    {"CF", "Central African Republic"}, {"CG", "Congo (Brazzaville)"}, {"CH", "Switzerland"},
    {"CI", "Ivory Coast"}, {"CK", "Cook Islands"}, {"CL", "Chile"}, {"CM", "Cameroon"}, {"CN", "China"},
    {"CO", "Colombia"}, {"CR", "Costa Rica"}, {"CU", "Cuba"}, {"CV", "Cape Verde"}, {"CW", "Curacao"},
    {"CX", "Christmas Island"}, {"CY", "Cyprus"}, {"CZ", "Czechia"}, {"DE", "Germany"}, {"DJ", "Djibouti"},
    {"DK", "Denmark"}, {"DM", "Dominica"}, {"DO", "Dominican Republic"}, {"DZ", "Algeria"}, {"EC", "Ecuador"},
    {"EE", "Estonia"}, {"EG", "Egypt"}, {"EH", "Western Sahara"}, {"ER", "Eritrea"}, {"ES", "Spain"},
    {"ET", "Ethiopia"}, {"FI", "Finland"}, {"FJ", "Fiji"}, {"FK", "Falkland Islands"}, {"FM", "Micronesia"},
    {"FO", "Faroe Islands"}, {"FR", "France"}, {"GA", "Gabon"}, {"GB", "United Kingdom"}, {"GD", "Grenada"},
    {"GE", "Georgia"}, {"GF", "French Guiana"}, {"GG", "Guernsey"}, {"GH", "Ghana"}, {"GI", "Gibraltar"},
    {"GL", "Greenland"}, {"GM", "Gambia"}, {"GN", "Guinea"}, {"GP", "Guadeloupe"},
    {"GQ", "Equatorial Guinea"}, {"GR", "Greece"}, {"GS", "South Georgia and the South Sandwich Islands"},
    {"GT", "Guatemala"}, {"GU", "Guam"}, {"GW", "Guinea-Bissau"}, {"GY", "Guyana"}, {"HK", "Hong Kong"},
    {"HM", "Heard Island and McDonald Islands"}, {"HN", "Honduras"}, {"HR", "Croatia"}, {"HT", "Haiti"},
    {"HU", "Hungary"}, {"ID", "Indonesia"}, {"IE", "Ireland"}, {"IL", "Israel"}, {"IM", "Isle of Man"},
    {"IN", "India"}, {"IO", "British Indian Ocean Territory"}, {"IQ", "Iraq"}, {"IR", "Iran"},
    {"IS", "Iceland"}, {"IT", "Italy"}, {"JE", "Jersey"}, {"JM", "Jamaica"}, {"JO", "Jordan"},
    {"JP", "Japan"}, {"KE", "Kenya"}, {"KG", "Kyrgyzstan"}, {"KH", "Cambodia"}, {"KI", "Kiribati"},
    {"KM", "Comoros"}, {"KN", "Saint Kitts and Nevis"}, {"KP", "North Korea"}, {"KR", "South Korea"},
    {"KW", "Kuwait"}, {"KY", "Cayman Islands"}, {"KZ", "Kazakhstan"}, {"LA", "Laos"}, {"LB", "Lebanon"},
    {"LC", "Saint Lucia"}, {"LI", "Liechtenstein"}, {"LK", "Sri Lanka"}, {"LR", "Liberia"}, {"LS", "Lesotho"},
    {"LT", "Lithuania"}, {"LU", "Luxembourg"}, {"LV", "Latvia"}, {"LY", "Libya"}, {"MA", "Morocco"},
    {"MC", "Monaco"}, {"MD", "Moldova"}, {"ME", "Montenegro"}, {"MF", "Saint Martin"}, {"MG", "Madagascar"},
    {"MH", "Marshall Islands"}, {"MK", "North Macedonia"}, {"ML", "Mali"}, {"MM", "Myanmar (Burma)"},
    {"MN", "Mongolia"}, {"MO", "Macau"}, {"MP", "Northern Mariana Islands"}, {"MQ", "Martinique"},
    {"MR", "Mauritania"}, {"MS", "Montserrat"}, {"MT", "Malta"}, {"MU", "Mauritius"}, {"MV", "Maldives"},
    {"MW", "Malawi"}, {"MX", "Mexico"}, {"MY", "Malaysia"}, {"MZ", "Mozambique"}, {"NA", "Namibia"},
    {"NC", "New Caledonia"}, {"NE", "Niger"}, {"NF", "Norfolk Island"}, {"NG", "Nigeria"},
    {"NI", "Nicaragua"}, {"NL", "Netherlands"}, {"NO", "Norway"}, {"NP", "Nepal"}, {"NR", "Nauru"},
    {"NU", "Niue"}, {"NZ", "New Zealand"}, {"OM", "Oman"}, {"PA", "Panama"}, {"PE", "Peru"},
    {"PF", "French Polynesia"}, {"PG", "Papua New Guinea"}, {"PH", "Philippines"}, {"PK", "Pakistan"},
    {"PL", "Poland"}, {"PM", "Saint Pierre and Miquelon"}, {"PN", "Pitcairn Islands"}, {"PR", "Puerto Rico"},
    {"PS", "Palestine"}, {"PT", "Portugal"}, {"PW", "Palau"}, {"PY", "Paraguay"}, {"QA", "Qatar"},
    {"RE", "Reunion"}, {"RO", "Romania"}, {"RS", "Serbia"}, {"RU", "Russia"}, {"RW", "Rwanda"},
    {"SA", "Saudi Arabia"}, {"SB", "Solomon Islands"}, {"SC", "Seychelles"}, {"SD", "Sudan"},
    {"SE", "Sweden"}, {"SG", "Singapore"}, {"SH", "Saint Helena, Ascension and Tristan da Cunha"},
    {"SI", "Slovenia"}, {"SJ", "Svalbard and Jan Mayen"}, {"SK", "Slovakia"}, {"SL", "Sierra Leone"},
    {"SM", "San Marino"}, {"SN", "Senegal"}, {"SO", "Somalia"}, {"SR", "Suriname"}, {"SS", "South Sudan"},
    {"ST", "Sao Tome and Principe"}, {"SV", "El Salvador"}, {"SX", "Sint Maarten"}, {"SY", "Syria"},
    {"SZ", "Eswatini"}, {"TC", "Turks and Caicos Islands"}, {"TD", "Chad"},
    {"TF", "French Southern Territories"}, {"TG", "Togo"}, {"TH", "Thailand"}, {"TJ", "Tajikistan"},
    {"TK", "Tokelau"}, {"TL", "East Timor"}, {"TM", "Turkmenistan"}, {"TN", "Tunisia"}, {"TO", "Tonga"},
    {"TR", "Turkey"}, {"TT", "Trinidad and Tobago"}, {"TV", "Tuvalu"}, {"TW", "Taiwan"}, {"TZ", "Tanzania"},
    {"UA", "Ukraine"}, {"UG", "Uganda"}, {"UM", "US Minor Outlying Islands"}, {"US", "United States"},
    {"UY", "Uruguay"}, {"UZ", "Uzbekistan"}, {"VA", "Vatican City"},
    {"VC", "Saint Vincent and the Grenadines"}, {"VE", "Venezuela"}, {"VG", "British Virgin Islands"},
    {"VI", "US Virgin Islands"}, {"VN", "Vietnam"}, {"VU", "Vanuatu"}, {"WF", "Wallis and Futuna"},
    {"WS", "Samoa"}, {"XK", "Kosovo"}, {"YE", "Yemen"}, {"YT", "Mayotte"}, {"ZA", "South Africa"},
    {"ZM", "Zambia"}, {"ZW", "Zimbabwe"},
}};
// clang-format on
static_assert(std::ranges::is_sorted(kCountries, {}, &Row::code));

// Codes that people write and that no longer, or never did, name a country in ISO 3166-1.
struct Advice {
  std::string_view code;
  std::string_view why;
  std::string_view next;
};

constexpr std::string_view kSuccessor = "write the code of the successor state that is meant";

constexpr Advice kNotCountries[] = {
    {"AN", "the Netherlands Antilles, retired in 2010", "write CW, SX or BQ"},
    {"AP", "reserved for a patent organisation", "write the code of one country"},
    {"BU", "Burma, retired in 1989", "write MM"},
    {"CS", "Czechoslovakia, later Serbia and Montenegro, retired in 2006", kSuccessor},
    {"DD", "the German Democratic Republic, retired in 1990", "write DE"},
    {"DY", "Dahomey, retired in 1977", "write BJ"},
    {"EL", "the European Union's own code for Greece", "write GR"},
    {"EU", "a union of countries, not a country", "write the code of the member state"},
    {"FX", "metropolitan France, retired in 1997", "write FR"},
    {"HV", "Upper Volta, retired in 1984", "write BF"},
    {"NT", "the Neutral Zone, retired in 1993", "write IQ or SA"},
    {"RH", "Southern Rhodesia, retired in 1980", "write ZW"},
    {"SU", "the Soviet Union, retired in 1992", kSuccessor},
    {"TP", "East Timor, retired in 2002", "write TL"},
    {"UK", "reserved, and not the code of the United Kingdom", "write GB"},
    {"UN", "an organisation, not a country", "write the code of one country"},
    {"VD", "the Democratic Republic of Viet-Nam, retired in 1977", "write VN"},
    {"YD", "Democratic Yemen, retired in 1990", "write YE"},
    {"YU", "Yugoslavia, retired in 2003", kSuccessor},
    {"ZR", "Zaire, retired in 1997", "write CD"},
};

const Row* Find(std::string_view code) {
  const auto row = std::ranges::lower_bound(kCountries, code, {}, &Row::code);
  return row != kCountries.end() && row->code == code ? &*row : nullptr;
}

// Quote shows at most a few bytes of what was written, and only printable ones.
std::string Quote(std::string_view text) {
  std::string shown;
  for (const char c : text.substr(0, 8)) shown += c >= ' ' && c <= '~' ? c : '?';
  return "'" + shown + (text.size() > 8 ? "...'" : "'");
}

Error Refusal(std::string_view code) {
  const std::string quoted = Quote(code);
  for (const Advice& advice : kNotCountries) {
    if (advice.code == code) {
      return Error(ErrorCode::kMalformed, quoted + " is not a country code: " + std::string(advice.why),
                   std::string(advice.next));
    }
  }
  std::string upper(code.substr(0, 2));
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (code.size() == 2 && upper != code && Find(upper) != nullptr) {
    return Error(ErrorCode::kMalformed, quoted + " is not a country code: codes are in upper case",
                 "write " + upper);
  }
  return Error(ErrorCode::kMalformed, quoted + " is not a country code of ISO 3166-1 alpha-2",
               "write two capital letters, as in GB");
}

}  // namespace

Expected<Country> Country::Parse(std::string_view code) {
  const Row* row = Find(code);
  if (row == nullptr) return std::unexpected(Refusal(code));
  return Country(static_cast<std::uint16_t>(row - kCountries.data()));
}

std::string_view Country::code() const {
  return kCountries[row_].code;
}
std::string_view Country::name() const {
  return kCountries[row_].name;
}

std::vector<Country> AllCountries() {
  std::vector<Country> all;
  all.reserve(kCountries.size());
  for (std::uint16_t row = 0; row < kCountries.size(); ++row) all.push_back(Country(row));
  return all;
}

}  // namespace strongroom::place
