#include "strongroom/log/sealed_part.h"

#include <algorithm>
#include <bit>

#include "strongroom/crypto/hash.h"
#include "strongroom/crypto/hpke.h"
#include "strongroom/envelope/json.h"

namespace strongroom::log {
namespace {

using envelope::Json;
using envelope::ObjectBuilder;
using envelope::ObjectReader;

constexpr std::size_t kMaxKeyText = 1500;
constexpr std::size_t kMaxDepth = 8;
constexpr std::size_t kMaxValues = 8192;
constexpr std::size_t kLengthSize = 4;
constexpr std::size_t kMaxMessage =
    std::bit_ceil(sizeof(Salt) + kLengthSize + kMaxRecordSize) + crypto::kHpkeOverhead;

std::string Lead() {
  return std::string(kSealedPartType) + "\n";
}

// Binds a copy to its log and to the record's commitment.
std::string HpkeInfo(std::string_view origin, const Digest& commitment) {
  return Lead() + std::string(origin) + "\n" + Hex(commitment) + "\n";
}

Status CheckSealable(const AccessRecord& record) {
  if (!record.sealed.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "parts of this access record are sealed already");
  }
  const auto parsed = ParseAccessRecord(SerializeAccessRecord(record));
  if (!parsed) return Fail(ErrorCode::kInvalidArgument, parsed.error().message);
  return {};
}

Expected<Json::Object> ObjectOf(const AccessRecord& record) {
  SR_ASSIGN_OR_RETURN(const Json json, envelope::ParseJson(SerializeAccessRecord(record)));
  return *json.Get<Json::Object>();
}

void Remove(AccessRecord& record, SealablePart part) {
  switch (part) {
    case SealablePart::kDecision:
      return record.decision.reset();
    case SealablePart::kNode:
      return record.node.reset();
    case SealablePart::kNote:
      return record.note.reset();
    case SealablePart::kParty:
      return record.party.reset();
    case SealablePart::kPlace:
      return record.place.reset();
    case SealablePart::kReasons:
      return record.reasons.clear();
  }
}

// What is encrypted: salt, length, part, and zeros up to a power of two.
Bytes Padded(const Salt& salt, std::string_view part) {
  ByteWriter writer;
  writer.Append(salt).U32Le(static_cast<std::uint32_t>(part.size())).Append(part);
  const std::size_t size = writer.bytes().size();
  writer.Zeros(std::max(std::bit_ceil(size), kMinPaddedPart) - size);
  return std::move(writer).Take();
}

Expected<OpenedPart> ParsePadded(ByteView plaintext) {
  ByteReader reader(plaintext, "sealed part");
  OpenedPart opened;
  SR_RETURN_IF_ERROR(reader.Copy(opened.salt));
  SR_ASSIGN_OR_RETURN(const std::uint32_t length, reader.U32Le());
  SR_ASSIGN_OR_RETURN(const ByteView part, reader.Take(length));
  opened.json = AsText(part);
  SR_RETURN_IF_ERROR(reader.Zeros(reader.remaining()));
  return opened;
}

Expected<SealedDocument> SealPart(const std::string& part, const SealingRules& rules,
                                  std::string_view origin) {
  Salt salt{};
  crypto::RandomFill(salt);
  SealedDocument document{.commitment = Commitment(salt, part), .copies = {}};
  const std::string info = HpkeInfo(origin, document.commitment);
  const Bytes plaintext = Padded(salt, part);
  for (const AuditorKey& auditor : rules.auditors) {
    auto message = crypto::HpkeSeal(auditor.key, AsBytes(info), {}, plaintext);
    if (!message) return std::unexpected(std::move(message).error().With("auditor " + auditor.name));
    document.copies.push_back({auditor, *std::move(message)});
  }
  return document;
}

Json CopiesJson(const std::vector<SealedCopy>& copies) {
  Json::Array list;
  for (const SealedCopy& copy : copies) {
    list.push_back(
        ObjectBuilder().String("auditor", copy.auditor.ToText()).Bytes("message", copy.message).Build());
  }
  return list;
}

Digest CopiesDigest(const std::vector<SealedCopy>& copies) {
  return crypto::Sha256(AsBytes(envelope::CanonicalJson(CopiesJson(copies))));
}

Expected<SealedCopy> ReadCopy(ObjectReader& reader) {
  SealedCopy copy;
  SR_ASSIGN_OR_RETURN(const std::string key, reader.String("auditor", kMaxKeyText));
  auto auditor = ParseAuditorKey(key);
  if (!auditor) return reader.Refuse("auditor", auditor.error().message);
  copy.auditor = *std::move(auditor);
  SR_ASSIGN_OR_RETURN(copy.message, reader.Bytes("message", kMaxMessage));
  SR_RETURN_IF_ERROR(reader.Finish());
  return copy;
}

std::unexpected<Error> Altered(const SealedPart& named, std::string_view why) {
  return Fail(
      ErrorCode::kAltered,
      "sealed " + std::string(Name(named.part)) + " " + Hex(named.commitment) + ": " + std::string(why),
      "what the record committed to may survive in a copy of the log's directory");
}

std::unexpected<Error> NotSealedTo(const SealedDocument& document, const SealedPart& named) {
  Error error(ErrorCode::kNoKey, "sealed " + std::string(Name(named.part)) + " " + Hex(named.commitment) +
                                     " is not sealed to this auditor's key");
  for (const SealedCopy& copy : document.copies) error.why.push_back("it is sealed to " + copy.auditor.name);
  return std::unexpected(std::move(error));
}

// The value of {"NAME":value}, where the name is this part's.
Expected<Json> PartValue(std::string_view text, SealablePart part) {
  SR_ASSIGN_OR_RETURN(const Json json,
                      envelope::ParseCanonicalJson(AsBytes(text), {kMaxRecordSize, kMaxDepth, kMaxValues}));
  SR_ASSIGN_OR_RETURN(ObjectReader reader, ObjectReader::Open(json, "opened part"));
  SR_ASSIGN_OR_RETURN(const Json* value, reader.Value(Name(part)));
  SR_RETURN_IF_ERROR(reader.Finish());
  return *value;
}

}  // namespace

Digest Commitment(const Salt& salt, std::string_view json) {
  const std::string lead = Lead();
  const std::array<ByteView, 3> pieces = {AsBytes(lead), salt, AsBytes(json)};
  return crypto::Sha256(pieces);
}

Bytes SerializeSealedDocument(const SealedDocument& document) {
  const Json json = ObjectBuilder()
                        .String("type", kSealedPartType)
                        .Digest("commitment", document.commitment)
                        .Digest("digest", CopiesDigest(document.copies))
                        .Value("copies", CopiesJson(document.copies))
                        .Build();
  return ToBytes(AsBytes(envelope::CanonicalJson(json)));
}

Expected<SealedDocument> ParseSealedDocument(ByteView bytes) {
  SR_ASSIGN_OR_RETURN(const Json json,
                      envelope::ParseCanonicalJson(bytes, {kMaxSealedDocumentSize, kMaxDepth, kMaxValues}));
  SR_ASSIGN_OR_RETURN(ObjectReader reader, ObjectReader::Open(json, "sealed part"));
  SealedDocument document;
  SR_RETURN_IF_ERROR(reader.Constant("type", kSealedPartType));
  SR_ASSIGN_OR_RETURN(document.commitment, reader.Digest("commitment"));
  SR_ASSIGN_OR_RETURN(const Digest digest, reader.Digest("digest"));
  SR_ASSIGN_OR_RETURN(std::vector<ObjectReader> copies, reader.Objects("copies", kMaxAuditors));
  SR_RETURN_IF_ERROR(reader.Finish());
  if (copies.empty()) return reader.Refuse("copies", "is empty");
  for (ObjectReader& copy : copies) {
    SR_ASSIGN_OR_RETURN(document.copies.emplace_back(), ReadCopy(copy));
  }
  if (CopiesDigest(document.copies) == digest) return document;
  return Fail(ErrorCode::kAltered, "sealed part: its copies are not those that its digest was taken of");
}

Expected<SealedRecord> SealParts(AccessRecord record, const SealingRules& rules, std::string_view origin) {
  SR_RETURN_IF_ERROR(CheckSealable(record));
  SealedRecord sealed;
  SR_ASSIGN_OR_RETURN(const Json::Object members, ObjectOf(record));
  for (const SealablePart part : rules.parts) {
    if (!Holds(record, part)) continue;
    const std::string name(Name(part));
    const std::string json = envelope::CanonicalJson(Json::Object{{name, members.at(name)}});
    SR_ASSIGN_OR_RETURN(SealedDocument document, SealPart(json, rules, origin));
    Remove(record, part);
    record.sealed.push_back({part, document.commitment});
    sealed.documents.push_back(std::move(document));
  }
  sealed.record = std::move(record);
  return sealed;
}

Expected<OpenedPart> OpenPart(const SealedDocument& document, const SealedPart& named,
                              std::string_view origin, const crypto::X25519PrivateKey& auditor) {
  if (document.commitment != named.commitment) return Altered(named, "its document is another part's");
  const auto copy = std::ranges::find(document.copies, auditor.public_key(),
                                      [](const SealedCopy& each) { return each.auditor.key; });
  if (copy == document.copies.end()) return NotSealedTo(document, named);
  const std::string info = HpkeInfo(origin, named.commitment);
  const auto plaintext = crypto::HpkeOpen(auditor, AsBytes(info), {}, copy->message);
  if (!plaintext) return Altered(named, "its document does not open under this auditor's key");
  auto opened = ParsePadded(plaintext->Expose());
  if (!opened || Commitment(opened->salt, opened->json) != named.commitment) {
    return Altered(named, "its content is not what the record committed to");
  }
  if (!PartValue(opened->json, named.part)) return Altered(named, "its content is of another kind");
  opened->part = named.part;
  return opened;
}

Expected<AccessRecord> RestoreRecord(const AccessRecord& record, std::span<const OpenedPart> parts) {
  AccessRecord remaining = record;
  for (const OpenedPart& opened : parts) {
    std::erase_if(remaining.sealed, [&](const SealedPart& sealed) { return sealed.part == opened.part; });
  }
  SR_ASSIGN_OR_RETURN(Json::Object members, ObjectOf(remaining));
  for (const OpenedPart& opened : parts) {
    SR_ASSIGN_OR_RETURN(Json value, PartValue(opened.json, opened.part));
    members.insert_or_assign(std::string(Name(opened.part)), std::move(value));
  }
  return ParseAccessRecord(AsBytes(envelope::CanonicalJson(std::move(members))));
}

}  // namespace strongroom::log
