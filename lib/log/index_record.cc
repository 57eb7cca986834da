#include "strongroom/log/index_record.h"

#include "strongroom/envelope/json.h"

namespace strongroom::log {
namespace {

constexpr std::size_t kMaxBytes = 512;
constexpr std::size_t kMaxDepth = 1;
constexpr std::size_t kMaxValues = 8;

}  // namespace

Bytes SerializeIndexRecord(const IndexRecord& record) {
  const envelope::Json json = envelope::ObjectBuilder()
                                  .String("type", kIndexRecordType)
                                  .Time("time", record.time)
                                  .Integer("entries", record.entries)
                                  .Integer("keys", record.keys)
                                  .Digest("root", record.root)
                                  .Build();
  return ToBytes(AsBytes(envelope::CanonicalJson(json)));
}

Expected<IndexRecord> ParseIndexRecord(ByteView bytes) {
  SR_ASSIGN_OR_RETURN(const envelope::Json json,
                      envelope::ParseCanonicalJson(bytes, {kMaxBytes, kMaxDepth, kMaxValues}));
  SR_ASSIGN_OR_RETURN(auto reader, envelope::ObjectReader::Open(json, "index record"));
  IndexRecord record;
  SR_RETURN_IF_ERROR(reader.Constant("type", kIndexRecordType));
  SR_ASSIGN_OR_RETURN(record.time, reader.Time("time"));
  SR_ASSIGN_OR_RETURN(record.entries, reader.Integer<std::uint64_t>("entries"));
  SR_ASSIGN_OR_RETURN(record.keys, reader.Integer<std::uint64_t>("keys"));
  SR_ASSIGN_OR_RETURN(record.root, reader.Digest("root"));
  SR_RETURN_IF_ERROR(reader.Finish());
  return record;
}

}  // namespace strongroom::log
