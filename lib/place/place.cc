#include "strongroom/place/place.h"

#include <algorithm>
#include <array>

namespace strongroom::place {
namespace {

constexpr std::array<std::string_view, 3> kBases = {"declared", "endorsed", "measured"};

bool IsSubdivisionCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

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
  const bool well_formed = code.size() >= 4 && code.size() <= 6 && code[2] == '-' &&
                           std::ranges::all_of(code.substr(3), IsSubdivisionCharacter);
  if (!well_formed || code.substr(0, 2) != country.code()) {
    return Fail(ErrorCode::kMalformed,
                "the subdivision is not an ISO 3166-2 code of " + std::string(country.code()),
                "write it as in " + std::string(country.code()) + "-01");
  }
  return {};
}

}  // namespace strongroom::place
