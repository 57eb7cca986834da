#include "strongroom/policy/pack_source.h"

#include "strongroom/policy/cases.h"

namespace strongroom::policy {
namespace {

// The documents that packs are made with.
struct Documents {
  std::vector<DataTable> tables;
  std::vector<Part> parts;
};

Expected<Documents> ParseDocuments(std::span<const ByteView> tables, std::span<const ByteView> parts) {
  Documents documents;
  for (const ByteView bytes : tables) {
    auto table = ParseDataTable(bytes);
    if (!table) return std::unexpected(std::move(table).error().With("data table"));
    documents.tables.push_back(*std::move(table));
  }
  for (const ByteView bytes : parts) {
    auto part = ParsePart(bytes);
    if (!part) return std::unexpected(std::move(part).error().With("part"));
    documents.parts.push_back(*std::move(part));
  }
  return documents;
}

std::unexpected<Error> InPack(Error error, std::string_view id) {
  return std::unexpected(std::move(error).With("pack '" + std::string(id) + "'"));
}

Expected<Pack> Parse(const PackSource& source, const Documents& documents) {
  auto pack = ParsePack(source.pack, documents.tables, documents.parts);
  if (!pack) return InPack(std::move(pack).error(), source.id);
  if (pack->id == source.id) return pack;
  return InPack(Error(ErrorCode::kMalformed, "it calls itself '" + pack->id + "'"), source.id);
}

Status CheckCases(const Pack& pack, ByteView csv, std::span<const Pack> installed) {
  auto cases = ParseCases(csv);
  if (!cases) return std::unexpected(std::move(cases).error().With("cases"));
  if (cases->empty())
    return Fail(ErrorCode::kMalformed, "the pack has no cases", "write at least one case beside it");
  SR_ASSIGN_OR_RETURN(const CaseReport report, RunCases(pack, installed, *cases));
  if (report.failures.empty()) return {};
  const CaseFailure& first = report.failures.front();
  return Fail(ErrorCode::kMalformed,
              std::to_string(report.failures.size()) + " of " + std::to_string(cases->size()) +
                  " cases fail, first " + first.id + " in line " + std::to_string(first.line) +
                  ": expected " + first.expected + ", the pack says " + first.actual,
              "correct the pack or its cases");
}

}  // namespace

Expected<Pack> ParsePackSource(const PackSource& source) {
  auto documents = ParseDocuments(source.tables, source.parts);
  if (!documents) return InPack(std::move(documents).error(), source.id);
  return Parse(source, *documents);
}

Expected<Pack> LoadPack(const PackSource& source, std::span<const Pack> installed) {
  SR_ASSIGN_OR_RETURN(Pack pack, ParsePackSource(source));
  if (auto checked = CheckCases(pack, source.cases, installed); !checked)
    return InPack(std::move(checked).error(), source.id);
  return pack;
}

Expected<std::vector<Pack>> LoadShippedPacks() {
  const std::span<const PackSource> sources = ShippedPacks();
  std::vector<Pack> packs;
  if (sources.empty()) return packs;
  // All of them have the same documents at hand.
  SR_ASSIGN_OR_RETURN(const Documents documents,
                      ParseDocuments(sources.front().tables, sources.front().parts));
  for (const PackSource& source : sources) {
    SR_ASSIGN_OR_RETURN(Pack pack, Parse(source, documents));
    packs.push_back(std::move(pack));
  }
  for (std::size_t i = 0; i < packs.size(); ++i) {
    if (auto checked = CheckCases(packs[i], sources[i].cases, packs); !checked)
      return InPack(std::move(checked).error(), sources[i].id);
  }
  return packs;
}

}  // namespace strongroom::policy
