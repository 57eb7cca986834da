#include "strongroom/log/entry.h"

#include <string>

namespace strongroom::log {
namespace {

// In canonical form "type" is the last member of every kind of entry.
bool HasType(std::string_view text, std::string_view type) {
  return text.ends_with(",\"type\":\"" + std::string(type) + "\"}");
}

template <typename Record>
Expected<Entry> Widen(Expected<Record> record) {
  if (!record) return std::unexpected(std::move(record).error());
  return Entry(*std::move(record));
}

}  // namespace

Expected<Entry> ParseEntry(ByteView bytes) {
  const std::string_view text = AsText(bytes);
  if (HasType(text, kIndexRecordType)) return Widen(ParseIndexRecord(bytes));
  if (HasType(text, kKeyRecordType)) return Widen(ParseKeyRecord(bytes));
  return Widen(ParseAccessRecord(bytes));
}

Timestamp TimeOf(const Entry& entry) {
  return std::visit([](const auto& record) { return record.time; }, entry);
}

}  // namespace strongroom::log
