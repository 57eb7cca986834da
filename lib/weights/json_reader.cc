#include "weights/json_reader.h"

#include <charconv>

namespace strongroom::weights {
namespace {

constexpr std::size_t kMaxDepth = 127;
constexpr std::size_t kMaxNumber = 1024;  // characters

bool IsDigit(int c) {
  return c >= '0' && c <= '9';
}

// A code point as UTF-8 (RFC 3629).
void AppendUtf8(std::uint32_t point, std::string& text) {
  const auto put = [&text](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xc0 | (point >> 6));
  } else if (point < 0x10000) {
    put(0xe0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3f));
  } else {
    put(0xf0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3f));
    put(0x80 | ((point >> 6) & 0x3f));
  }
  put(0x80 | (point & 0x3f));
}

}  // namespace

Expected<int> JsonReader::PeekToken() {
  for (;;) {
    SR_ASSIGN_OR_RETURN(const int c, in_.Peek());
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return c;
    in_.Next();
  }
}

Status JsonReader::Expect(char wanted, std::string_view why) {
  SR_ASSIGN_OR_RETURN(const int c, PeekToken());
  if (c != wanted) return std::unexpected(in_.Malformed(why));
  in_.Next();
  return {};
}

Status JsonReader::Open(bool object) {
  if (levels_.size() == kMaxDepth) return std::unexpected(in_.Malformed("nested too deeply"));
  levels_.push_back(Level{object, true, {}});
  return {};
}

Status JsonReader::BeginObject() {
  SR_RETURN_IF_ERROR(Expect('{', "an object must begin here"));
  return Open(true);
}

Status JsonReader::BeginArray() {
  SR_RETURN_IF_ERROR(Expect('[', "an array must begin here"));
  return Open(false);
}

// Moves over the comma before an item, or over the bracket that ends the level: false then.
Expected<bool> JsonReader::NextItem(char close) {
  SR_ASSIGN_OR_RETURN(const int c, PeekToken());
  if (c == close) {
    in_.Next();
    budget_.GiveBack(levels_.back().names.taken());
    levels_.pop_back();
    return false;
  }
  if (!levels_.back().first) SR_RETURN_IF_ERROR(Expect(',', "a comma or the closing bracket is missing"));
  levels_.back().first = false;
  return true;
}

Expected<bool> JsonReader::NextElement() {
  return NextItem(']');
}

Expected<bool> JsonReader::NextMember(std::string& name) {
  SR_ASSIGN_OR_RETURN(const bool more, NextItem('}'));
  if (!more) return false;
  SR_RETURN_IF_ERROR(PeekToken());
  const std::uint64_t at = in_.offset();
  SR_ASSIGN_OR_RETURN(name, String());
  const std::string_view refused = levels_.back().names.Insert(name, budget_);
  if (!refused.empty())
    return std::unexpected(in_.MalformedAt(at, "\"" + name.substr(0, 200) + "\": " + std::string(refused)));
  SR_RETURN_IF_ERROR(Expect(':', "a colon is missing after the name"));
  return true;
}

Expected<std::string> JsonReader::String() {
  SR_RETURN_IF_ERROR(Expect('"', "a string must begin here"));
  const std::uint64_t begin = in_.offset();
  std::string text;
  for (;;) {
    SR_ASSIGN_OR_RETURN(const int c, in_.Peek());
    if (c == -1) return std::unexpected(in_.Malformed("the string has no end"));
    if (c < 0x20) return std::unexpected(in_.Malformed("a control character inside a string"));
    in_.Next();
    if (c == '"') break;
    if (c == '\\') {
      SR_RETURN_IF_ERROR(Escape(text));
    } else {
      text.push_back(static_cast<char>(c));
    }
  }
  if (!IsUtf8(text)) return std::unexpected(in_.MalformedAt(begin, "the string is not UTF-8"));
  return text;
}

Status JsonReader::Escape(std::string& text) {
  SR_ASSIGN_OR_RETURN(const int c, in_.Peek());
  static constexpr std::string_view kNames = "\"\\/bfnrt";
  static constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
  const std::size_t simple = c < 0 ? std::string_view::npos : kNames.find(static_cast<char>(c));
  if (simple == std::string_view::npos && c != 'u')
    return std::unexpected(in_.Malformed("unknown escape in a string"));
  in_.Next();
  if (c != 'u') {
    text.push_back(kValues[simple]);
    return {};
  }
  SR_ASSIGN_OR_RETURN(std::uint32_t point, CodeUnit());
  if (point >= 0xdc00 && point < 0xe000)
    return std::unexpected(in_.Malformed("a lone surrogate in a string"));
  if (point >= 0xd800 && point < 0xdc00) {
    SR_RETURN_IF_ERROR(Literal("\\u"));
    SR_ASSIGN_OR_RETURN(const std::uint32_t low, CodeUnit());
    if (low < 0xdc00 || low >= 0xe000) return std::unexpected(in_.Malformed("a lone surrogate in a string"));
    point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
  }
  AppendUtf8(point, text);
  return {};
}

// The four hexadecimal digits of a \u escape.
Expected<std::uint32_t> JsonReader::CodeUnit() {
  std::uint32_t unit = 0;
  for (int i = 0; i < 4; ++i) {
    SR_ASSIGN_OR_RETURN(const int c, in_.Peek());
    const int letter = c | 0x20;
    if (!IsDigit(c) && (letter < 'a' || letter > 'f'))
      return std::unexpected(in_.Malformed("four hexadecimal digits must follow \\u"));
    unit = unit * 16 + static_cast<std::uint32_t>(IsDigit(c) ? c - '0' : letter - 'a' + 10);
    in_.Next();
  }
  return unit;
}

Status JsonReader::Digits(std::string& text) {
  bool any = false;
  for (;;) {
    SR_ASSIGN_OR_RETURN(const int c, in_.Peek());
    if (!IsDigit(c)) break;
    if (text.size() == kMaxNumber) return std::unexpected(in_.Malformed("a number of too many digits"));
    text.push_back(static_cast<char>(c));
    in_.Next();
    any = true;
  }
  if (!any) return std::unexpected(in_.Malformed("a digit must stand here"));
  return {};
}

// The text of a number as the grammar has it.
Expected<std::string> JsonReader::Number() {
  const auto take = [this](std::string& text, std::string_view any_of) -> Expected<bool> {
    SR_ASSIGN_OR_RETURN(const int c, in_.Peek());
    if (c < 0 || any_of.find(static_cast<char>(c)) == std::string_view::npos) return false;
    text.push_back(static_cast<char>(c));
    in_.Next();
    return true;
  };
  SR_RETURN_IF_ERROR(PeekToken());
  const std::uint64_t begin = in_.offset();
  std::string text;
  SR_RETURN_IF_ERROR(take(text, "-"));
  SR_ASSIGN_OR_RETURN(const bool zero, take(text, "0"));
  if (!zero) SR_RETURN_IF_ERROR(Digits(text));
  SR_ASSIGN_OR_RETURN(const bool fraction, take(text, "."));
  if (fraction) SR_RETURN_IF_ERROR(Digits(text));
  SR_ASSIGN_OR_RETURN(const bool exponent, take(text, "eE"));
  if (exponent) {
    SR_RETURN_IF_ERROR(take(text, "+-"));
    SR_RETURN_IF_ERROR(Digits(text));
  }
  double value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) {
    return std::unexpected(in_.MalformedAt(begin, "a number out of range"));
  }
  return text;
}

Expected<std::uint64_t> JsonReader::Unsigned() {
  SR_RETURN_IF_ERROR(PeekToken());
  const std::uint64_t begin = in_.offset();
  SR_ASSIGN_OR_RETURN(const std::string text, Number());
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::unexpected(in_.MalformedAt(begin, "not an integer from 0 to 2^64 - 1"));
  }
  return value;
}

Status JsonReader::Literal(std::string_view word) {
  for (const char wanted : word) {
    SR_ASSIGN_OR_RETURN(const int c, in_.Peek());
    if (c != wanted) return std::unexpected(in_.Malformed("\"" + std::string(word) + "\" must stand here"));
    in_.Next();
  }
  return {};
}

Expected<bool> JsonReader::Null() {
  SR_ASSIGN_OR_RETURN(const int c, PeekToken());
  if (c != 'n') return false;
  SR_RETURN_IF_ERROR(Literal("null"));
  return true;
}

Status JsonReader::SkipScalar(int first) {
  switch (first) {
    case '"':
      SR_RETURN_IF_ERROR(String());
      return {};
    case 't':
      return Literal("true");
    case 'f':
      return Literal("false");
    case 'n':
      return Literal("null");
    default:
      if (first != '-' && !IsDigit(first)) return std::unexpected(in_.Malformed("a value must stand here"));
      SR_RETURN_IF_ERROR(Number());
      return {};
  }
}

Status JsonReader::SkipValue() {
  const std::size_t base = levels_.size();
  std::string name;
  do {
    SR_ASSIGN_OR_RETURN(const int c, PeekToken());
    if (c == '{') {
      SR_RETURN_IF_ERROR(BeginObject());
    } else if (c == '[') {
      SR_RETURN_IF_ERROR(BeginArray());
    } else {
      SR_RETURN_IF_ERROR(SkipScalar(c));
    }
    bool more = false;
    while (levels_.size() > base && !more) {
      SR_ASSIGN_OR_RETURN(more, levels_.back().object ? NextMember(name) : NextElement());
    }
  } while (levels_.size() > base);
  return {};
}

Status JsonReader::End() {
  SR_ASSIGN_OR_RETURN(const int c, PeekToken());
  if (c != -1) return std::unexpected(in_.Malformed("something follows after the end of the JSON"));
  return {};
}

}  // namespace strongroom::weights
