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

Expected<std::vector<std::string>> ReadSubdivisions(const TomlNode& node) {
  SR_ASSIGN_OR_RETURN(std::vector<std::string> codes, TomlTexts(node, "'subdivisions'"));
  for (std::size_t i = 0; i < codes.size(); ++i) {
    auto country = place::Country::Parse(codes[i].substr(0, 2));
    if (!country) return std::unexpected(AtPosition(std::move(country).error(), node.position));
    if (auto checked = place::CheckSubdivision(codes[i], *country); !checked)
      return std::unexpected(AtPosition(std::move(checked).error(), node.position));
    if (i > 0 && codes[i] <= codes[i - 1]) {
      return std::unexpected(
          MalformedAt(node.position, "subdivisions must be in alphabetical order, each once"));
    }
  }
  return codes;
}

Expected<RegionList::Version> ReadVersion(const TomlNode& node, bool of_subdivisions) {
  SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(node, "[[list.version]]"));
  SR_ASSIGN_OR_RETURN(const TomlNode* from, table.Require("from"));
  RegionList::Version version;
  SR_ASSIGN_OR_RETURN(version.from, TomlTime(*from, "'from'"));
  SR_ASSIGN_OR_RETURN(version.source, table.RequireText("source"));
  if (of_subdivisions) {
    SR_ASSIGN_OR_RETURN(const TomlNode* subdivisions, table.Require("subdivisions"));
    SR_ASSIGN_OR_RETURN(version.subdivisions, ReadSubdivisions(*subdivisions));
  } else {
    SR_ASSIGN_OR_RETURN(const TomlNode* countries, table.Require("countries"));
    SR_ASSIGN_OR_RETURN(version.countries, ReadCountries(*countries));
  }
  SR_RETURN_IF_ERROR(table.Finish());
  return version;
}

bool HasSubdivisions(const TomlNode& version) {
  const auto* entries = std::get_if<TomlNode::Table>(&version.value);
  return entries != nullptr && std::ranges::find(*entries, "subdivisions", &TomlEntry::key) != entries->end();
}

Expected<place::Country> ReadCountry(TomlTable& table, std::string_view key) {
  SR_ASSIGN_OR_RETURN(const TomlNode* node, table.Require(key));
  SR_ASSIGN_OR_RETURN(const std::string code, TomlText(*node, "'" + std::string(key) + "'"));
  auto country = place::Country::Parse(code);
  if (!country) return std::unexpected(AtPosition(std::move(country).error(), node->position));
  return country;
}

Expected<CountsAs> ReadCountsAs(const TomlNode& node) {
  SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(node, "[[counts_as]]"));
  SR_ASSIGN_OR_RETURN(const place::Country country, ReadCountry(table, "country"));
  SR_ASSIGN_OR_RETURN(const place::Country as, ReadCountry(table, "as"));
  SR_ASSIGN_OR_RETURN(const TomlNode* from_node, table.Require("from"));
  SR_ASSIGN_OR_RETURN(const Timestamp from, TomlTime(*from_node, "'from'"));
  SR_ASSIGN_OR_RETURN(std::string citation, table.RequireText("citation"));
  SR_RETURN_IF_ERROR(table.Finish());
  return CountsAs{country, as, from, std::move(citation)};
}

// A country counts as one other country, which counts as itself.
Status CheckCountsAs(const std::vector<CountsAs>& others, const CountsAs& one, TomlPosition position) {
  const auto meets = [&](const CountsAs& other) {
    return other.country == one.country || other.country == one.as || other.as == one.country;
  };
  if (one.country != one.as && std::ranges::none_of(others, meets)) return {};
  return std::unexpected(MalformedAt(
      position,
      std::string(one.country.code()) + " must count as one other country, which counts as itself"));
}

Expected<RegionList> ReadList(const TomlNode& node) {
  SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(node, "[[list]]"));
  RegionList list;
  SR_ASSIGN_OR_RETURN(list.id, table.RequireText("id"));
  SR_ASSIGN_OR_RETURN(list.title, table.RequireText("title"));
  SR_ASSIGN_OR_RETURN(list.citation, table.RequireText("citation"));
  SR_ASSIGN_OR_RETURN(const TomlNode* versions, table.Require("version"));
  SR_ASSIGN_OR_RETURN(const TomlNode::Array* elements, TomlArray(*versions, "'version'"));
  SR_RETURN_IF_ERROR(table.Finish());
  list.of_subdivisions = !elements->empty() && HasSubdivisions(elements->front());
  for (const TomlNode& element : *elements) {
    SR_ASSIGN_OR_RETURN(RegionList::Version version, ReadVersion(element, list.of_subdivisions));
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
  if (const TomlNode* counts = root.Take("counts_as")) {
    SR_ASSIGN_OR_RETURN(const TomlNode::Array* entries, TomlArray(*counts, "'counts_as'"));
    for (const TomlNode& entry : *entries) {
      SR_ASSIGN_OR_RETURN(CountsAs one, ReadCountsAs(entry));
      SR_RETURN_IF_ERROR(CheckCountsAs(table.counts_as, one, entry.position));
      table.counts_as.push_back(std::move(one));
    }
  }
  SR_RETURN_IF_ERROR(root.Finish());
  for (const TomlNode& element : *elements) {
    SR_ASSIGN_OR_RETURN(RegionList list, ReadList(element));
    if (std::ranges::find(table.lists, list.id, &RegionList::id) != table.lists.end()) {
      return std::unexpected(MalformedAt(element.position, "a second list with the id '" + list.id + "'"));
    }
    list.table = table.id;
    table.lists.push_back(std::move(list));
  }
  return table;
}

}  // namespace strongroom::policy
