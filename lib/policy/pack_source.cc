#include "strongroom/policy/pack_source.h"

#include "strongroom/policy/cases.h"

namespace strongroom::policy {
namespace {

Status CheckCases(const Pack& pack, ByteView csv) {
  auto cases = ParseCases(csv);
  if (!cases) return std::unexpected(std::move(cases).error().With("cases"));
  if (cases->empty())
    return Fail(ErrorCode::kMalformed, "the pack has no cases", "write at least one case beside it");
  const CaseReport report = RunCases(pack, *cases);
  if (report.failures.empty()) return {};
  const CaseFailure& first = report.failures.front();
  return Fail(ErrorCode::kMalformed,
              std::to_string(report.failures.size()) + " of " + std::to_string(cases->size()) +
                  " cases fail, first " + first.id + " in line " + std::to_string(first.line) +
                  ": expected " + first.expected + ", the pack says " + first.actual,
              "correct the pack or its cases");
}

Expected<Pack> Load(const PackSource& source) {
  std::vector<DataTable> tables;
  for (const ByteView bytes : source.tables) {
    auto table = ParseDataTable(bytes);
    if (!table) return std::unexpected(std::move(table).error().With("data table"));
    tables.push_back(*std::move(table));
  }
  SR_ASSIGN_OR_RETURN(Pack pack, ParsePack(source.pack, tables));
  if (pack.id != source.id) return Fail(ErrorCode::kMalformed, "it calls itself '" + pack.id + "'");
  SR_RETURN_IF_ERROR(CheckCases(pack, source.cases));
  return pack;
}

}  // namespace

Expected<Pack> LoadPack(const PackSource& source) {
  auto pack = Load(source);
  if (!pack) return std::unexpected(std::move(pack).error().With("pack '" + std::string(source.id) + "'"));
  return pack;
}

Expected<std::vector<Pack>> LoadShippedPacks() {
  std::vector<Pack> packs;
  for (const PackSource& source : ShippedPacks()) {
    SR_ASSIGN_OR_RETURN(Pack pack, LoadPack(source));
    packs.push_back(std::move(pack));
  }
  return packs;
}

}  // namespace strongroom::policy
