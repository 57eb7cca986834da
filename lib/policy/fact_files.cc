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
    {"operator", FactId::kNodeOperator},
    {"operator_hq", FactId::kNodeOperatorHq},
    {"operator_parent_hq", FactId::kNodeOperatorParentHq},
    {"authorizations", FactId::kNodeAuthorizations},
    {"licences", FactId::kNodeLicences},
    {"storage_security", FactId::kStorageSecurity},
};

constexpr std::string_view kQuestionTables[] = {"model", "act", "node", "storage", "licence"};

// The facts whose names begin with "TABLE.", keyed by what follows.
std::vector<Field> FieldsOf(std::string_view table) {
  std::vector<Field> fields;
  for (const FactType& type : FactCatalogue()) {
    const std::size_t dot = type.name.find('.');
    if (type.name.substr(0, dot) == table) fields.push_back({type.name.substr(dot + 1), type.id});
  }
  return fields;
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
    default: {
      SR_ASSIGN_OR_RETURN(const std::string text, TomlText(node, what));
      auto value = ParseValue(field.fact, text);
      if (!value) return std::unexpected(AtPosition(std::move(value).error(), node.position));
      return value;
    }
  }
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
  return table.Finish();
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
    if (auto placed = CompletePlace(facts, Source::kQuestion); !placed) {
      return std::unexpected(AtPosition(std::move(placed).error(), node->position));
    }
  }
  SR_RETURN_IF_ERROR(root.Finish());
  return facts;
}

}  // namespace strongroom::policy
