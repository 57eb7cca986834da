#include "strongroom/base/bytes.h"

#include <algorithm>

namespace strongroom {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int Base64Value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

std::unexpected<Error> BadBase64(std::string_view why) {
  return Fail(ErrorCode::kMalformed, "base64: " + std::string(why));
}

// The number of continuation bytes that a UTF-8 lead byte announces, or -1.
int Utf8Continuations(std::uint8_t lead) {
  if (lead < 0x80) return 0;
  if (lead >= 0xc2 && lead <= 0xdf) return 1;
  if (lead >= 0xe0 && lead <= 0xef) return 2;
  if (lead >= 0xf0 && lead <= 0xf4) return 3;
  return -1;
}

// RFC 3629 section 4: the second byte's range is narrower after these lead bytes.
bool SecondByteAllowed(std::uint8_t lead, std::uint8_t second) {
  switch (lead) {
    case 0xe0:
      return second >= 0xa0;
    case 0xed:
      return second <= 0x9f;
    case 0xf0:
      return second >= 0x90;
    case 0xf4:
      return second <= 0x8f;
    default:
      return true;
  }
}

template <typename T>
void AppendLittle(Bytes& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

template <typename T>
void AppendBig(Bytes& out, T value) {
  for (std::size_t i = sizeof(T); i-- > 0;) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

}  // namespace

ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view AsText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes ToBytes(ByteView view) {
  return {view.begin(), view.end()};
}

std::string Hex(ByteView bytes) {
  std::string text(bytes.size() * 2, '0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text[2 * i] = kHexDigits[bytes[i] >> 4];
    text[2 * i + 1] = kHexDigits[bytes[i] & 15];
  }
  return text;
}

Expected<Bytes> FromHex(std::string_view text) {
  if (text.size() % 2 != 0) return Fail(ErrorCode::kMalformed, "hexadecimal: an odd number of digits");
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = HexValue(text[i]);
    const int low = HexValue(text[i + 1]);
    if (high < 0 || low < 0) {
      return Fail(ErrorCode::kMalformed, "hexadecimal: not a digit near offset " + std::to_string(i));
    }
    bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return bytes;
}

std::string Base64(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16;
    if (count > 1) group |= static_cast<std::uint32_t>(bytes[i + 1]) << 8;
    if (count > 2) group |= bytes[i + 2];
    text.push_back(kBase64Digits[group >> 18]);
    text.push_back(kBase64Digits[group >> 12 & 63]);
    text.push_back(count > 1 ? kBase64Digits[group >> 6 & 63] : '=');
    text.push_back(count > 2 ? kBase64Digits[group & 63] : '=');
  }
  return text;
}

Expected<Bytes> FromBase64(std::string_view text) {
  if (text.size() % 4 != 0) return BadBase64("the length is not a multiple of four");
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  const std::string_view digits = text.substr(0, text.size() - padding);
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t held = 0;
  int held_bits = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const int value = Base64Value(digits[i]);
    if (value < 0) return BadBase64("not a digit at offset " + std::to_string(i));
    held = held << 6 | static_cast<std::uint32_t>(value);
    held_bits += 6;
    if (held_bits < 8) continue;
    held_bits -= 8;
    bytes.push_back(static_cast<std::uint8_t>(held >> held_bits));
    held &= (1U << held_bits) - 1;
  }
  if (held != 0) return BadBase64("unused bits are not zero");
  return bytes;
}

bool IsUtf8(std::string_view text) {
  const ByteView bytes = AsBytes(text);
  std::size_t i = 0;
  while (i < bytes.size()) {
    const std::uint8_t lead = bytes[i++];
    const int continuations = Utf8Continuations(lead);
    if (continuations < 0 || static_cast<std::size_t>(continuations) > bytes.size() - i) return false;
    if (continuations > 0 && !SecondByteAllowed(lead, bytes[i])) return false;
    for (int k = 0; k < continuations; ++k) {
      if ((bytes[i++] & 0xc0) != 0x80) return false;
    }
  }
  return true;
}

Error ByteReader::Malformed(std::string_view why) const {
  return {ErrorCode::kMalformed,
          std::string(what_) + ": " + std::string(why) + " at offset " + std::to_string(offset_)};
}

Expected<ByteView> ByteReader::Take(std::size_t count) {
  if (count > remaining()) {
    return std::unexpected(
        Malformed("needs " + std::to_string(count) + " bytes, has " + std::to_string(remaining())));
  }
  const ByteView taken = bytes_.subspan(offset_, count);
  offset_ += count;
  return taken;
}

template <typename T, bool kBig>
Expected<T> ByteReader::Integer() {
  SR_ASSIGN_OR_RETURN(const ByteView taken, Take(sizeof(T)));
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    const std::size_t shift = 8 * (kBig ? sizeof(T) - 1 - i : i);
    value = static_cast<T>(value | static_cast<T>(static_cast<T>(taken[i]) << shift));
  }
  return value;
}

Expected<std::uint8_t> ByteReader::U8() {
  return Integer<std::uint8_t, false>();
}
Expected<std::uint16_t> ByteReader::U16Le() {
  return Integer<std::uint16_t, false>();
}
Expected<std::uint32_t> ByteReader::U32Le() {
  return Integer<std::uint32_t, false>();
}
Expected<std::uint64_t> ByteReader::U64Le() {
  return Integer<std::uint64_t, false>();
}
Expected<std::uint16_t> ByteReader::U16Be() {
  return Integer<std::uint16_t, true>();
}
Expected<std::uint32_t> ByteReader::U32Be() {
  return Integer<std::uint32_t, true>();
}
Expected<std::uint64_t> ByteReader::U64Be() {
  return Integer<std::uint64_t, true>();
}

Status ByteReader::Copy(MutableBytes out) {
  SR_ASSIGN_OR_RETURN(const ByteView taken, Take(out.size()));
  std::ranges::copy(taken, out.begin());
  return {};
}

Status ByteReader::Skip(std::size_t count) {
  SR_RETURN_IF_ERROR(Take(count));
  return {};
}

Status ByteReader::Zeros(std::size_t count) {
  const Error not_zero = Malformed("reserved bytes are not zero");
  SR_ASSIGN_OR_RETURN(const ByteView taken, Take(count));
  if (std::ranges::any_of(taken, [](std::uint8_t byte) { return byte != 0; }))
    return std::unexpected(not_zero);
  return {};
}

Status ByteReader::Finish() const {
  if (remaining() == 0) return {};
  return std::unexpected(Malformed(std::to_string(remaining()) + " bytes left over"));
}

ByteWriter& ByteWriter::U8(std::uint8_t v) {
  bytes_.push_back(v);
  return *this;
}
ByteWriter& ByteWriter::U16Le(std::uint16_t v) {
  AppendLittle(bytes_, v);
  return *this;
}
ByteWriter& ByteWriter::U32Le(std::uint32_t v) {
  AppendLittle(bytes_, v);
  return *this;
}
ByteWriter& ByteWriter::U64Le(std::uint64_t v) {
  AppendLittle(bytes_, v);
  return *this;
}
ByteWriter& ByteWriter::U16Be(std::uint16_t v) {
  AppendBig(bytes_, v);
  return *this;
}
ByteWriter& ByteWriter::U32Be(std::uint32_t v) {
  AppendBig(bytes_, v);
  return *this;
}
ByteWriter& ByteWriter::U64Be(std::uint64_t v) {
  AppendBig(bytes_, v);
  return *this;
}
ByteWriter& ByteWriter::Append(ByteView bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return *this;
}
ByteWriter& ByteWriter::Append(std::string_view text) {
  return Append(AsBytes(text));
}
ByteWriter& ByteWriter::Zeros(std::size_t count) {
  bytes_.resize(bytes_.size() + count);
  return *this;
}

bool CheckedAdd(std::uint64_t a, std::uint64_t b, std::uint64_t& out) {
  if (b > UINT64_MAX - a) return false;
  out = a + b;
  return true;
}

bool CheckedMul(std::uint64_t a, std::uint64_t b, std::uint64_t& out) {
  if (a != 0 && b > UINT64_MAX / a) return false;
  out = a * b;
  return true;
}

}  // namespace strongroom
