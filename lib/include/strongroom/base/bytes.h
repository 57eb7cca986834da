// Byte strings and the one cursor pair that reads and writes them. ByteReader is the only place where offsets into untrusted
// bytes are added: every read checks its bound, and a parser ends with Finish(), which refuses anything left over.
#ifndef STRONGROOM_BASE_BYTES_H_
#define STRONGROOM_BASE_BYTES_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/error.h"

namespace strongroom {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;
using Digest = std::array<std::uint8_t, 32>;  // a SHA-256 value

ByteView AsBytes(std::string_view text);
std::string_view AsText(ByteView bytes);  // the same bytes; not checked for UTF-8
Bytes ToBytes(ByteView view);

std::string Hex(ByteView bytes);                       // lower-case
Expected<Bytes> FromHex(std::string_view text);        // even length, [0-9a-fA-F] only; kMalformed
std::string Base64(ByteView bytes);                    // RFC 4648 section 4, padded
Expected<Bytes> FromBase64(std::string_view text);     // canonical only: padding present, unused bits zero; kMalformed
bool IsUtf8(std::string_view text);                    // RFC 3629: no overlong forms, no surrogates

// ByteReader is a cursor over borrowed bytes, which must outlive it. Not thread-safe.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes, std::string_view what = "input") : bytes_(bytes), what_(what) {}

  [[nodiscard]] std::size_t offset() const { return offset_; }
  [[nodiscard]] std::size_t remaining() const { return bytes_.size() - offset_; }

  Expected<std::uint8_t> U8();
  Expected<std::uint16_t> U16Le();
  Expected<std::uint32_t> U32Le();
  Expected<std::uint64_t> U64Le();
  Expected<std::uint16_t> U16Be();
  Expected<std::uint32_t> U32Be();
  Expected<std::uint64_t> U64Be();
  Expected<ByteView> Take(std::size_t count);  // a view into the borrowed bytes
  Status Copy(MutableBytes out);               // fills `out`
  Status Skip(std::size_t count);
  Status Zeros(std::size_t count);             // reserved bytes: must be zero
  Status Finish() const;                       // kMalformed unless every byte was read

  // An error of kind kMalformed that names what is parsed and the current offset.
  [[nodiscard]] Error Malformed(std::string_view why) const;

 private:
  template <typename T, bool kBig>
  Expected<T> Integer();
  ByteView bytes_;
  std::size_t offset_ = 0;
  std::string_view what_;
};

// ByteWriter appends to an owned buffer.
class ByteWriter {
 public:
  ByteWriter& U8(std::uint8_t v);
  ByteWriter& U16Le(std::uint16_t v);
  ByteWriter& U32Le(std::uint32_t v);
  ByteWriter& U64Le(std::uint64_t v);
  ByteWriter& U16Be(std::uint16_t v);
  ByteWriter& U32Be(std::uint32_t v);
  ByteWriter& U64Be(std::uint64_t v);
  ByteWriter& Append(ByteView bytes);
  ByteWriter& Append(std::string_view text);
  ByteWriter& Zeros(std::size_t count);
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] Bytes Take() && { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

// Checked arithmetic for sizes from outside: false on overflow, `out` untouched then.
[[nodiscard]] bool CheckedAdd(std::uint64_t a, std::uint64_t b, std::uint64_t& out);
[[nodiscard]] bool CheckedMul(std::uint64_t a, std::uint64_t b, std::uint64_t& out);

}  // namespace strongroom

#endif  // STRONGROOM_BASE_BYTES_H_
