// The value and its canonical form; parsing is in json_parse.cc, reading and building objects in
// json_object.cc.
#include "strongroom/envelope/json.h"

#include <algorithm>
#include <utility>

#include "envelope/json_text.h"

namespace strongroom::envelope {

// JsonWriter is the visitor that appends the canonical form of a value to `out`.
struct JsonWriter {
  std::string& out;

  void Write(const Json& value) { std::visit(*this, value.value_); }

  void operator()(std::monostate) { out += "null"; }
  void operator()(bool value) { out += value ? "true" : "false"; }
  void operator()(std::int64_t value) { out += std::to_string(value); }
  void operator()(std::uint64_t value) { out += std::to_string(value); }
  void operator()(const std::string& value) { AppendJsonString(value, out); }
  void operator()(const Json::Array& values) {
    out += '[';
    std::string_view separator;
    for (const Json& value : values) {
      out += std::exchange(separator, ",");
      Write(value);
    }
    out += ']';
  }
  void operator()(const Json::Object& members) {
    out += '{';
    std::string_view separator;
    for (const auto& [name, value] : members) {
      out += std::exchange(separator, ",");
      AppendJsonString(name, out);
      out += ':';
      Write(value);
    }
    out += '}';
  }
};

Json::Json(std::string value) {
  if (!IsUtf8(value)) value = ReplaceInvalidUtf8(value);
  value_ = std::move(value);
}

bool operator==(const Json& a, const Json& b) {
  return a.value_ == b.value_;
}

std::string CanonicalJson(const Json& value) {
  std::string out;
  JsonWriter{out}.Write(value);
  return out;
}

Expected<Json> ParseCanonicalJson(ByteView bytes, const JsonLimits& limits) {
  SR_ASSIGN_OR_RETURN(Json value, ParseJson(bytes, limits));
  const std::string canonical = CanonicalJson(value);
  const std::string_view given = AsText(bytes);
  if (canonical == given) return value;
  const std::size_t common = std::min(canonical.size(), given.size());
  std::size_t offset = 0;
  while (offset < common && canonical[offset] == given[offset]) ++offset;
  return Fail(ErrorCode::kMalformed, "json is not in its canonical form at byte " + std::to_string(offset));
}

}  // namespace strongroom::envelope
