#include "envelope/json_text.h"

#include <algorithm>
#include <array>

namespace strongroom::envelope {
namespace {

constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";
constexpr std::string_view kDigits = "0123456789abcdef";

constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t byte = 0x20; byte < 0x80; ++byte) plain[byte] = byte != '"' && byte != '\\';
  return plain;
}();

// 0 to 15, or -1.
int DigitValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The escapes of canonical form but those of the other control characters, which are in \u00XX.
constexpr std::string_view kEscapedCharacters = "\"\\\b\t\n\f\r";
constexpr std::string_view kEscapeLetters = "\"\\btnfr";

void AppendEscaped(char c, std::string& out) {
  out += '\\';
  if (const std::size_t i = kEscapedCharacters.find(c); i != std::string_view::npos) {
    out += kEscapeLetters[i];
    return;
  }
  const auto byte = static_cast<unsigned char>(c);
  out += "u00";
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

// Appends the character that the escape at the beginning of `rest` stands for: the length of the escape, or 0
// if canonical form has no such escape.
std::size_t AppendUnescaped(std::string_view rest, std::string& out) {
  if (rest.size() < 2) return 0;
  if (const std::size_t i = kEscapeLetters.find(rest[1]); i != std::string_view::npos) {
    out += kEscapedCharacters[i];
    return 2;
  }
  if (rest.size() < 6 || !rest.starts_with("\\u00")) return 0;
  out += static_cast<char>(DigitValue(rest[4]) * 16 + DigitValue(rest[5]));
  return 6;
}

bool NeedsEscape(char c) {
  return static_cast<unsigned char>(c) < 0x80 && !kPlain[static_cast<unsigned char>(c)];
}

void AppendUtf8(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (NeedsEscape(c)) {
      AppendEscaped(c, out);
    } else {
      out += c;
    }
  }
}

}  // namespace

std::string SizeForm(std::size_t max_bytes) {
  return "must have at most " + std::to_string(max_bytes) + " bytes";
}

std::string ItemsForm(std::size_t max_items) {
  return "must have at most " + std::to_string(max_items) + " items";
}

std::string RangeForm(const std::string& min, const std::string& max) {
  return "must be an integer from " + min + " to " + max;
}

std::optional<Digest> DigestOfText(std::string_view text) {
  Digest digest{};
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const int high = DigitValue(text[2 * i]);
    const int low = DigitValue(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return digest;
}

std::optional<Timestamp> TimeOfText(std::string_view text) {
  const auto time = ParseRfc3339(text);
  if (!time || ToRfc3339(*time) != text) return std::nullopt;
  return *time;
}

std::size_t PlainTextLength(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && kPlain[static_cast<unsigned char>(text[length])]) ++length;
  return length;
}

// What was read loosely is canonical if it is written in the same way.
std::optional<std::string> TakeJsonString(std::string_view& rest) {
  if (!rest.starts_with('"')) return std::nullopt;
  std::string text;
  for (std::size_t i = 1; i < rest.size() && rest[i] != '"';) {
    if (rest[i] != '\\') {
      text += rest[i++];
      continue;
    }
    const std::size_t length = AppendUnescaped(rest.substr(i), text);
    if (length == 0) return std::nullopt;
    i += length;
  }
  std::string canonical;
  AppendJsonString(text, canonical);
  if (!rest.starts_with(canonical)) return std::nullopt;
  rest.remove_prefix(canonical.size());
  return text;
}

void AppendJsonString(std::string_view text, std::string& out) {
  out += '"';
  if (PlainTextLength(text) == text.size()) {
    out += text;
  } else if (IsUtf8(text)) {
    AppendUtf8(text, out);
  } else {
    AppendUtf8(ReplaceInvalidUtf8(text), out);
  }
  out += '"';
}

std::string ReplaceInvalidUtf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t length = 1;
    while (length <= 4 && !IsUtf8(text.substr(0, length))) ++length;
    const bool valid = length <= 4;
    out += valid ? text.substr(0, length) : kReplacementCharacter;
    text.remove_prefix(valid ? std::min(length, text.size()) : 1);
  }
  return out;
}

}  // namespace strongroom::envelope
