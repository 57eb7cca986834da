// Packs with what travels beside them. The first byte chooses a pack, a data table or a table of cases. A
// pack that parses is asked about every combination of a few facts and times, none of which may fail; with
// cases, it is the first shipped pack that answers.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "strongroom/policy/cases.h"
#include "strongroom/policy/decision.h"
#include "strongroom/policy/pack_source.h"

namespace {

using namespace strongroom;
using namespace strongroom::policy;

void Require(bool condition) {
  if (!condition) std::abort();
}

std::vector<DataTable> ShippedTables() {
  std::vector<DataTable> tables;
  for (const ByteView bytes : ShippedPacks().front().tables) {
    auto table = ParseDataTable(bytes);
    Require(table.has_value());
    tables.push_back(*std::move(table));
  }
  return tables;
}

void Ask(const Pack& pack, const Facts& facts) {
  const Pack* packs[] = {&pack};
  for (const std::int64_t seconds :
       {INT64_MIN, std::int64_t{0}, std::int64_t{1763683200}, std::int64_t{1795219200}, INT64_MAX}) {
    const Decision decision = Evaluate(packs, facts, {seconds});
    Require(!decision.path.empty() && !Explain(decision).empty());
    (void)DecisionJson(decision);
  }
}

void ReadPack(ByteView bytes) {
  static const std::vector<DataTable> tables = ShippedTables();
  const auto pack = ParsePack(bytes, tables);
  if (!pack) return;
  Ask(*pack, Facts());
  for (const place::Country& country : {*place::Country::Parse("GB"), *place::Country::Parse("CN")}) {
    Facts facts;
    facts.SetPlace({country, std::nullopt, place::Basis::kDeclared}, Source::kDeclaration);
    Ask(*pack, facts);
    Require(facts.Set(FactId::kNodeOperatorHq, country, Source::kDeclaration).has_value());
    Require(facts.Set(FactId::kModelTrainingOps, *Decimal::Parse("1e26"), Source::kManifest).has_value());
    Ask(*pack, facts);
  }
}

void ReadCases(ByteView bytes) {
  static const auto packs = LoadShippedPacks();
  Require(packs.has_value());
  const auto cases = ParseCases(bytes);
  if (cases) (void)RunCases(packs->front(), *cases);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView bytes(data + 1, size - 1);
  switch (data[0]) {
    case 'p':
      ReadPack(bytes);
      break;
    case 'd':
      (void)ParseDataTable(bytes);
      break;
    case 'c':
      ReadCases(bytes);
      break;
    default:
      break;
  }
  return 0;
}
