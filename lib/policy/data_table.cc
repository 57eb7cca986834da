#include <algorithm>

#include "policy/toml_reader.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/policy/pack.h"

namespace strongroom::policy {
namespace {

Expected<std::vector<place::Country>> ReadCountries(const TomlNode& node) {
  SR_ASSIGN_OR_RETURN(const TomlNode::Array* codes, TomlArray(node, "'countries'"));
  std::vector<place::Country> countries;
  for (const TomlNode& element : *codes) {
    SR_ASSIGN_OR_RETURN(const std::string code, TomlText(element, "each country"));
    auto country = place::Country::Parse(code);
    if (!country) return std::unexpected(AtPosition(std::move(country).error(), element.position));
    if (!countries.empty() && *country <= countries.back()) {
      return std::unexpected(
          MalformedAt(element.position, "countries must be in alphabetical order, each once"));
    }
    countries.push_back(*country);
  }
  return countries;
}

Expected<CountryList::Version> ReadVersion(const TomlNode& node) {
  SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(node, "[[list.version]]"));
  SR_ASSIGN_OR_RETURN(const TomlNode* from, table.Require("from"));
  SR_ASSIGN_OR_RETURN(const TomlNode* countries, table.Require("countries"));
  CountryList::Version version;
  SR_ASSIGN_OR_RETURN(version.from, TomlTime(*from, "'from'"));
  SR_ASSIGN_OR_RETURN(version.source, table.RequireText("source"));
  SR_ASSIGN_OR_RETURN(version.countries, ReadCountries(*countries));
  SR_RETURN_IF_ERROR(table.Finish());
  return version;
}

Expected<CountryList> ReadList(const TomlNode& node) {
  SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(node, "[[list]]"));
  CountryList list;
  SR_ASSIGN_OR_RETURN(list.id, table.RequireText("id"));
  SR_ASSIGN_OR_RETURN(list.title, table.RequireText("title"));
  SR_ASSIGN_OR_RETURN(list.citation, table.RequireText("citation"));
  SR_ASSIGN_OR_RETURN(const TomlNode* versions, table.Require("version"));
  SR_ASSIGN_OR_RETURN(const TomlNode::Array* elements, TomlArray(*versions, "'version'"));
  SR_RETURN_IF_ERROR(table.Finish());
  for (const TomlNode& element : *elements) {
    SR_ASSIGN_OR_RETURN(CountryList::Version version, ReadVersion(element));
    if (!list.versions.empty() && version.from <= list.versions.back().from) {
      return std::unexpected(
          MalformedAt(element.position, "versions of a list must be in the order of their dates"));
    }
    list.versions.push_back(std::move(version));
  }
  if (list.versions.empty())
    return std::unexpected(MalformedAt(versions->position, "a list must have a version"));
  return list;
}

}  // namespace

Expected<DataTable> ParseDataTable(ByteView toml) {
  SR_ASSIGN_OR_RETURN(const TomlNode document, ParseToml(toml));
  SR_ASSIGN_OR_RETURN(TomlTable root, TomlTable::Of(document, "the data table"));
  DataTable table;
  table.digest = crypto::Sha256(toml);
  SR_ASSIGN_OR_RETURN(table.id, root.RequireText("id"));
  SR_ASSIGN_OR_RETURN(table.title, root.RequireText("title"));
  SR_ASSIGN_OR_RETURN(const TomlNode* lists, root.Require("list"));
  SR_ASSIGN_OR_RETURN(const TomlNode::Array* elements, TomlArray(*lists, "'list'"));
  SR_RETURN_IF_ERROR(root.Finish());
  for (const TomlNode& element : *elements) {
    SR_ASSIGN_OR_RETURN(CountryList list, ReadList(element));
    if (std::ranges::find(table.lists, list.id, &CountryList::id) != table.lists.end()) {
      return std::unexpected(MalformedAt(element.position, "a second list with the id '" + list.id + "'"));
    }
    table.lists.push_back(std::move(list));
  }
  return table;
}

}  // namespace strongroom::policy
