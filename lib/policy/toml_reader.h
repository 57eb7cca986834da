// A strict reader of small TOML documents: every key is read exactly once, by somebody who expects its type;
// whatever is left unread is an error. Messages begin with "line L, column C: ". This is the only door to the
// TOML library.
#ifndef STRONGROOM_POLICY_TOML_READER_H_
#define STRONGROOM_POLICY_TOML_READER_H_

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/clock.h"
#include "strongroom/base/error.h"

namespace strongroom::policy {

// Where something begins, both counted from 1, columns in characters.
struct TomlPosition {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  friend auto operator<=>(const TomlPosition&, const TomlPosition&) = default;
};

struct TomlEntry;

// TomlNode is one value and where it stands. Dates are midnight UTC; a type that no document of ours uses
// (floating point, local time, a date and time without an offset) is kept as kOther, so that its reader can
// refuse it by position.
struct TomlNode {
  enum class Other { kOther };
  using Array = std::vector<TomlNode>;
  using Table = std::vector<TomlEntry>;
  std::variant<Other, bool, std::int64_t, std::string, Timestamp, Array, Table> value;
  TomlPosition position;
};

struct TomlEntry {
  std::string key;
  TomlPosition position;
  TomlNode node;
};

// ParseToml reads a whole document of at most 1 MiB, nested at most 16 deep; the root is a table. kMalformed
// with the position of the first syntax error, duplicate keys and invalid UTF-8 included.
Expected<TomlNode> ParseToml(ByteView document);

// An error of kind kMalformed at a position.
[[nodiscard]] Error MalformedAt(TomlPosition position, std::string_view why, std::string next = {});
// The same error, with the position before its message.
[[nodiscard]] Error AtPosition(Error error, TomlPosition position);

// What a value is, or kMalformed at its position, saying what was wanted. `what` names the key. A text with
// control characters, line breaks among them, is refused.
Expected<std::string> TomlText(const TomlNode& node, std::string_view what);
Expected<std::int64_t> TomlInteger(const TomlNode& node, std::string_view what);
Expected<bool> TomlTruth(const TomlNode& node, std::string_view what);
Expected<Timestamp> TomlTime(const TomlNode& node, std::string_view what);
Expected<const TomlNode::Array*> TomlArray(const TomlNode& node, std::string_view what);
Expected<std::vector<std::string>> TomlTexts(const TomlNode& node, std::string_view what);

// TomlTable reads one table. The node must outlive it.
class TomlTable {
 public:
  // kMalformed unless the node is a table. `what` names it in messages.
  static Expected<TomlTable> Of(const TomlNode& node, std::string_view what);

  const TomlNode* Take(std::string_view key);  // null if it is absent
  Expected<const TomlNode*> Require(
      std::string_view key);  // kMalformed at the table's position if it is absent
  Expected<std::string> RequireText(std::string_view key);
  // kMalformed at the first key, in the order of the document, that was not taken.
  Status Finish() const;

  [[nodiscard]] TomlPosition position() const { return position_; }

 private:
  TomlTable(const TomlNode::Table* entries, TomlPosition position, std::string what)
      : entries_(entries), position_(position), what_(std::move(what)) {}
  const TomlNode::Table* entries_;
  TomlPosition position_;
  std::string what_;
  std::set<const TomlEntry*> taken_;
};

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_TOML_READER_H_
