#include "policy/toml_reader.h"

#include <algorithm>
#include <chrono>

// The distribution's shared library has the throwing parser only, so the parser is compiled in here.
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_MAX_NESTED_VALUES 16
#define TOML_ENABLE_FORMATTERS 0
// Some of the parser's own assertions are false for malformed documents ("[[" before a line's end), which its
// code then refuses as it should. So they must neither abort nor, as they do with NDEBUG, become promises to
// the optimiser.
#undef NDEBUG
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

namespace strongroom::policy {
namespace {

constexpr std::size_t kMaxDocument = 1 << 20;
// Dotted keys nest tables without counting as nested values: together with TOML_MAX_NESTED_VALUES this bounds
// the recursion.
constexpr std::size_t kMaxDotsInLine = 64;

TomlPosition PositionOf(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

Status CheckShape(ByteView document) {
  if (document.size() > kMaxDocument) return Fail(ErrorCode::kMalformed, "the document is longer than 1 MiB");
  TomlPosition position;
  std::size_t dots = 0;
  for (const std::uint8_t byte : document) {
    if (byte == '\n') {
      ++position.line;
      dots = 0;
    } else if (byte == '.' && ++dots > kMaxDotsInLine) {
      return std::unexpected(MalformedAt(position, "a line with more than 64 dots"));
    }
  }
  return {};
}

Timestamp ToTimestamp(const toml::date& date, const toml::time& time, int offset_minutes) {
  using namespace std::chrono;
  const sys_days day{year{date.year} / month{date.month} / std::chrono::day{date.day}};
  const auto at = sys_seconds{day} + hours{time.hour} + minutes{time.minute} + seconds{time.second} -
                  minutes{offset_minutes};
  return {at.time_since_epoch().count()};
}

TomlNode Convert(const toml::node& node);

TomlNode::Table ConvertTable(const toml::table& table) {
  TomlNode::Table entries;
  for (auto&& [key, value] : table) {
    entries.push_back({std::string(key.str()), PositionOf(key.source()), Convert(value)});
  }
  std::ranges::sort(entries, {}, &TomlEntry::position);
  return entries;
}

TomlNode Convert(const toml::node& node) {
  TomlNode out;
  out.position = PositionOf(node.source());
  if (const auto* text = node.as_string()) {
    out.value = text->get();
  } else if (const auto* integer = node.as_integer()) {
    out.value = integer->get();
  } else if (const auto* boolean = node.as_boolean()) {
    out.value = boolean->get();
  } else if (const auto* date = node.as_date()) {
    out.value = ToTimestamp(date->get(), {}, 0);
  } else if (const auto* moment = node.as_date_time()) {
    const toml::date_time& at = moment->get();
    if (at.offset && at.time.nanosecond == 0) out.value = ToTimestamp(at.date, at.time, at.offset->minutes);
  } else if (const auto* array = node.as_array()) {
    TomlNode::Array elements;
    for (auto&& element : *array) elements.push_back(Convert(element));
    out.value = std::move(elements);
  } else if (const auto* table = node.as_table()) {
    out.value = ConvertTable(*table);
  }
  return out;
}

template <typename T>
Expected<T> Get(const TomlNode& node, std::string_view what, std::string_view wanted) {
  if (const T* value = std::get_if<T>(&node.value)) return *value;
  return std::unexpected(MalformedAt(node.position, std::string(what) + " must be " + std::string(wanted)));
}

}  // namespace

Expected<TomlNode> ParseToml(ByteView document) {
  SR_RETURN_IF_ERROR(CheckShape(document));
  const toml::parse_result result = toml::parse(AsText(document));
  if (!result) {
    const toml::parse_error& error = result.error();
    return std::unexpected(MalformedAt(PositionOf(error.source()), error.description()));
  }
  return Convert(result.table());
}

Error MalformedAt(TomlPosition position, std::string_view why, std::string next) {
  // Keys and words of the document are quoted in messages; what would steer a terminal is not.
  std::string shown(why);
  std::ranges::replace_if(
      shown, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }, '?');
  return AtPosition(Error(ErrorCode::kMalformed, std::move(shown), std::move(next)), position);
}

Error AtPosition(Error error, TomlPosition position) {
  return std::move(error).With("line " + std::to_string(position.line) + ", column " +
                               std::to_string(position.column));
}

Expected<std::string> TomlText(const TomlNode& node, std::string_view what) {
  return Get<std::string>(node, what, "text in quotes");
}

Expected<std::int64_t> TomlInteger(const TomlNode& node, std::string_view what) {
  return Get<std::int64_t>(node, what, "a whole number");
}

Expected<Timestamp> TomlTime(const TomlNode& node, std::string_view what) {
  return Get<Timestamp>(node, what,
                        "a date (2025-05-15) or a time with an offset (2026-06-12T21:21:00Z), not in quotes");
}

Expected<const TomlNode::Array*> TomlArray(const TomlNode& node, std::string_view what) {
  if (const auto* array = std::get_if<TomlNode::Array>(&node.value)) return array;
  return std::unexpected(MalformedAt(node.position, std::string(what) + " must be a list in brackets"));
}

Expected<std::vector<std::string>> TomlTexts(const TomlNode& node, std::string_view what) {
  SR_ASSIGN_OR_RETURN(const TomlNode::Array* array, TomlArray(node, what));
  std::vector<std::string> texts;
  for (const TomlNode& element : *array) {
    SR_ASSIGN_OR_RETURN(std::string text, TomlText(element, "each element of " + std::string(what)));
    texts.push_back(std::move(text));
  }
  return texts;
}

Expected<TomlTable> TomlTable::Of(const TomlNode& node, std::string_view what) {
  const auto* entries = std::get_if<TomlNode::Table>(&node.value);
  if (entries == nullptr)
    return std::unexpected(MalformedAt(node.position, std::string(what) + " must be a table"));
  return TomlTable(entries, node.position, std::string(what));
}

const TomlNode* TomlTable::Take(std::string_view key) {
  const auto entry = std::ranges::find(*entries_, key, &TomlEntry::key);
  if (entry == entries_->end()) return nullptr;
  taken_.insert(&*entry);
  return &entry->node;
}

Expected<const TomlNode*> TomlTable::Require(std::string_view key) {
  if (const TomlNode* node = Take(key)) return node;
  return std::unexpected(MalformedAt(position_, what_ + " lacks the key '" + std::string(key) + "'"));
}

Expected<std::string> TomlTable::RequireText(std::string_view key) {
  SR_ASSIGN_OR_RETURN(const TomlNode* node, Require(key));
  return TomlText(*node, "'" + std::string(key) + "'");
}

Status TomlTable::Finish() const {
  for (const TomlEntry& entry : *entries_) {
    if (!taken_.contains(&entry)) {
      return std::unexpected(MalformedAt(entry.position, "unknown key '" + entry.key + "' in " + what_));
    }
  }
  return {};
}

}  // namespace strongroom::policy
