// Strict JSON (RFC 8259, restricted): what every document of Strongroom is written in. A document is parsed
// within limits, read member by member with nothing left over, and written in one canonical form, so that one
// document has one byte string.
#ifndef STRONGROOM_ENVELOPE_JSON_H_
#define STRONGROOM_ENVELOPE_JSON_H_

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"

namespace strongroom::envelope {

// Json is one JSON value: null, boolean, 64-bit integer, string, array or object. There are no fractions.
// Members of an object are sorted by the bytes of their names. A plain value type: copies are deep.
class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::map<std::string, Json, std::less<>>;

  Json() = default;  // null
  template <std::same_as<bool> T>
  Json(T value) : value_(value) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) Json(T value) {
    if (std::cmp_less(value, 0)) {
      value_ = static_cast<std::int64_t>(value);
    } else {
      value_ = static_cast<std::uint64_t>(value);
    }
  }
  // A string holds UTF-8 always: each byte that is not part of a valid sequence becomes U+FFFD. Where such
  // bytes must be refused instead, ask IsUtf8 first.
  Json(std::string value);
  Json(std::string_view value) : Json(std::string(value)) {}
  Json(const char* value) : Json(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  // Get<T> for bool, std::string, Array, Object: the value, or nullptr if it is of another type.
  template <typename T>
  [[nodiscard]] const T* Get() const {
    return std::get_if<T>(&value_);
  }
  // The value if it is an integer that fits T.
  template <std::integral T>
  [[nodiscard]] std::optional<T> Integer() const {
    if (const auto* u = std::get_if<std::uint64_t>(&value_); u && std::in_range<T>(*u))
      return static_cast<T>(*u);
    if (const auto* s = std::get_if<std::int64_t>(&value_); s && std::in_range<T>(*s))
      return static_cast<T>(*s);
    return std::nullopt;
  }

  friend bool operator==(const Json& a, const Json& b);

 private:
  friend struct JsonWriter;
  // An integer below zero is held as int64, any other as uint64, so that equal numbers are equal values.
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, std::string, Array, Object> value_;
};

struct JsonLimits {
  std::size_t max_bytes = 1 << 20;
  std::size_t max_depth = 32;        // arrays and objects inside one another
  std::size_t max_values = 1 << 18;  // values of every type, at every depth
};

// ParseJson parses one document. kMalformed, naming the byte offset, for: a member name twice in one object,
// a fraction or exponent, an integer beyond 64 bits, bad UTF-8, a raw control character, a byte order mark,
// anything after the document, more than a limit.
Expected<Json> ParseJson(ByteView bytes, const JsonLimits& limits = {});

// CanonicalJson writes the one form of a value: no white space, members sorted by the bytes of their names
// (RFC 8785 sorts by UTF-16 units, which differs beyond U+FFFF alone), integers in decimal, in strings only
// the escapes that RFC 8785 section 3.2.2.2 prescribes.
std::string CanonicalJson(const Json& value);

// ParseCanonicalJson is ParseJson for documents that must be in the canonical form; kMalformed if they are
// not.
Expected<Json> ParseCanonicalJson(ByteView bytes, const JsonLimits& limits = {});

// ObjectReader takes the members of an object by name. Each call checks presence, type and bounds and fails
// with kMalformed, naming the member by its path ("manifest.files[3].size"); Finish refuses members that
// nobody asked for. Optional members are absent or of the right type; null is never a stand-in for absence.
// Borrows the Json, which must outlive it. Not thread-safe.
class ObjectReader {
 public:
  static constexpr std::size_t kMaxString = 64 * 1024;
  static constexpr std::size_t kMaxItems = 1 << 18;

  // `path` names the document in messages, as in "manifest".
  static Expected<ObjectReader> Open(const Json& json, std::string path);

  [[nodiscard]] bool Has(std::string_view name) const { return object_->contains(name); }
  [[nodiscard]] const std::string& path() const { return path_; }

  Expected<std::string> String(std::string_view name, std::size_t max_size = kMaxString);
  Expected<std::optional<std::string>> OptionalString(std::string_view name,
                                                      std::size_t max_size = kMaxString);
  // A string that must be exactly this, as a document's type.
  Status Constant(std::string_view name, std::string_view expected);
  Expected<bool> Bool(std::string_view name);
  template <std::integral T>
  Expected<T> Integer(std::string_view name, T min = std::numeric_limits<T>::min(),
                      T max = std::numeric_limits<T>::max());
  template <std::integral T>
  Expected<std::optional<T>> OptionalInteger(std::string_view name, T min = std::numeric_limits<T>::min(),
                                             T max = std::numeric_limits<T>::max());
  // Canonical base64.
  Expected<strongroom::Bytes> Bytes(std::string_view name, std::size_t max_size = kMaxString);
  template <std::size_t N>
  Expected<std::array<std::uint8_t, N>> FixedBytes(std::string_view name);
  // 64 lower-case hexadecimal digits.
  Expected<strongroom::Digest> Digest(std::string_view name);
  Expected<std::optional<strongroom::Digest>> OptionalDigest(std::string_view name);
  Expected<std::vector<strongroom::Digest>> Digests(std::string_view name, std::size_t max_items = kMaxItems);
  // RFC 3339 in UTC and whole seconds, "2026-11-21T19:43:00Z" and no other form.
  Expected<Timestamp> Time(std::string_view name);
  Expected<std::optional<Timestamp>> OptionalTime(std::string_view name);
  Expected<ObjectReader> Object(std::string_view name);
  Expected<std::optional<ObjectReader>> OptionalObject(std::string_view name);
  Expected<std::vector<ObjectReader>> Objects(std::string_view name, std::size_t max_items = kMaxItems);
  Expected<std::vector<std::string>> Strings(std::string_view name, std::size_t max_items = kMaxItems);
  // Array and Value hand out the value itself, borrowed, for what fits none of the above.
  Expected<const Json::Array*> Array(std::string_view name, std::size_t max_items = kMaxItems);
  Expected<const Json*> Value(std::string_view name);

  // kMalformed if a member was not taken.
  Status Finish() const;

  // The error of a member whose value is of the right type but not acceptable: "manifest.version: must be 1".
  [[nodiscard]] std::unexpected<Error> Refuse(std::string_view name, std::string_view why) const;

 private:
  ObjectReader(const Json::Object& object, std::string path) : object_(&object), path_(std::move(path)) {}
  Status CopyBytes(std::string_view name, MutableBytes out);
  [[nodiscard]] static std::string RangeMessage(const std::string& min, const std::string& max);

  const Json::Object* object_;
  std::string path_;
  std::vector<std::string_view> taken_;
};

// ObjectBuilder makes an object, with the members that ObjectReader's functions of the same names read. An
// absent optional value adds nothing. Adding one name twice is a defect of the caller: the first stays.
class ObjectBuilder {
 public:
  ObjectBuilder& Value(std::string name, Json value);
  ObjectBuilder& String(std::string name, std::string_view value) { return Value(std::move(name), value); }
  ObjectBuilder& OptionalString(std::string name, const std::optional<std::string>& value);
  ObjectBuilder& Bool(std::string name, bool value) { return Value(std::move(name), value); }
  template <std::integral T>
  ObjectBuilder& Integer(std::string name, T value) {
    return Value(std::move(name), value);
  }
  template <std::integral T>
  ObjectBuilder& OptionalInteger(std::string name, const std::optional<T>& value) {
    return value ? Value(std::move(name), *value) : *this;
  }
  ObjectBuilder& Bytes(std::string name, ByteView value) { return Value(std::move(name), Base64(value)); }
  ObjectBuilder& Digest(std::string name, const strongroom::Digest& value) {
    return Value(std::move(name), Hex(value));
  }
  ObjectBuilder& OptionalDigest(std::string name, const std::optional<strongroom::Digest>& value);
  ObjectBuilder& Digests(std::string name, const std::vector<strongroom::Digest>& values);
  ObjectBuilder& Time(std::string name, Timestamp value) { return Value(std::move(name), ToRfc3339(value)); }
  ObjectBuilder& OptionalTime(std::string name, const std::optional<Timestamp>& value);
  ObjectBuilder& Strings(std::string name, const std::vector<std::string>& values);
  // Hands out the object and leaves the builder empty.
  [[nodiscard]] Json Build() { return Json(std::exchange(object_, {})); }

 private:
  Json::Object object_;
};

template <std::integral T>
Expected<T> ObjectReader::Integer(std::string_view name, T min, T max) {
  SR_ASSIGN_OR_RETURN(const Json* value, Value(name));
  const std::optional<T> integer = value->Integer<T>();
  if (!integer || *integer < min || *integer > max) {
    return Refuse(name, RangeMessage(std::to_string(min), std::to_string(max)));
  }
  return *integer;
}

template <std::integral T>
Expected<std::optional<T>> ObjectReader::OptionalInteger(std::string_view name, T min, T max) {
  if (!Has(name)) return std::optional<T>();
  return Integer<T>(name, min, max);
}

template <std::size_t N>
Expected<std::array<std::uint8_t, N>> ObjectReader::FixedBytes(std::string_view name) {
  std::array<std::uint8_t, N> out{};
  SR_RETURN_IF_ERROR(CopyBytes(name, out));
  return out;
}

}  // namespace strongroom::envelope

#endif  // STRONGROOM_ENVELOPE_JSON_H_
