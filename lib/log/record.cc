#include "strongroom/log/record.h"

#include <algorithm>
#include <array>
#include <utility>

#include "strongroom/envelope/json.h"

namespace strongroom::log {
namespace {

using envelope::Json;
using envelope::ObjectBuilder;
using envelope::ObjectReader;

constexpr std::size_t kMaxText = 1024;
constexpr std::size_t kMaxItems = 256;
constexpr std::size_t kMaxDepth = 8;
constexpr std::size_t kMaxValues = 8192;

template <typename T, std::size_t N>
using WordTable = std::array<std::pair<T, std::string_view>, N>;

constexpr WordTable<Action, 5> kActions = {{{Action::kSeal, "seal"},
                                            {Action::kOpen, "open"},
                                            {Action::kCat, "cat"},
                                            {Action::kLs, "ls"},
                                            {Action::kRekey, "rekey"}}};
constexpr WordTable<Outcome, 4> kOutcomes = {{{Outcome::kPermit, "permit"},
                                              {Outcome::kRefuse, "refuse"},
                                              {Outcome::kFailed, "failed"},
                                              {Outcome::kDone, "done"}}};
constexpr WordTable<KeyslotClass, 2> kKeyslotClasses = {
    {{KeyslotClass::kCooperative, "cooperative"}, {KeyslotClass::kEnforced, "enforced"}}};
constexpr WordTable<SealablePart, 6> kSealableParts = {{{SealablePart::kDecision, "decision"},
                                                        {SealablePart::kNode, "node"},
                                                        {SealablePart::kNote, "note"},
                                                        {SealablePart::kParty, "party"},
                                                        {SealablePart::kPlace, "place"},
                                                        {SealablePart::kReasons, "reasons"}}};
constexpr std::array<std::string_view, 3> kBases = {"declared", "endorsed", "measured"};
constexpr std::array<std::string_view, 4> kDecisions = {"permit", "needs_licence", "deny", "unknown"};
constexpr std::array<std::string_view, 3> kKeyslotKinds = {"tpm", "threshold", "recovery"};

template <typename T, std::size_t N>
std::string_view Word(const WordTable<T, N>& table, T value) {
  return std::ranges::find(table, value, [](const auto& row) { return row.first; })->second;
}

template <typename T, std::size_t N>
Expected<T> ReadWord(ObjectReader& reader, std::string_view name, const WordTable<T, N>& table) {
  SR_ASSIGN_OR_RETURN(const std::string text, reader.String(name, kMaxText));
  const auto row = std::ranges::find(table, text, [](const auto& entry) { return entry.second; });
  if (row == table.end()) return reader.Refuse(name, "is not a known word");
  return row->first;
}

Expected<std::string> ReadWord(ObjectReader& reader, std::string_view name,
                               std::span<const std::string_view> words) {
  SR_ASSIGN_OR_RETURN(std::string text, reader.String(name, kMaxText));
  if (std::ranges::find(words, text) == words.end()) return reader.Refuse(name, "is not a known word");
  return text;
}

Expected<std::vector<std::string>> ReadTexts(ObjectReader& reader, std::string_view name) {
  SR_ASSIGN_OR_RETURN(std::vector<std::string> texts, reader.Strings(name, kMaxItems));
  const auto too_long = [](const std::string& text) { return text.size() > kMaxText; };
  if (std::ranges::any_of(texts, too_long)) return reader.Refuse(name, "has a string that is too long");
  return texts;
}

// Each part of a record has its Write and its Read.

Json Write(const RecordedBundle& bundle) {
  return ObjectBuilder()
      .Digest("instance", bundle.instance)
      .OptionalDigest("id", bundle.id)
      .OptionalInteger("keyslots_revision", bundle.keyslots_revision)
      .Build();
}

Status Read(ObjectReader& reader, RecordedBundle& bundle) {
  SR_ASSIGN_OR_RETURN(bundle.instance, reader.Digest("instance"));
  SR_ASSIGN_OR_RETURN(bundle.id, reader.OptionalDigest("id"));
  SR_ASSIGN_OR_RETURN(bundle.keyslots_revision, reader.OptionalInteger<std::uint64_t>("keyslots_revision"));
  return {};
}

Json Write(const RecordedParty& party) {
  return ObjectBuilder()
      .String("operator", party.operator_name)
      .String("operator_hq", party.operator_hq)
      .Build();
}

Status Read(ObjectReader& reader, RecordedParty& party) {
  SR_ASSIGN_OR_RETURN(party.operator_name, reader.String("operator", kMaxText));
  SR_ASSIGN_OR_RETURN(party.operator_hq, reader.String("operator_hq", kMaxText));
  return {};
}

Json Write(const RecordedNode& node) {
  return ObjectBuilder().String("id", node.id).String("name", node.name).Build();
}

Status Read(ObjectReader& reader, RecordedNode& node) {
  SR_ASSIGN_OR_RETURN(node.id, reader.String("id", kMaxText));
  SR_ASSIGN_OR_RETURN(node.name, reader.String("name", kMaxText));
  return {};
}

Json Write(const RecordedPlace& place) {
  return ObjectBuilder().String("country", place.country).String("basis", place.basis).Build();
}

Status Read(ObjectReader& reader, RecordedPlace& place) {
  SR_ASSIGN_OR_RETURN(place.country, reader.String("country", kMaxText));
  SR_ASSIGN_OR_RETURN(place.basis, ReadWord(reader, "basis", kBases));
  return {};
}

Json Write(const RecordedKeyslot& keyslot) {
  return ObjectBuilder()
      .String("kind", keyslot.kind)
      .String("class", Name(keyslot.keyslot_class))
      .Integer("index", keyslot.index)
      .Build();
}

Status Read(ObjectReader& reader, RecordedKeyslot& keyslot) {
  SR_ASSIGN_OR_RETURN(keyslot.kind, ReadWord(reader, "kind", kKeyslotKinds));
  SR_ASSIGN_OR_RETURN(keyslot.keyslot_class, ReadWord(reader, "class", kKeyslotClasses));
  SR_ASSIGN_OR_RETURN(keyslot.index, reader.Integer<std::uint32_t>("index"));
  return {};
}

Json Write(const DecisionStep& step) {
  return ObjectBuilder().String("rule", step.rule).Strings("citations", step.citations).Build();
}

Status Read(ObjectReader& reader, DecisionStep& step) {
  SR_ASSIGN_OR_RETURN(step.rule, reader.String("rule", kMaxText));
  SR_ASSIGN_OR_RETURN(step.citations, ReadTexts(reader, "citations"));
  return {};
}

Json Write(const RecordedDecision& decision) {
  Json::Array path;
  for (const DecisionStep& step : decision.path) path.push_back(Write(step));
  return ObjectBuilder()
      .String("result", decision.result)
      .Time("at", decision.at)
      .Value("path", std::move(path))
      .Build();
}

Status Read(ObjectReader& reader, RecordedDecision& decision) {
  SR_ASSIGN_OR_RETURN(decision.result, ReadWord(reader, "result", kDecisions));
  SR_ASSIGN_OR_RETURN(decision.at, reader.Time("at"));
  SR_ASSIGN_OR_RETURN(std::vector<ObjectReader> steps, reader.Objects("path", kMaxItems));
  for (ObjectReader& step : steps) {
    SR_RETURN_IF_ERROR(Read(step, decision.path.emplace_back()));
    SR_RETURN_IF_ERROR(step.Finish());
  }
  return {};
}

Json Write(const RecordedLease& lease) {
  return ObjectBuilder().String("id", lease.id).Time("until", lease.until).Build();
}

Status Read(ObjectReader& reader, RecordedLease& lease) {
  SR_ASSIGN_OR_RETURN(lease.id, reader.String("id", kMaxText));
  SR_ASSIGN_OR_RETURN(lease.until, reader.Time("until"));
  return {};
}

Json Write(const SealedPart& sealed) {
  return ObjectBuilder().String("name", Name(sealed.part)).Digest("commitment", sealed.commitment).Build();
}

Status Read(ObjectReader& reader, SealedPart& sealed) {
  SR_ASSIGN_OR_RETURN(sealed.part, ReadWord(reader, "name", kSealableParts));
  SR_ASSIGN_OR_RETURN(sealed.commitment, reader.Digest("commitment"));
  return {};
}

// The list is absent where nothing is sealed.
void WriteSealed(ObjectBuilder& builder, const std::vector<SealedPart>& parts) {
  if (parts.empty()) return;
  Json::Array list;
  for (const SealedPart& part : parts) list.push_back(Write(part));
  builder.Value("sealed", std::move(list));
}

Status ReadSealed(ObjectReader& reader, AccessRecord& record) {
  if (!reader.Has("sealed")) return {};
  SR_ASSIGN_OR_RETURN(std::vector<ObjectReader> items, reader.Objects("sealed", kSealableParts.size()));
  if (items.empty()) return reader.Refuse("sealed", "is empty");
  for (ObjectReader& item : items) {
    SealedPart sealed;
    SR_RETURN_IF_ERROR(Read(item, sealed));
    SR_RETURN_IF_ERROR(item.Finish());
    if (!record.sealed.empty() && sealed.part <= record.sealed.back().part) {
      return item.Refuse("name", "is not in the order of the names");
    }
    if (Holds(record, sealed.part)) return item.Refuse("name", "is that of a part that is not sealed");
    record.sealed.push_back(sealed);
  }
  return {};
}

template <typename Part>
void WritePart(ObjectBuilder& builder, std::string name, const std::optional<Part>& part) {
  if (part) builder.Value(std::move(name), Write(*part));
}

template <typename Part>
Status ReadPart(ObjectReader& reader, std::string_view name, std::optional<Part>& part) {
  SR_ASSIGN_OR_RETURN(std::optional<ObjectReader> object, reader.OptionalObject(name));
  if (!object) return {};
  SR_RETURN_IF_ERROR(Read(*object, part.emplace()));
  return object->Finish();
}

Status ReadParts(ObjectReader& reader, AccessRecord& record) {
  SR_RETURN_IF_ERROR(ReadPart(reader, "bundle", record.bundle));
  SR_RETURN_IF_ERROR(ReadPart(reader, "party", record.party));
  SR_RETURN_IF_ERROR(ReadPart(reader, "node", record.node));
  SR_RETURN_IF_ERROR(ReadPart(reader, "place", record.place));
  SR_RETURN_IF_ERROR(ReadPart(reader, "keyslot", record.keyslot));
  SR_RETURN_IF_ERROR(ReadPart(reader, "decision", record.decision));
  return ReadPart(reader, "lease", record.lease);
}

}  // namespace

std::string_view Name(Action action) {
  return Word(kActions, action);
}
std::string_view Name(Outcome outcome) {
  return Word(kOutcomes, outcome);
}
std::string_view Name(KeyslotClass keyslot_class) {
  return Word(kKeyslotClasses, keyslot_class);
}
std::string_view Name(SealablePart part) {
  return Word(kSealableParts, part);
}

Expected<SealablePart> ParseSealablePart(std::string_view name) {
  const auto row = std::ranges::find(kSealableParts, name, [](const auto& entry) { return entry.second; });
  if (row != kSealableParts.end()) return row->first;
  return Fail(ErrorCode::kMalformed, "'" + std::string(name) + "' is no part of a record that can be sealed",
              "one of decision, node, note, party, place, reasons");
}

bool Holds(const AccessRecord& record, SealablePart part) {
  switch (part) {
    case SealablePart::kDecision:
      return record.decision.has_value();
    case SealablePart::kNode:
      return record.node.has_value();
    case SealablePart::kNote:
      return record.note.has_value();
    case SealablePart::kParty:
      return record.party.has_value();
    case SealablePart::kPlace:
      return record.place.has_value();
    case SealablePart::kReasons:
      return !record.reasons.empty();
  }
  return false;
}

Bytes SerializeAccessRecord(const AccessRecord& record) {
  ObjectBuilder builder;
  builder.String("type", kAccessRecordType)
      .Time("time", record.time)
      .String("time_source", record.time_source)
      .String("action", Name(record.action))
      .String("outcome", Name(record.outcome))
      .Strings("reasons", record.reasons)
      .Digests("packs", record.packs)
      .OptionalDigest("evidence", record.evidence)
      .OptionalString("note", record.note);
  WritePart(builder, "bundle", record.bundle);
  WritePart(builder, "party", record.party);
  WritePart(builder, "node", record.node);
  WritePart(builder, "place", record.place);
  WritePart(builder, "keyslot", record.keyslot);
  WritePart(builder, "decision", record.decision);
  WritePart(builder, "lease", record.lease);
  WriteSealed(builder, record.sealed);
  return ToBytes(AsBytes(envelope::CanonicalJson(builder.Build())));
}

Expected<AccessRecord> ParseAccessRecord(ByteView bytes) {
  SR_ASSIGN_OR_RETURN(const Json json,
                      envelope::ParseCanonicalJson(bytes, {kMaxRecordSize, kMaxDepth, kMaxValues}));
  SR_ASSIGN_OR_RETURN(ObjectReader reader, ObjectReader::Open(json, "access record"));
  AccessRecord record;
  SR_RETURN_IF_ERROR(reader.Constant("type", kAccessRecordType));
  SR_ASSIGN_OR_RETURN(record.time, reader.Time("time"));
  SR_ASSIGN_OR_RETURN(record.time_source, reader.String("time_source", kMaxText));
  SR_ASSIGN_OR_RETURN(record.action, ReadWord(reader, "action", kActions));
  SR_ASSIGN_OR_RETURN(record.outcome, ReadWord(reader, "outcome", kOutcomes));
  SR_ASSIGN_OR_RETURN(record.reasons, ReadTexts(reader, "reasons"));
  SR_ASSIGN_OR_RETURN(record.packs, reader.Digests("packs", kMaxItems));
  SR_ASSIGN_OR_RETURN(record.evidence, reader.OptionalDigest("evidence"));
  SR_ASSIGN_OR_RETURN(record.note, reader.OptionalString("note", kMaxText));
  SR_RETURN_IF_ERROR(ReadParts(reader, record));
  SR_RETURN_IF_ERROR(ReadSealed(reader, record));
  SR_RETURN_IF_ERROR(reader.Finish());
  return record;
}

}  // namespace strongroom::log
