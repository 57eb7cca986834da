#include "strongroom/policy/fact_files.h"

#include <algorithm>

#include "policy/toml_reader.h"

namespace strongroom::policy {
namespace {

using envelope::Json;

// A key of a document and the fact that it states.
struct Field {
  std::string_view key;
  FactId fact;
};

constexpr Field kDeclarationFields[] = {
    {"country", FactId::kNodeCountry},
    {"subdivision", FactId::kNodeSubdivision},
    {"operator", FactId::kNodeOperator},
    {"operator_hq", FactId::kNodeOperatorHq},
    {"operator_parent_hq", FactId::kNodeOperatorParentHq},
    {"address", FactId::kNodeAddress},
    {"authorizations", FactId::kNodeAuthorizations},
    {"veu_countries", FactId::kNodeVeuCountries},
    {"veu_until", FactId::kNodeVeuUntil},
    {"licences", FactId::kNodeLicences},
    {"person", FactId::kNodePerson},
    {"person_nationality", FactId::kNodePersonNationality},
    {"listed_ownership", FactId::kNodeListedOwnership},
    {"entity_list_review", FactId::kNodeEntityListReview},
    {"end_use", FactId::kActEndUse},
    {"egress", FactId::kNodeEgress},
    {"storage_paragraph_14", FactId::kStorageParagraph14},
    {"storage_paragraph_15", FactId::kStorageParagraph15},
    {"storage_paragraph_18", FactId::kStorageParagraph18},
    {"storage_certificate_until", FactId::kStorageCertificateUntil},
    {"storage_encryption", FactId::kStorageEncryption},
};

constexpr std::string_view kQuestionTables[] = {"model", "act", "node", "storage"};

// One word for the security of a place of storage, and the facts that it stands for.
struct StorageWord {
  std::string_view word;
  bool paragraphs;
  std::string_view encryption;
};
constexpr StorageWord kStorageWords[] = {
    {"none", false, "none"},
    {"s10_14_15_18", true, "none"},
    {"e2ee_140:no_keys", false, "end_to_end_fips140"},
    {"e2ee_140:key_release", false, "end_to_end_fips140"},
    {"enc_host_holds_keys", false, "host_holds_keys"},
};

// The facts whose names begin with "TABLE.", keyed by what follows.
std::vector<Field> FieldsOf(std::string_view table) {
  std::vector<Field> fields;
  for (const FactType& type : FactCatalogue()) {
    const std::size_t dot = type.name.find('.');
    if (type.name.substr(0, dot) == table) fields.push_back({type.name.substr(dot + 1), type.id});
  }
  return fields;
}

// The text of a value; a whole number may stand without quotes.
Expected<std::string> TextOf(const TomlNode& node, const Field& field, const std::string& what) {
  const auto* integer = std::get_if<std::int64_t>(&node.value);
  if (Describe(field.fact).type == ValueType::kDecimal && integer != nullptr) return std::to_string(*integer);
  return TomlText(node, what);
}

Expected<Value> ReadNode(const TomlNode& node, const Field& field) {
  const std::string what = "'" + std::string(field.key) + "'";
  switch (Describe(field.fact).type) {
    case ValueType::kTime: {
      SR_ASSIGN_OR_RETURN(const Timestamp time, TomlTime(node, what));
      return Value(time);
    }
    case ValueType::kTexts: {
      SR_ASSIGN_OR_RETURN(std::vector<std::string> texts, TomlTexts(node, what));
      return Value(std::move(texts));
    }
    case ValueType::kTruth: {
      SR_ASSIGN_OR_RETURN(const bool truth, TomlTruth(node, what));
      return Value(truth);
    }
    default: {
      SR_ASSIGN_OR_RETURN(const std::string text, TextOf(node, field, what));
      auto value = ParseValue(field.fact, text);
      if (!value) return std::unexpected(AtPosition(std::move(value).error(), node.position));
      return value;
    }
  }
}

Status SetStorage(FactId id, Value value, Source source, TomlPosition position, Facts& facts) {
  if (facts.Find(id) != nullptr) {
    return std::unexpected(MalformedAt(position, std::string(Describe(id).name) + " is stated twice",
                                       "write either the word for all of it or each fact"));
  }
  return facts.Set(id, std::move(value), source);
}

// Reads the one word that may stand for several facts about storage.
Status ReadStorageWord(TomlTable& table, std::string_view key, Source source, Facts& facts) {
  const TomlNode* node = table.Take(key);
  if (node == nullptr) return {};
  SR_ASSIGN_OR_RETURN(const std::string word, TomlText(*node, "'" + std::string(key) + "'"));
  const auto found = std::ranges::find(kStorageWords, word, &StorageWord::word);
  if (found == std::end(kStorageWords)) {
    std::string words;
    for (const StorageWord& one : kStorageWords) words += (words.empty() ? "" : ", ") + std::string(one.word);
    return std::unexpected(MalformedAt(node->position, "'" + std::string(key) + "' is '" + word + "'",
                                       "write one of: " + words));
  }
  for (const FactId id :
       {FactId::kStorageParagraph14, FactId::kStorageParagraph15, FactId::kStorageParagraph18}) {
    SR_RETURN_IF_ERROR(SetStorage(id, Value(found->paragraphs), source, node->position, facts));
  }
  return SetStorage(FactId::kStorageEncryption, Value(std::string(found->encryption)), source, node->position,
                    facts);
}

Status ReadFields(TomlTable& table, std::span<const Field> fields, Source source, Facts& facts) {
  for (const Field& field : fields) {
    const TomlNode* node = table.Take(field.key);
    if (node == nullptr) continue;
    SR_ASSIGN_OR_RETURN(Value value, ReadNode(*node, field));
    if (auto set = facts.Set(field.fact, std::move(value), source); !set) {
      return std::unexpected(MalformedAt(node->position, set.error().message, set.error().next));
    }
  }
  return {};
}

Expected<std::vector<place::Country>> ReadCountries(TomlTable& table, std::string_view key) {
  SR_ASSIGN_OR_RETURN(const TomlNode* node, table.Require(key));
  SR_ASSIGN_OR_RETURN(const std::vector<std::string> codes, TomlTexts(*node, "'" + std::string(key) + "'"));
  std::vector<place::Country> countries;
  for (const std::string& code : codes) {
    auto country = place::Country::Parse(code);
    if (!country) return std::unexpected(AtPosition(std::move(country).error(), node->position));
    countries.push_back(*country);
  }
  return countries;
}

Expected<std::vector<std::string>> RequireTexts(TomlTable& table, std::string_view key) {
  SR_ASSIGN_OR_RETURN(const TomlNode* node, table.Require(key));
  return TomlTexts(*node, "'" + std::string(key) + "'");
}

Expected<Timestamp> RequireTime(TomlTable& table, std::string_view key) {
  SR_ASSIGN_OR_RETURN(const TomlNode* node, table.Require(key));
  return TomlTime(*node, "'" + std::string(key) + "'");
}

Expected<Licence> ReadLicence(const TomlNode& node, Source source) {
  SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(node, "[licence]"));
  Licence licence;
  licence.source = source;
  SR_ASSIGN_OR_RETURN(licence.id, table.RequireText("id"));
  SR_ASSIGN_OR_RETURN(licence.issuer, table.RequireText("issuer"));
  SR_ASSIGN_OR_RETURN(licence.parties, RequireTexts(table, "parties"));
  SR_ASSIGN_OR_RETURN(licence.items, RequireTexts(table, "items"));
  SR_ASSIGN_OR_RETURN(licence.countries, ReadCountries(table, "countries"));
  SR_ASSIGN_OR_RETURN(licence.valid_from, RequireTime(table, "valid_from"));
  SR_ASSIGN_OR_RETURN(licence.valid_until, RequireTime(table, "valid_until"));
  if (const TomlNode* copies = table.Take("copies")) {
    SR_ASSIGN_OR_RETURN(const Value value, ReadNode(*copies, {"copies", FactId::kActCopies}));
    licence.copies = std::get<Decimal>(value);
  }
  SR_RETURN_IF_ERROR(table.Finish());
  return licence;
}

// [licence] is one licence on file, [[licence]] any number of them.
Status ReadLicences(TomlTable& root, Source source, Facts& facts) {
  const TomlNode* node = root.Take("licence");
  if (node == nullptr) return {};
  const auto* several = std::get_if<TomlNode::Array>(&node->value);
  for (const TomlNode& one : several ? *several : TomlNode::Array{*node}) {
    SR_ASSIGN_OR_RETURN(Licence licence, ReadLicence(one, source));
    if (auto added = facts.AddLicence(std::move(licence)); !added)
      return std::unexpected(MalformedAt(one.position, added.error().message));
  }
  return {};
}

// A country whose basis nobody stated is a mere declaration; a basis or a part of a country means nothing
// without the country.
Status CompletePlace(Facts& facts, Source source) {
  const Fact* country = facts.Find(FactId::kNodeCountry);
  const Fact* subdivision = facts.Find(FactId::kNodeSubdivision);
  const Fact* basis = facts.Find(FactId::kNodeBasis);
  if (country == nullptr) {
    if (subdivision == nullptr && basis == nullptr) return {};
    return Fail(ErrorCode::kMalformed, "node.subdivision and node.basis mean nothing without node.country");
  }
  if (subdivision != nullptr) {
    SR_RETURN_IF_ERROR(place::CheckSubdivision(std::get<std::string>(subdivision->value),
                                               std::get<place::Country>(country->value)));
  }
  if (basis != nullptr) return {};
  return facts.Set(FactId::kNodeBasis, std::string(place::Name(place::Basis::kDeclared)), source);
}

Json ToJson(const Value& value) {
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    return Json(Json::Array(texts->begin(), texts->end()));
  }
  return Json(ToText(value));
}

Json FieldsJson(const Facts& facts, std::span<const Field> fields) {
  envelope::ObjectBuilder object;
  for (const Field& field : fields) {
    if (const Fact* fact = facts.Find(field.fact)) object.Value(std::string(field.key), ToJson(fact->value));
  }
  return std::move(object).Build();
}

Expected<Value> ReadMember(envelope::ObjectReader& object, const Field& field) {
  if (Describe(field.fact).type == ValueType::kTexts) {
    SR_ASSIGN_OR_RETURN(std::vector<std::string> texts, object.Strings(field.key));
    return Value(std::move(texts));
  }
  SR_ASSIGN_OR_RETURN(const std::string text, object.String(field.key));
  SR_ASSIGN_OR_RETURN(Value value, ParseValue(field.fact, text));
  if (ToText(value) != text) return object.Refuse(field.key, "is not in its canonical form");
  return value;
}

Expected<Facts> FieldsFromJson(const Json& json, std::string path, std::span<const Field> fields,
                               Source source) {
  Facts facts;
  SR_ASSIGN_OR_RETURN(envelope::ObjectReader object, envelope::ObjectReader::Open(json, std::move(path)));
  for (const Field& field : fields) {
    if (!object.Has(field.key)) continue;
    SR_ASSIGN_OR_RETURN(Value value, ReadMember(object, field));
    if (auto set = facts.Set(field.fact, std::move(value), source); !set)
      return object.Refuse(field.key, set.error().message);
  }
  SR_RETURN_IF_ERROR(object.Finish());
  return facts;
}

std::vector<Field> ManifestFields() {
  std::vector<Field> fields = FieldsOf("model");
  std::erase_if(fields, [](const Field& field) { return field.fact == FactId::kModelLabel; });
  return fields;
}

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string TomlValue(const Value& value) {
  if (std::holds_alternative<bool>(value) || std::holds_alternative<Timestamp>(value)) return ToText(value);
  const auto* texts = std::get_if<std::vector<std::string>>(&value);
  if (texts == nullptr) return Quoted(ToText(value));
  std::string list;
  for (const std::string& text : *texts) list += (list.empty() ? "" : ", ") + Quoted(text);
  return "[" + list + "]";
}

}  // namespace

Expected<Facts> ParseModelFacts(ByteView toml) {
  SR_ASSIGN_OR_RETURN(const TomlNode document, ParseToml(toml));
  SR_ASSIGN_OR_RETURN(TomlTable root, TomlTable::Of(document, "the facts file"));
  SR_ASSIGN_OR_RETURN(const TomlNode* node, root.Require("model"));
  SR_ASSIGN_OR_RETURN(TomlTable model, TomlTable::Of(*node, "[model]"));
  SR_RETURN_IF_ERROR(model.Require("label"));
  Facts facts;
  SR_RETURN_IF_ERROR(ReadFields(model, FieldsOf("model"), Source::kManifest, facts));
  SR_RETURN_IF_ERROR(model.Finish());
  SR_RETURN_IF_ERROR(root.Finish());
  return facts;
}

std::string ModelLabel(const Facts& facts) {
  const Fact* label = facts.Find(FactId::kModelLabel);
  return label == nullptr ? "" : ToText(label->value);
}

Json ModelFactsJson(const Facts& facts) {
  return FieldsJson(facts, ManifestFields());
}

Expected<Facts> ModelFactsFromJson(std::string_view label, const Json& json) {
  SR_ASSIGN_OR_RETURN(Facts facts, FieldsFromJson(json, "facts", ManifestFields(), Source::kManifest));
  SR_ASSIGN_OR_RETURN(Value value, ParseValue(FactId::kModelLabel, label));
  SR_RETURN_IF_ERROR(facts.Set(FactId::kModelLabel, std::move(value), Source::kManifest));
  return facts;
}

Expected<Facts> ParseNodeDeclaration(ByteView toml) {
  SR_ASSIGN_OR_RETURN(const TomlNode document, ParseToml(toml));
  SR_ASSIGN_OR_RETURN(TomlTable root, TomlTable::Of(document, "the node's declaration"));
  Facts facts;
  SR_RETURN_IF_ERROR(ReadFields(root, kDeclarationFields, Source::kDeclaration, facts));
  SR_RETURN_IF_ERROR(ReadStorageWord(root, "storage_security", Source::kDeclaration, facts));
  SR_RETURN_IF_ERROR(root.Finish());
  SR_RETURN_IF_ERROR(CompletePlace(facts, Source::kDeclaration));
  return facts;
}

std::string NodeDeclarationToml(const Facts& facts) {
  std::string toml;
  for (const Field& field : kDeclarationFields) {
    const Fact* fact = facts.Find(field.fact);
    if (fact != nullptr) toml += std::string(field.key) + " = " + TomlValue(fact->value) + "\n";
  }
  return toml;
}

Json NodeDeclarationJson(const Facts& facts) {
  return FieldsJson(facts, kDeclarationFields);
}

Expected<Facts> NodeDeclarationFromJson(const Json& json) {
  SR_ASSIGN_OR_RETURN(Facts facts, FieldsFromJson(json, "node", kDeclarationFields, Source::kDeclaration));
  SR_RETURN_IF_ERROR(CompletePlace(facts, Source::kDeclaration));
  return facts;
}

Expected<Facts> ParseQuestion(ByteView toml) {
  SR_ASSIGN_OR_RETURN(const TomlNode document, ParseToml(toml));
  SR_ASSIGN_OR_RETURN(TomlTable root, TomlTable::Of(document, "the question"));
  Facts facts;
  for (const std::string_view name : kQuestionTables) {
    const TomlNode* node = root.Take(name);
    if (node == nullptr) continue;
    SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(*node, "[" + std::string(name) + "]"));
    SR_RETURN_IF_ERROR(ReadFields(table, FieldsOf(name), Source::kQuestion, facts));
    if (name == "storage") {
      SR_RETURN_IF_ERROR(ReadStorageWord(table, "security", Source::kQuestion, facts));
    }
    SR_RETURN_IF_ERROR(table.Finish());
    if (auto placed = CompletePlace(facts, Source::kQuestion); !placed) {
      return std::unexpected(AtPosition(std::move(placed).error(), node->position));
    }
  }
  SR_RETURN_IF_ERROR(ReadLicences(root, Source::kQuestion, facts));
  SR_RETURN_IF_ERROR(root.Finish());
  return facts;
}

}  // namespace strongroom::policy
