#include "strongroom/policy/decimal.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <vector>

namespace strongroom::policy {
namespace {

constexpr std::size_t kMaxDigits = 40;
constexpr int kMaxExponent = 400;

std::string_view TakeDigits(std::string_view& rest) {
  std::size_t count = 0;
  while (count < rest.size() && rest[count] >= '0' && rest[count] <= '9') ++count;
  const std::string_view digits = rest.substr(0, count);
  rest.remove_prefix(count);
  return digits;
}

// Takes "e26", "E+26" or "e-3" off the front; false unless it is one. Nothing is a zero exponent.
bool TakeExponent(std::string_view& rest, int& exponent) {
  exponent = 0;
  if (rest.empty()) return true;
  if (rest[0] != 'e' && rest[0] != 'E') return false;
  rest.remove_prefix(1);
  const bool negative = !rest.empty() && rest[0] == '-';
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) rest.remove_prefix(1);
  const std::string_view digits = TakeDigits(rest);
  if (digits.empty() || digits.size() > 4 || !rest.empty()) return false;
  std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  if (negative) exponent = -exponent;
  return true;
}

}  // namespace

Expected<Decimal> Decimal::Parse(std::string_view text) {
  const auto refuse = [] {
    return Fail(ErrorCode::kMalformed, "not a decimal number", "write digits, as in 210, 0.15 or 2.1e26");
  };
  if (text.size() > 2 * kMaxDigits) return refuse();
  const std::string_view whole = TakeDigits(text);
  std::string_view fraction;
  if (whole.empty()) return refuse();
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    fraction = TakeDigits(text);
    if (fraction.empty()) return refuse();
  }
  int exponent = 0;
  if (!TakeExponent(text, exponent)) return refuse();

  exponent += static_cast<int>(whole.size());
  if (auto value = Normal(std::string(whole) + std::string(fraction), exponent)) return *std::move(value);
  return Fail(ErrorCode::kMalformed, "a decimal number with more than 40 digits or an exponent beyond 400");
}

std::optional<Decimal> Decimal::Normal(std::string digits, int exponent) {
  const std::size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) return Decimal();
  exponent -= static_cast<int>(first);
  digits = digits.substr(first, digits.find_last_not_of('0') + 1 - first);
  if (digits.size() > kMaxDigits || std::abs(exponent) > kMaxExponent) return std::nullopt;
  Decimal value;
  value.digits_ = std::move(digits);
  value.exponent_ = exponent;
  return value;
}

std::optional<Decimal> Decimal::Sum(const Decimal& a, const Decimal& b) {
  if (a.digits_.empty()) return b;
  if (b.digits_.empty()) return a;
  const int top = std::max(a.exponent_, b.exponent_);
  const int bottom = std::min(a.Bottom(), b.Bottom());
  if (static_cast<std::size_t>(top - bottom) > kMaxDigits) return std::nullopt;
  // Schoolbook addition; both numbers are laid out over the places from `top` down to `bottom`.
  std::string sum(static_cast<std::size_t>(top - bottom) + 1, '0');
  const auto digit = [](const Decimal& of, int place) {
    const int index = of.exponent_ - 1 - place;
    return index < 0 || index >= static_cast<int>(of.digits_.size())
               ? 0
               : of.digits_[static_cast<std::size_t>(index)] - '0';
  };
  int carry = 0;
  for (int place = bottom; place <= top; ++place) {
    const int value = digit(a, place) + digit(b, place) + carry;
    sum[static_cast<std::size_t>(top - place)] = static_cast<char>('0' + value % 10);
    carry = value / 10;
  }
  return Normal(std::move(sum), top + 1);
}

std::optional<Decimal> Decimal::Product(const Decimal& a, const Decimal& b) {
  std::vector<int> places(a.digits_.size() + b.digits_.size(), 0);
  for (std::size_t i = a.digits_.size(); i-- > 0;) {
    for (std::size_t j = b.digits_.size(); j-- > 0;) {
      places[i + j + 1] += (a.digits_[i] - '0') * (b.digits_[j] - '0');
    }
  }
  std::string product(places.size(), '0');
  int carry = 0;
  for (std::size_t i = places.size(); i-- > 0;) {
    product[i] = static_cast<char>('0' + (places[i] + carry) % 10);
    carry = (places[i] + carry) / 10;
  }
  return Normal(std::move(product), a.exponent_ + b.exponent_);
}

std::string Decimal::ToText() const {
  const int count = static_cast<int>(digits_.size());
  if (count == 0) return "0";
  if (exponent_ > 15 || exponent_ < -5 || count > 21) {
    std::string text = digits_.substr(0, 1);
    if (count > 1) text += "." + digits_.substr(1);
    return text + "e" + std::to_string(exponent_ - 1);
  }
  if (exponent_ <= 0) return "0." + std::string(static_cast<std::size_t>(-exponent_), '0') + digits_;
  if (exponent_ >= count) return digits_ + std::string(static_cast<std::size_t>(exponent_ - count), '0');
  const std::size_t point = static_cast<std::size_t>(exponent_);
  return digits_.substr(0, point) + "." + digits_.substr(point);
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (a.digits_.empty() || b.digits_.empty()) return !a.digits_.empty() <=> !b.digits_.empty();
  if (a.exponent_ != b.exponent_) return a.exponent_ <=> b.exponent_;
  // No last digit is 0, so that a number whose digits begin another's is the smaller one.
  return a.digits_.compare(b.digits_) <=> 0;
}

}  // namespace strongroom::policy
