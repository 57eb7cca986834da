// Packs with what travels beside them. The first byte chooses a pack, a data table, a part or a table of
// cases. A pack that parses, also as a shipped pack's only part, is asked about every combination of a few
// facts and times, none of which may fail, and told in full; with cases, the shipped packs answer.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "strongroom/policy/cases.h"
#include "strongroom/policy/decision.h"
#include "strongroom/policy/fact_files.h"
#include "strongroom/policy/pack_prose.h"
#include "strongroom/policy/pack_source.h"
#include "strongroom/policy/question_template.h"

namespace {

using namespace strongroom;
using namespace strongroom::policy;

void Require(bool condition) {
  if (!condition) std::abort();
}

struct Documents {
  std::vector<DataTable> tables;
  std::vector<Part> parts;
};

Documents ShippedDocuments() {
  Documents documents;
  for (const ByteView bytes : ShippedPacks().front().tables) {
    auto table = ParseDataTable(bytes);
    Require(table.has_value());
    documents.tables.push_back(*std::move(table));
  }
  for (const ByteView bytes : ShippedPacks().front().parts) {
    auto part = ParsePart(bytes);
    Require(part.has_value());
    documents.parts.push_back(*std::move(part));
  }
  return documents;
}

const Documents& Shipped() {
  static const Documents documents = ShippedDocuments();
  return documents;
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

// Facts of many types, with a licence on file.
Facts ManyFacts(place::Country country) {
  Facts facts;
  facts.SetPlace({country, std::nullopt, place::Basis::kDeclared}, Source::kDeclaration);
  for (const FactType& type : FactCatalogue()) {
    if (type.type == ValueType::kWord && facts.Find(type.id) == nullptr)
      Require(facts.Set(type.id, std::string(type.words.front()), Source::kDeclaration).has_value());
    if (type.type == ValueType::kDecimal)
      Require(facts.Set(type.id, *Decimal::Parse("1e26"), Source::kManifest).has_value());
    if (type.type == ValueType::kTruth) Require(facts.Set(type.id, true, Source::kEvidence).has_value());
    if (type.type == ValueType::kTime)
      Require(facts.Set(type.id, Timestamp{1763683200}, Source::kDeclaration).has_value());
  }
  Licence licence;
  licence.id = "1";
  licence.issuer = "BIS";
  licence.countries = {country};
  licence.valid_until = {INT64_MAX};
  Require(facts.AddLicence(std::move(licence)).has_value());
  return facts;
}

void AskMuch(const Pack& pack) {
  Ask(pack, Facts());
  for (const place::Country& country : {*place::Country::Parse("GB"), *place::Country::Parse("CN")}) {
    Facts facts;
    facts.SetPlace({country, std::nullopt, place::Basis::kDeclared}, Source::kDeclaration);
    Ask(pack, facts);
    Ask(pack, ManyFacts(country));
  }
  Require(!TellPack(pack, 80).empty());
  (void)PackMembers(pack);
  const Pack* packs[] = {&pack};
  Require(ParseQuestion(AsBytes(QuestionTemplate(packs))).has_value());
}

void ReadPack(ByteView bytes) {
  const auto pack = ParsePack(bytes, Shipped().tables, Shipped().parts);
  if (pack) AskMuch(*pack);
  (void)ParsePackHead(bytes);
}

void ReadPart(ByteView bytes) {
  const auto part = ParsePart(bytes);
  if (!part) return;
  const DataTable& table = Shipped().tables.front();
  const std::string pack =
      "format = 1\nid = \"with-part\"\nversion = 1\nauthority = \"a\"\ntitle = \"t\"\n"
      "verified_on = 2025-01-13\nvalid = { from = 2025-01-13 }\n[[data]]\nid = \"" +
      table.id + "\"\nsha256 = \"" + Hex(table.digest) + "\"\n[[part]]\nid = \"" + part->identity.id +
      "\"\nsha256 = \"" + Hex(part->identity.digest) + "\"\n";
  const auto parsed = ParsePack(AsBytes(pack), Shipped().tables, std::span(&*part, 1));
  if (parsed) AskMuch(*parsed);
}

void ReadCases(ByteView bytes) {
  static const auto packs = LoadShippedPacks();
  Require(packs.has_value());
  const auto cases = ParseCases(bytes);
  if (!cases) return;
  for (const Pack& pack : *packs) (void)RunCases(pack, *packs, *cases);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView bytes(data + 1, size - 1);
  switch (data[0]) {
    case 'p':
      ReadPack(bytes);
      break;
    case 'r':
      ReadPart(bytes);
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
