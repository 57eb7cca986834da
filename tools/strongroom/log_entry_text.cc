#include "log_entry_text.h"

#include <algorithm>
#include <array>

namespace strongroom::cli {
namespace {

using envelope::Json;

// What a reader asks first; the other members follow in the order of their names.
constexpr std::array<std::string_view, 10> kFirstMembers = {
    "type", "time", "action", "outcome", "reasons", "bundle", "keyslot", "party", "node", "place"};

constexpr std::size_t kWhyWidth = 100;  // columns
constexpr std::string_view kSealed = "sealed";

bool IsSealed(const log::AccessRecord& record, log::SealablePart part) {
  return std::ranges::find(record.sealed, part, &log::SealedPart::part) != record.sealed.end();
}

// The rules that refused, or else the first reason; page/records.js has the same rule.
std::string Why(const log::AccessRecord& record) {
  std::string rules;
  if (record.decision) {
    for (const log::DecisionStep& step : record.decision->path)
      rules += (rules.empty() ? "" : " ") + step.rule;
  }
  const bool by_rule = record.reasons.empty() || (record.outcome == log::Outcome::kRefuse && !rules.empty());
  if (!by_rule) return record.reasons.front();
  if (!rules.empty()) return rules;
  if (record.note) return *record.note;
  const std::array parts = {log::SealablePart::kDecision, log::SealablePart::kReasons,
                            log::SealablePart::kNote};
  const auto sealed = [&](log::SealablePart part) { return IsSealed(record, part); };
  return std::ranges::any_of(parts, sealed) ? std::string(kSealed) : "";
}

std::string Place(const log::AccessRecord& record) {
  if (record.place) return Printable(record.place->country) + " (" + record.place->basis + ")";
  return IsSealed(record, log::SealablePart::kPlace) ? std::string(kSealed) : "-";
}

std::vector<std::string> Cells(const log::AccessRecord& record) {
  const bool named = record.bundle && record.bundle->id;
  return {std::string(log::Name(record.action)),
          std::string(log::Name(record.outcome)),
          named ? Hex(*record.bundle->id).substr(0, 12) : "-",
          record.keyslot ? record.keyslot->kind + " " + std::to_string(record.keyslot->index) : "-",
          Place(record),
          PrintableWithin(Why(record), kWhyWidth)};
}

std::vector<std::string> Cells(const log::IndexRecord& record) {
  return {
      "index", "-",
      "-",     "-",
      "-",     "of " + std::to_string(record.entries) + " entries, root " + Hex(record.root).substr(0, 12)};
}

std::vector<std::string> Cells(const log::KeyRecord& record) {
  return {"log key", std::string(log::Name(record.change)),          "-", "-",
          "-",       "new key " + Printable(record.new_key.ToText())};
}

std::string Scalar(const Json& value) {
  const auto* text = value.Get<std::string>();
  return text != nullptr ? Printable(*text) : envelope::CanonicalJson(value);
}

// A value's lines: what is inside another is named by the way to it.
void AddRows(Table& table, const std::string& name, const Json& value) {
  if (const auto* object = value.Get<Json::Object>()) {
    for (const auto& [member, inner] : *object) AddRows(table, name + " " + Printable(member), inner);
  } else if (const auto* array = value.Get<Json::Array>()) {
    for (const Json& item : *array) AddRows(table, name, item);
  } else {
    table.Row({name, Scalar(value)});
  }
}

}  // namespace

Table LogEntryTable() {
  return Table({"#", "TIME", "ACTION", "OUTCOME", "BUNDLE", "KEYSLOT", "PLACE", "WHY"}, {true});
}

std::vector<std::string> LogEntryRow(std::uint64_t index, const log::Entry& entry) {
  std::vector<std::string> row = {std::to_string(index), ToRfc3339(log::TimeOf(entry))};
  std::ranges::move(std::visit([](const auto& record) { return Cells(record); }, entry),
                    std::back_inserter(row));
  return row;
}

Expected<log::Entry> ParseEntryAt(std::uint64_t index, ByteView entry) {
  auto parsed = log::ParseEntry(entry);
  if (!parsed) return std::unexpected(std::move(parsed).error().With("entry " + std::to_string(index)));
  return parsed;
}

Expected<std::string> LogEntryText(std::uint64_t index, ByteView entry) {
  SR_ASSIGN_OR_RETURN(const Json json, envelope::ParseJson(entry));
  const auto* members = json.Get<Json::Object>();
  if (members == nullptr) return Fail(ErrorCode::kMalformed, "the entry is no JSON object");
  Table table({"index", std::to_string(index)});
  for (const std::string_view first : kFirstMembers) {
    if (const auto found = members->find(first); found != members->end())
      AddRows(table, found->first, found->second);
  }
  for (const auto& [name, value] : *members) {
    if (std::ranges::find(kFirstMembers, name) == kFirstMembers.end()) AddRows(table, Printable(name), value);
  }
  return table.Render();
}

Status EmitLogEntry(Output& output, std::uint64_t index, ByteView entry) {
  if (!output.json()) return {};
  SR_ASSIGN_OR_RETURN(Json json, envelope::ParseJson(entry));
  envelope::ObjectBuilder members;
  members.Integer("index", index).Value("record", std::move(json));
  output.Object("record", std::move(members));
  return {};
}

}  // namespace strongroom::cli
