#include <algorithm>

#include "policy/asked_facts.h"
#include "policy/rule_parser.h"
#include "policy/toml_reader.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/policy/pack.h"

namespace strongroom::policy {
namespace {

constexpr std::int64_t kFormat = 1;

// The id and digest by which a pack names a document that it is made with.
struct NamedDocument {
  PartIdentity identity;
  TomlPosition position;
};

Expected<std::vector<NamedDocument>> ReadNames(TomlTable& root, std::string_view key) {
  std::vector<NamedDocument> names;
  const TomlNode* node = root.Take(key);
  if (node == nullptr) return names;
  SR_ASSIGN_OR_RETURN(const TomlNode::Array* entries, TomlArray(*node, "'" + std::string(key) + "'"));
  for (const TomlNode& entry : *entries) {
    SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(entry, "[[" + std::string(key) + "]]"));
    NamedDocument named{.identity = {}, .position = entry.position};
    SR_ASSIGN_OR_RETURN(named.identity.id, table.RequireText("id"));
    SR_ASSIGN_OR_RETURN(const TomlNode* digest_node, table.Require("sha256"));
    SR_ASSIGN_OR_RETURN(const std::string hex, TomlText(*digest_node, "'sha256'"));
    const auto digest = FromHex(hex);
    if (!digest || digest->size() != named.identity.digest.size()) {
      return std::unexpected(MalformedAt(digest_node->position, "'sha256' must be 64 hexadecimal digits"));
    }
    std::ranges::copy(*digest, named.identity.digest.begin());
    SR_RETURN_IF_ERROR(table.Finish());
    names.push_back(std::move(named));
  }
  return names;
}

std::unexpected<Error> NotAtHand(const NamedDocument& named, std::string_view what,
                                 const std::vector<Digest>& others) {
  const std::string name = std::string(what) + " '" + named.identity.id + "'";
  if (others.empty()) return std::unexpected(MalformedAt(named.position, "there is no " + name));
  return std::unexpected(MalformedAt(named.position, name + " has the SHA-256 " + Hex(others.front())));
}

Status TakeTable(const NamedDocument& named, std::span<const DataTable> tables, Pack& pack) {
  std::vector<Digest> others;
  for (const DataTable& table : tables) {
    if (table.id != named.identity.id) continue;
    others.push_back(table.digest);
    if (table.digest != named.identity.digest) continue;
    for (const RegionList& list : table.lists) {
      if (std::ranges::find(pack.lists, list.id, &RegionList::id) != pack.lists.end()) {
        return std::unexpected(MalformedAt(named.position, "a second list with the id '" + list.id + "'"));
      }
      pack.lists.push_back(list);
    }
    if (!table.counts_as.empty() && !pack.counts_as.empty())
      return std::unexpected(
          MalformedAt(named.position, "a second table that says which country counts as which"));
    std::ranges::copy(table.counts_as, std::back_inserter(pack.counts_as));
    pack.tables.push_back(named.identity);
    return {};
  }
  return NotAtHand(named, "data table", others);
}

template <typename T>
void NamePart(std::vector<T>& definitions, std::size_t first, const std::string& part) {
  for (std::size_t i = first; i < definitions.size(); ++i) definitions[i].part = part;
}

Status ReadPart(const Part& part, Pack& pack) {
  SR_ASSIGN_OR_RETURN(const TomlNode document, ParseToml(part.toml));
  SR_ASSIGN_OR_RETURN(TomlTable root, TomlTable::Of(document, "the part"));
  SR_RETURN_IF_ERROR(ReadId(root));
  SR_RETURN_IF_ERROR(root.RequireText("title"));
  const std::size_t numbers = pack.numbers.size();
  const std::size_t findings = pack.findings.size();
  const std::size_t rules = pack.rules.size();
  SR_RETURN_IF_ERROR(ReadDefinitions(root, pack));
  NamePart(pack.numbers, numbers, part.identity.id);
  NamePart(pack.findings, findings, part.identity.id);
  NamePart(pack.rules, rules, part.identity.id);
  return root.Finish();
}

Status TakePart(const NamedDocument& named, std::span<const Part> parts, Pack& pack) {
  std::vector<Digest> others;
  for (const Part& part : parts) {
    if (part.identity.id != named.identity.id) continue;
    others.push_back(part.identity.digest);
    if (part.identity.digest != named.identity.digest) continue;
    if (auto read = ReadPart(part, pack); !read)
      return std::unexpected(std::move(read).error().With("part '" + part.identity.id + "'"));
    pack.parts.push_back(named.identity);
    return {};
  }
  return NotAtHand(named, "part", others);
}

Status ReadOverlay(TomlTable& root, Pack& pack) {
  const TomlNode* node = root.Take("overlay");
  if (node == nullptr) return {};
  SR_ASSIGN_OR_RETURN(TomlTable table, TomlTable::Of(*node, "'overlay'"));
  Overlay overlay;
  SR_ASSIGN_OR_RETURN(overlay.authority, table.RequireText("authority"));
  SR_ASSIGN_OR_RETURN(overlay.id, table.RequireText("id"));
  SR_ASSIGN_OR_RETURN(const TomlNode* version, table.Require("min_version"));
  SR_ASSIGN_OR_RETURN(const std::int64_t number, TomlInteger(*version, "'min_version'"));
  SR_RETURN_IF_ERROR(table.Finish());
  if (number < 1) return std::unexpected(MalformedAt(version->position, "'min_version' must be 1 or more"));
  if (overlay.id == pack.id && overlay.authority == pack.authority)
    return std::unexpected(MalformedAt(node->position, "a pack cannot be laid over itself"));
  overlay.min_version = static_cast<std::uint64_t>(number);
  pack.overlay = std::move(overlay);
  return {};
}

// The root table, of a format that this program reads.
Expected<TomlTable> OpenPack(const TomlNode& document) {
  SR_ASSIGN_OR_RETURN(TomlTable root, TomlTable::Of(document, "the pack"));
  SR_ASSIGN_OR_RETURN(const TomlNode* format_node, root.Require("format"));
  SR_ASSIGN_OR_RETURN(const std::int64_t format, TomlInteger(*format_node, "'format'"));
  if (format == kFormat) return root;
  return Fail(ErrorCode::kUnsupported,
              "the pack has format " + std::to_string(format) + ", this program reads format 1",
              "use a newer program");
}

Status ReadHead(TomlTable& root, Pack& pack) {
  SR_ASSIGN_OR_RETURN(pack.id, ReadId(root));
  SR_ASSIGN_OR_RETURN(pack.authority, root.RequireText("authority"));
  SR_ASSIGN_OR_RETURN(pack.title, root.RequireText("title"));
  SR_ASSIGN_OR_RETURN(pack.notes, ReadOptionalSentences(root, "notes"));
  SR_ASSIGN_OR_RETURN(const TomlNode* version, root.Require("version"));
  SR_ASSIGN_OR_RETURN(const std::int64_t number, TomlInteger(*version, "'version'"));
  if (number < 1) return std::unexpected(MalformedAt(version->position, "'version' must be 1 or more"));
  pack.version = static_cast<std::uint64_t>(number);
  SR_ASSIGN_OR_RETURN(const TomlNode* verified, root.Require("verified_on"));
  SR_ASSIGN_OR_RETURN(pack.verified_on, TomlTime(*verified, "'verified_on'"));
  SR_ASSIGN_OR_RETURN(const TomlNode* valid, root.Require("valid"));
  SR_ASSIGN_OR_RETURN(pack.valid, ReadWindow(*valid, "'valid'"));
  if (pack.valid.from) return ReadOverlay(root, pack);
  return std::unexpected(MalformedAt(valid->position, "'valid' must say from when the pack speaks"));
}

Status ReadBody(TomlTable& root, std::span<const DataTable> tables, std::span<const Part> parts, Pack& pack) {
  SR_ASSIGN_OR_RETURN(const std::vector<NamedDocument> table_names, ReadNames(root, "data"));
  SR_ASSIGN_OR_RETURN(const std::vector<NamedDocument> part_names, ReadNames(root, "part"));
  for (const NamedDocument& named : table_names) SR_RETURN_IF_ERROR(TakeTable(named, tables, pack));
  for (const NamedDocument& named : part_names) SR_RETURN_IF_ERROR(TakePart(named, parts, pack));
  SR_RETURN_IF_ERROR(ReadDefinitions(root, pack));
  SR_RETURN_IF_ERROR(root.Finish());
  if (!pack.rules.empty()) return {};
  return std::unexpected(MalformedAt(root.position(), "the pack has no rule"));
}

}  // namespace

Expected<Part> ParsePart(ByteView toml) {
  SR_ASSIGN_OR_RETURN(const TomlNode document, ParseToml(toml));
  SR_ASSIGN_OR_RETURN(TomlTable root, TomlTable::Of(document, "the part"));
  SR_ASSIGN_OR_RETURN(std::string id, ReadId(root));
  return Part{{std::move(id), crypto::Sha256(toml)}, toml};
}

Expected<PackHead> ParsePackHead(ByteView toml) {
  SR_ASSIGN_OR_RETURN(const TomlNode document, ParseToml(toml));
  SR_ASSIGN_OR_RETURN(TomlTable root, OpenPack(document));
  Pack pack;
  SR_RETURN_IF_ERROR(ReadHead(root, pack));
  PackHead head{.authority = std::move(pack.authority),
                .id = std::move(pack.id),
                .version = pack.version,
                .overlay = std::move(pack.overlay),
                .tables = {},
                .parts = {}};
  SR_ASSIGN_OR_RETURN(const std::vector<NamedDocument> tables, ReadNames(root, "data"));
  SR_ASSIGN_OR_RETURN(const std::vector<NamedDocument> parts, ReadNames(root, "part"));
  std::ranges::transform(tables, std::back_inserter(head.tables), &NamedDocument::identity);
  std::ranges::transform(parts, std::back_inserter(head.parts), &NamedDocument::identity);
  return head;
}

Expected<Pack> ParsePack(ByteView toml, std::span<const DataTable> tables, std::span<const Part> parts) {
  SR_ASSIGN_OR_RETURN(const TomlNode document, ParseToml(toml));
  SR_ASSIGN_OR_RETURN(TomlTable root, OpenPack(document));
  Pack pack;
  pack.digest = crypto::Sha256(toml);
  SR_RETURN_IF_ERROR(ReadHead(root, pack));
  SR_RETURN_IF_ERROR(ReadBody(root, tables, parts, pack));
  return pack;
}

}  // namespace strongroom::policy
