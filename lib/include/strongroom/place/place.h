// Where a node is, and how that is known.
#ifndef STRONGROOM_PLACE_PLACE_H_
#define STRONGROOM_PLACE_PLACE_H_

#include <optional>
#include <string>
#include <string_view>

#include "strongroom/place/country.h"

namespace strongroom::place {

// Basis says how a place is known, the weakest first, so that bases compare with <.
enum class Basis {
  kDeclared,  // the node says so
  kEndorsed,  // a placement authority signed it, and the record is tied to the node's TPM
  kMeasured,  // round trips from independent landmarks bound it
};

std::string_view Name(Basis basis);                 // "declared", "endorsed", "measured"
Expected<Basis> ParseBasis(std::string_view name);  // kMalformed for any other word

struct Place {
  Country country;
  std::optional<std::string> subdivision;  // ISO 3166-2, as checked by CheckSubdivision
  Basis basis = Basis::kDeclared;
  friend bool operator==(const Place&, const Place&) = default;
};

// CheckSubdivision accepts the form of an ISO 3166-2 code ("UA-43": country, hyphen, one to three of A-Z0-9)
// whose country is `country`. Of Ukraine it knows which subdivisions exist, of others it does not. kMalformed
// otherwise.
Status CheckSubdivision(std::string_view code, Country country);

}  // namespace strongroom::place

#endif  // STRONGROOM_PLACE_PLACE_H_
