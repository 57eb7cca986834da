#include "strongroom/log/key_record.h"

#include "strongroom/envelope/json.h"

namespace strongroom::log {
namespace {

constexpr std::size_t kMaxBytes = 4096;
constexpr std::size_t kMaxDepth = 1;
constexpr std::size_t kMaxValues = 8;
constexpr std::size_t kMaxKeyText = 1500;

Expected<envelope::NoteKey> ReadKey(envelope::ObjectReader& reader, std::string_view name) {
  SR_ASSIGN_OR_RETURN(const std::string text, reader.String(name, kMaxKeyText));
  auto key = envelope::ParseNoteKey(text);
  if (!key) return reader.Refuse(name, key.error().message);
  return key;
}

}  // namespace

std::string_view Name(KeyChange change) {
  return change == KeyChange::kRotation ? "rotation" : "loss";
}

Bytes SerializeKeyRecord(const KeyRecord& record) {
  const envelope::Json json = envelope::ObjectBuilder()
                                  .String("type", kKeyRecordType)
                                  .Time("time", record.time)
                                  .String("reason", Name(record.change))
                                  .String("old", record.old_key.ToText())
                                  .String("new", record.new_key.ToText())
                                  .Build();
  return ToBytes(AsBytes(envelope::CanonicalJson(json)));
}

Expected<KeyRecord> ParseKeyRecord(ByteView bytes) {
  SR_ASSIGN_OR_RETURN(const envelope::Json json,
                      envelope::ParseCanonicalJson(bytes, {kMaxBytes, kMaxDepth, kMaxValues}));
  SR_ASSIGN_OR_RETURN(auto reader, envelope::ObjectReader::Open(json, "key record"));
  KeyRecord record;
  SR_RETURN_IF_ERROR(reader.Constant("type", kKeyRecordType));
  SR_ASSIGN_OR_RETURN(record.time, reader.Time("time"));
  SR_ASSIGN_OR_RETURN(const std::string reason, reader.String("reason"));
  if (reason != Name(KeyChange::kRotation) && reason != Name(KeyChange::kLoss)) {
    return reader.Refuse("reason", "is not a known word");
  }
  record.change = reason == Name(KeyChange::kLoss) ? KeyChange::kLoss : KeyChange::kRotation;
  SR_ASSIGN_OR_RETURN(record.old_key, ReadKey(reader, "old"));
  SR_ASSIGN_OR_RETURN(record.new_key, ReadKey(reader, "new"));
  SR_RETURN_IF_ERROR(reader.Finish());
  if (record.old_key.name != record.new_key.name)
    return reader.Refuse("new", "has another name than the old key");
  if (record.old_key == record.new_key) return reader.Refuse("new", "is the old key");
  return record;
}

}  // namespace strongroom::log
