#include "strongroom/log/record.h"

#include <algorithm>
#include <array>
#include <utility>

#include "strongroom/envelope/canonical_json.h"

namespace strongroom::log {
namespace {

using envelope::CanonicalReader;
using envelope::CanonicalWriter;

constexpr std::size_t kMaxText = 1024;
constexpr std::size_t kMaxItems = 256;
constexpr std::size_t kMaxDepth = 8;
constexpr std::size_t kMaxValues = 8192;

template <typename T, std::size_t N>
using WordTable = std::array<std::pair<T, std::string_view>, N>;

constexpr WordTable<Action, 7> kActions = {{{Action::kSeal, "seal"},
                                            {Action::kOpen, "open"},
                                            {Action::kCat, "cat"},
                                            {Action::kLs, "ls"},
                                            {Action::kRekey, "rekey"},
                                            {Action::kAnchor, "anchor"},
                                            {Action::kErase, "erase"}}};
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
Expected<T> ReadWord(CanonicalReader& reader, std::string_view name, const WordTable<T, N>& table) {
  SR_ASSIGN_OR_RETURN(const std::string_view text, reader.Text(name, kMaxText));
  const auto row = std::ranges::find(table, text, [](const auto& entry) { return entry.second; });
  if (row == table.end()) return reader.Refuse("is not a known word");
  return row->first;
}

Expected<std::string> ReadWord(CanonicalReader& reader, std::string_view name,
                               std::span<const std::string_view> words) {
  SR_ASSIGN_OR_RETURN(const std::string_view text, reader.Text(name, kMaxText));
  if (std::ranges::find(words, text) == words.end()) return reader.Refuse("is not a known word");
  return std::string(text);
}

// Each part of a record has its Write and its Read, which take the members in the order of their names.

void Write(CanonicalWriter& writer, const RecordedBundle& bundle) {
  if (bundle.id) writer.Digest("id", *bundle.id);
  writer.Digest("instance", bundle.instance);
  if (bundle.keyslots_revision) writer.Integer("keyslots_revision", *bundle.keyslots_revision);
}

Status Read(CanonicalReader& reader, RecordedBundle& bundle) {
  if (reader.Has("id")) {
    SR_ASSIGN_OR_RETURN(bundle.id, reader.Digest("id"));
  }
  SR_ASSIGN_OR_RETURN(bundle.instance, reader.Digest("instance"));
  if (reader.Has("keyslots_revision")) {
    SR_ASSIGN_OR_RETURN(bundle.keyslots_revision, reader.Integer<std::uint64_t>("keyslots_revision"));
  }
  return {};
}

void Write(CanonicalWriter& writer, const RecordedParty& party) {
  writer.String("operator", party.operator_name).String("operator_hq", party.operator_hq);
}

Status Read(CanonicalReader& reader, RecordedParty& party) {
  SR_ASSIGN_OR_RETURN(party.operator_name, reader.String("operator", kMaxText));
  SR_ASSIGN_OR_RETURN(party.operator_hq, reader.String("operator_hq", kMaxText));
  return {};
}

void Write(CanonicalWriter& writer, const RecordedNode& node) {
  writer.String("id", node.id).String("name", node.name);
}

Status Read(CanonicalReader& reader, RecordedNode& node) {
  SR_ASSIGN_OR_RETURN(node.id, reader.String("id", kMaxText));
  SR_ASSIGN_OR_RETURN(node.name, reader.String("name", kMaxText));
  return {};
}

void Write(CanonicalWriter& writer, const RecordedPlace& place) {
  writer.String("basis", place.basis).String("country", place.country);
}

Status Read(CanonicalReader& reader, RecordedPlace& place) {
  SR_ASSIGN_OR_RETURN(place.basis, ReadWord(reader, "basis", kBases));
  SR_ASSIGN_OR_RETURN(place.country, reader.String("country", kMaxText));
  return {};
}

void Write(CanonicalWriter& writer, const RecordedKeyslot& keyslot) {
  writer.String("class", Name(keyslot.keyslot_class))
      .Integer("index", keyslot.index)
      .String("kind", keyslot.kind);
}

Status Read(CanonicalReader& reader, RecordedKeyslot& keyslot) {
  SR_ASSIGN_OR_RETURN(keyslot.keyslot_class, ReadWord(reader, "class", kKeyslotClasses));
  SR_ASSIGN_OR_RETURN(keyslot.index, reader.Integer<std::uint32_t>("index"));
  SR_ASSIGN_OR_RETURN(keyslot.kind, ReadWord(reader, "kind", kKeyslotKinds));
  return {};
}

void Write(CanonicalWriter& writer, const DecisionStep& step) {
  writer.Strings("citations", step.citations).String("rule", step.rule);
}

Status Read(CanonicalReader& reader, DecisionStep& step) {
  SR_ASSIGN_OR_RETURN(step.citations, reader.Strings("citations", kMaxItems, kMaxText));
  SR_ASSIGN_OR_RETURN(step.rule, reader.String("rule", kMaxText));
  return {};
}

void Write(CanonicalWriter& writer, const SealedPart& sealed) {
  writer.Digest("commitment", sealed.commitment).String("name", Name(sealed.part));
}

Status Read(CanonicalReader& reader, SealedPart& sealed) {
  SR_ASSIGN_OR_RETURN(sealed.commitment, reader.Digest("commitment"));
  SR_ASSIGN_OR_RETURN(sealed.part, ReadWord(reader, "name", kSealableParts));
  return {};
}

template <typename Item>
void WriteList(CanonicalWriter& writer, std::string_view name, const std::vector<Item>& items) {
  writer.EnterList(name);
  for (const Item& item : items) {
    writer.Enter();
    Write(writer, item);
    writer.Leave();
  }
  writer.LeaveList();
}

template <typename Item>
Status ReadList(CanonicalReader& reader, std::string_view name, std::vector<Item>& items) {
  SR_RETURN_IF_ERROR(reader.EnterList(name, kMaxItems));
  while (true) {
    SR_ASSIGN_OR_RETURN(const bool more, reader.NextItem());
    if (!more) return {};
    SR_RETURN_IF_ERROR(reader.Enter());
    SR_RETURN_IF_ERROR(Read(reader, items.emplace_back()));
    SR_RETURN_IF_ERROR(reader.Leave());
  }
}

void Write(CanonicalWriter& writer, const RecordedDecision& decision) {
  writer.Time("at", decision.at);
  WriteList(writer, "path", decision.path);
  writer.String("result", decision.result);
}

Status Read(CanonicalReader& reader, RecordedDecision& decision) {
  SR_ASSIGN_OR_RETURN(decision.at, reader.Time("at"));
  SR_RETURN_IF_ERROR(ReadList(reader, "path", decision.path));
  SR_ASSIGN_OR_RETURN(decision.result, ReadWord(reader, "result", kDecisions));
  return {};
}

void Write(CanonicalWriter& writer, const RecordedLease& lease) {
  writer.String("id", lease.id).Time("until", lease.until);
}

Status Read(CanonicalReader& reader, RecordedLease& lease) {
  SR_ASSIGN_OR_RETURN(lease.id, reader.String("id", kMaxText));
  SR_ASSIGN_OR_RETURN(lease.until, reader.Time("until"));
  return {};
}

// The list is absent where nothing is sealed. What it names was read before it.
Status ReadSealed(CanonicalReader& reader, AccessRecord& record) {
  if (!reader.Has("sealed")) return {};
  SR_RETURN_IF_ERROR(ReadList(reader, "sealed", record.sealed));
  if (record.sealed.empty()) return reader.Refuse("is empty");
  for (std::size_t i = 0; i < record.sealed.size(); ++i) {
    const SealablePart part = record.sealed[i].part;
    const auto refuse = [&](std::string_view why) {
      return reader.Refuse("has " + std::string(Name(part)) + ", which is " + std::string(why));
    };
    if (i > 0 && part <= record.sealed[i - 1].part) return refuse("not in the order of the names");
    if (Holds(record, part)) return refuse("not sealed");
  }
  return {};
}

template <typename Part>
void WritePart(CanonicalWriter& writer, std::string_view name, const std::optional<Part>& part) {
  if (!part) return;
  writer.Enter(name);
  Write(writer, *part);
  writer.Leave();
}

template <typename Part>
Status ReadPart(CanonicalReader& reader, std::string_view name, std::optional<Part>& part) {
  if (!reader.Has(name)) return {};
  SR_RETURN_IF_ERROR(reader.Enter(name));
  SR_RETURN_IF_ERROR(Read(reader, part.emplace()));
  return reader.Leave();
}

Status Read(CanonicalReader& reader, AccessRecord& record) {
  SR_ASSIGN_OR_RETURN(record.action, ReadWord(reader, "action", kActions));
  SR_RETURN_IF_ERROR(ReadPart(reader, "bundle", record.bundle));
  SR_RETURN_IF_ERROR(ReadPart(reader, "decision", record.decision));
  if (reader.Has("evidence")) {
    SR_ASSIGN_OR_RETURN(record.evidence, reader.Digest("evidence"));
  }
  SR_RETURN_IF_ERROR(ReadPart(reader, "keyslot", record.keyslot));
  SR_RETURN_IF_ERROR(ReadPart(reader, "lease", record.lease));
  SR_RETURN_IF_ERROR(ReadPart(reader, "node", record.node));
  if (reader.Has("note")) {
    SR_ASSIGN_OR_RETURN(record.note, reader.String("note", kMaxText));
  }
  SR_ASSIGN_OR_RETURN(record.outcome, ReadWord(reader, "outcome", kOutcomes));
  SR_ASSIGN_OR_RETURN(record.packs, reader.Digests("packs", kMaxItems));
  SR_RETURN_IF_ERROR(ReadPart(reader, "party", record.party));
  SR_RETURN_IF_ERROR(ReadPart(reader, "place", record.place));
  SR_ASSIGN_OR_RETURN(record.reasons, reader.Strings("reasons", kMaxItems, kMaxText));
  SR_RETURN_IF_ERROR(ReadSealed(reader, record));
  SR_ASSIGN_OR_RETURN(record.time, reader.Time("time"));
  SR_ASSIGN_OR_RETURN(record.time_source, reader.String("time_source", kMaxText));
  return reader.Constant("type", kAccessRecordType);
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
  CanonicalWriter writer;
  writer.Enter().String("action", Name(record.action));
  WritePart(writer, "bundle", record.bundle);
  WritePart(writer, "decision", record.decision);
  if (record.evidence) writer.Digest("evidence", *record.evidence);
  WritePart(writer, "keyslot", record.keyslot);
  WritePart(writer, "lease", record.lease);
  WritePart(writer, "node", record.node);
  if (record.note) writer.String("note", *record.note);
  writer.String("outcome", Name(record.outcome)).Digests("packs", record.packs);
  WritePart(writer, "party", record.party);
  WritePart(writer, "place", record.place);
  writer.Strings("reasons", record.reasons);
  if (!record.sealed.empty()) WriteList(writer, "sealed", record.sealed);
  writer.Time("time", record.time)
      .String("time_source", record.time_source)
      .String("type", kAccessRecordType)
      .Leave();
  return ToBytes(AsBytes(writer.Take()));
}

Expected<AccessRecord> ParseAccessRecord(ByteView bytes) {
  CanonicalReader reader(bytes, "access record", {kMaxRecordSize, kMaxDepth, kMaxValues});
  AccessRecord record;
  SR_RETURN_IF_ERROR(reader.Enter());
  SR_RETURN_IF_ERROR(Read(reader, record));
  SR_RETURN_IF_ERROR(reader.Leave());
  SR_RETURN_IF_ERROR(reader.Finish());
  return record;
}

}  // namespace strongroom::log
