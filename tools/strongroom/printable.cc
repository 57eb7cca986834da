#include "printable.h"

#include <utf8proc.h>

#include <array>
#include <cstdint>
#include <vector>

#include "strongroom/base/bytes.h"

namespace strongroom::cli {
namespace {

constexpr std::string_view kCut = "...";
constexpr utf8proc_int32_t kNone = -1;

// A code point, and its bytes in the text; kNone for a byte that is not UTF-8.
struct CodePoint {
  utf8proc_int32_t value = kNone;
  std::string_view bytes;
};

CodePoint First(std::string_view text) {
  utf8proc_int32_t value = kNone;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const utf8proc_ssize_t size = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size()), &value);
  if (size <= 0) return {kNone, text.substr(0, 1)};
  return {value, text.substr(0, static_cast<std::size_t>(size))};
}

std::size_t Width(utf8proc_int32_t value) {
  return value == kNone ? 1 : static_cast<std::size_t>(utf8proc_charwidth(value));
}

bool IsPlain(utf8proc_int32_t value) {
  if (value == kNone) return false;
  switch (utf8proc_category(value)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    default:
      return true;
  }
}

std::string Escape(const CodePoint& point) {
  if (point.bytes.size() == 1) return "\\x" + Hex(AsBytes(point.bytes));
  const auto value = static_cast<std::uint32_t>(point.value);
  const std::array<std::uint8_t, 4> bytes = {
      static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
      static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
  const std::string digits = Hex(bytes);
  if (value <= 0xFFFF) return "\\u" + digits.substr(4);
  return "\\u{" + digits.substr(digits.find_first_not_of('0')) + "}";
}

// What must stay together: an escape, or a character with all that joins it (a grapheme cluster).
struct Piece {
  std::string text;
  std::size_t width = 0;
};

std::vector<Piece> Pieces(std::string_view text) {
  std::vector<Piece> pieces;
  utf8proc_int32_t before = kNone;  // the code point that the last piece ends with; kNone: it is an escape
  utf8proc_int32_t state = 0;
  while (!text.empty()) {
    const CodePoint point = First(text);
    text.remove_prefix(point.bytes.size());
    if (!IsPlain(point.value)) {
      std::string escape = Escape(point);
      const std::size_t width = escape.size();
      pieces.push_back({std::move(escape), width});
      before = kNone;
      continue;
    }
    if (before == kNone) state = 0;
    if (before == kNone || utf8proc_grapheme_break_stateful(before, point.value, &state))
      pieces.emplace_back();
    pieces.back().text += point.bytes;
    pieces.back().width += Width(point.value);
    before = point.value;
  }
  return pieces;
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const CodePoint point = First(text);
    text.remove_prefix(point.bytes.size());
    out += IsPlain(point.value) ? std::string(point.bytes) : Escape(point);
  }
  return out;
}

std::string PrintableWithin(std::string_view text, std::size_t width) {
  std::string whole, begun;  // `begun` leaves room for the cut
  std::size_t taken = 0;
  for (const Piece& piece : Pieces(text)) {
    taken += piece.width;
    if (taken > width) return begun + std::string(kCut);
    whole += piece.text;
    if (taken + kCut.size() <= width) begun = whole;
  }
  return whole;
}

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = First(text);
    text.remove_prefix(point.bytes.size());
    width += Width(point.value);
  }
  return width;
}

}  // namespace strongroom::cli
