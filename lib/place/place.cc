#include "strongroom/place/place.h"

#include <algorithm>
#include <array>

namespace strongroom::place {
namespace {

constexpr std::array<std::string_view, 3> kBases = {"declared", "endorsed", "measured"};

bool IsSubdivisionCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// The subdivisions of Ukraine (ISO 3166-2:UA), the one country of whose parts a shipped pack asks: a typing
// error must not move a place out of an embargoed region.
constexpr std::array<std::string_view, 27> kUkraine = {
    "UA-05", "UA-07", "UA-09", "UA-12", "UA-14", "UA-18", "UA-21", "UA-23", "UA-26",
    "UA-30", "UA-32", "UA-35", "UA-40", "UA-43", "UA-46", "UA-48", "UA-51", "UA-53",
    "UA-56", "UA-59", "UA-61", "UA-63", "UA-65", "UA-68", "UA-71", "UA-74", "UA-77"};

}  // namespace

std::string_view Name(Basis basis) {
  return kBases[static_cast<std::size_t>(basis)];
}

Expected<Basis> ParseBasis(std::string_view name) {
  const auto found = std::ranges::find(kBases, name);
  if (found == kBases.end()) {
    return Fail(ErrorCode::kMalformed, "the basis of a place is declared, endorsed or measured");
  }
  return static_cast<Basis>(found - kBases.begin());
}

Status CheckSubdivision(std::string_view code, Country country) {
  const auto is_unknown = [&] {
    return country.code() == "UA" && std::ranges::find(kUkraine, code) == kUkraine.end();
  };
  const bool well_formed = code.size() >= 4 && code.size() <= 6 && code[2] == '-' &&
                           std::ranges::all_of(code.substr(3), IsSubdivisionCharacter);
  if (!well_formed || code.substr(0, 2) != country.code()) {
    return Fail(ErrorCode::kMalformed,
                "the subdivision is not an ISO 3166-2 code of " + std::string(country.code()),
                "write it as in " + std::string(country.code()) + "-01");
  }
  if (is_unknown()) return Fail(ErrorCode::kMalformed, "Ukraine has no subdivision " + std::string(code));
  return {};
}

}  // namespace strongroom::place
