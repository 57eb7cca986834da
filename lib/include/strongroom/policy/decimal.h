// Exact non-negative decimal numbers. Counts of training operations decide what is controlled ("1e26 or
// more"), so they are never rounded through binary floating point.
#ifndef STRONGROOM_POLICY_DECIMAL_H_
#define STRONGROOM_POLICY_DECIMAL_H_

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "strongroom/base/error.h"

namespace strongroom::policy {

// Decimal is 0.DIGITS times a power of ten, with at most 40 significant digits and an exponent between -400
// and 400. Immutable.
class Decimal {
 public:
  // Parse reads "210", "0.15", "2.1e26", "2.1E+26": digits, an optional fraction, an optional exponent,
  // nothing else. kMalformed for any other text, a sign included, and for a number outside the bounds above.
  static Expected<Decimal> Parse(std::string_view text);

  // The one canonical text of the value, which Parse reads back: without exponent from 0.000001 up to 15
  // digits, else scientific.
  [[nodiscard]] std::string ToText() const;

  // The exact result, or nothing where it needs more digits or a greater exponent than a Decimal has.
  static std::optional<Decimal> Sum(const Decimal& a, const Decimal& b);
  static std::optional<Decimal> Product(const Decimal& a, const Decimal& b);

  friend bool operator==(const Decimal&, const Decimal&) = default;
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);

  Decimal() = default;  // zero

 private:
  // The value of 0.DIGITS times ten to the exponent, without needless zeros; nothing if it is out of bounds.
  static std::optional<Decimal> Normal(std::string digits, int exponent);
  [[nodiscard]] int Bottom() const { return exponent_ - static_cast<int>(digits_.size()); }
  std::string digits_;  // neither the first nor the last is 0; empty for zero
  int exponent_ = 0;    // of ten, the decimal point standing before the first digit; 0 for zero
};

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_DECIMAL_H_
