#include "strongroom/policy/fact_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strongroom::policy {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kModel = R"([model]
label = "acme-7b"
weights = "closed"
training_ops = "2.10e26"
eccn = "4E091"
origin = "US"
owner_hq = "US"
)";

std::string Value(const Facts& facts, FactId id) {
  const Fact* fact = facts.Find(id);
  return fact == nullptr ? "(absent)" : ToText(fact->value);
}

std::string Refusal(const Expected<Facts>& facts) {
  EXPECT_FALSE(facts.has_value());
  if (facts) return "";
  EXPECT_EQ(facts.error().code, ErrorCode::kMalformed);
  return facts.error().message;
}

TEST(ModelFacts, FactsFileGivesTheOwnersFacts) {
  const auto facts = ParseModelFacts(AsBytes(kModel));
  ASSERT_TRUE(facts.has_value()) << facts.error().message;
  EXPECT_EQ(ModelLabel(*facts), "acme-7b");
  EXPECT_EQ(Value(*facts, FactId::kModelTrainingOps), "2.1e26");
  EXPECT_EQ(Value(*facts, FactId::kModelOrigin), "US");
  EXPECT_EQ(Value(*facts, FactId::kModelBaseOps), "(absent)");
  EXPECT_EQ(facts->Find(FactId::kModelEccn)->source, Source::kManifest);
}

TEST(ModelFacts, ManifestFormReadsBack) {
  const auto facts = ParseModelFacts(AsBytes(kModel));
  ASSERT_TRUE(facts.has_value());
  const envelope::Json json = ModelFactsJson(*facts);
  EXPECT_EQ(envelope::CanonicalJson(json),
            R"({"eccn":"4E091","origin":"US","owner_hq":"US","training_ops":"2.1e26","weights":"closed"})");
  const auto again = ModelFactsFromJson(ModelLabel(*facts), json);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(*again, *facts);
}

TEST(ModelFacts, ManifestFormThatIsNotCanonicalIsRefused) {
  for (const std::string_view text :
       {R"({"training_ops":"2.10e26"})", R"({"origin":"USA"})", R"({"weights":1})", R"({"label":"x"})",
        R"({"country":"US"})", R"([])"}) {
    const auto json = envelope::ParseJson(AsBytes(text));
    ASSERT_TRUE(json.has_value());
    EXPECT_EQ(ModelFactsFromJson("x", *json).error().code, ErrorCode::kMalformed) << text;
  }
}

TEST(ModelFacts, DefectIsNamedWithLineAndColumn) {
  const std::pair<std::string_view, std::string_view> samples[] = {
      {"[model]\nlabel = \"a\"\nlicense = \"mit\"\n", "line 3, column 1: unknown key 'license' in [model]"},
      {"[model]\nlabel = \"a\"\ntraining_ops = 2.1e26\n",
       "line 3, column 16: 'training_ops' must be text in quotes"},
      {"[model]\nlabel = \"a\"\ntraining_ops = \"lots\"\n",
       "line 3, column 16: model.training_ops: not a decimal number"},
      {"[model]\nlabel = \"a\"\n  origin = \"UK\"\n",
       "line 3, column 12: model.origin: 'UK' is not a country code"},
      {"[model]\nlabel = \"a\"\nweights = \"open\"\n",
       "line 3, column 11: model.weights is not one of the words"},
      {"[model]\nlabel = \"a\"\n[node]\ncountry = \"GB\"\n",
       "line 3, column 2: unknown key 'node' in the facts file"},
      {"[model]\nlabel = \"a\"\nlabel = \"b\"\n", "line 3, column "},
      {"[model]\nlabel = a\n", "line 2, column "},
      {"[model]\nweights = \"closed\"\n", "line 1, column 1: [model] lacks the key 'label'"},
      {"model = 1\n", "line 1, column 9: [model] must be a table"},
      {"", "line 1, column 1: the facts file lacks the key 'model'"},
  };
  for (const auto& [toml, message] : samples) {
    EXPECT_THAT(Refusal(ParseModelFacts(AsBytes(toml))), StartsWith(message)) << toml;
  }
}

TEST(ModelFacts, TableHeaderCutByTheEndOfItsLineIsRefused) {
  for (const std::string_view toml : {"[[\nmodel]]\n", "[\n", "[[", "[ [model] ]\n"}) {
    EXPECT_EQ(ParseModelFacts(AsBytes(toml)).error().code, ErrorCode::kMalformed) << toml;
  }
}

TEST(ModelFacts, LetterBeyondAsciiBelongsInStringsAlone) {
  for (const std::string_view toml :
       {"\xc3\xa9 = 1\n", "[model]\nlabel = \xc3\xa9\n", "[model]\nlabel =\xef\xbc\xb5 \"a\"\n"}) {
    EXPECT_EQ(ParseModelFacts(AsBytes(toml)).error().code, ErrorCode::kMalformed) << toml;
  }
  const auto facts = ParseModelFacts(AsBytes("[model]\nlabel = \"caf\xc3\xa9\" # \xc3\xa9\n"));
  ASSERT_TRUE(facts.has_value()) << facts.error().message;
  EXPECT_EQ(ModelLabel(*facts), "caf\xc3\xa9");
}

TEST(ModelFacts, DeepNestingIsRefusedBeforeItIsParsed) {
  std::string dotted = "a";
  for (int i = 0; i < 100; ++i) dotted += ".a";
  EXPECT_THAT(Refusal(ParseModelFacts(AsBytes(dotted + " = 1\n"))), HasSubstr("more than 64 dots"));
  EXPECT_FALSE(ParseModelFacts(AsBytes("a = " + std::string(1000, '['))).has_value());
  EXPECT_THAT(Refusal(ParseModelFacts(AsBytes(std::string((1 << 20) + 1, '#')))),
              HasSubstr("longer than 1 MiB"));
}

TEST(ModelFacts, ControlCharactersOfTheDocumentDoNotReachTheMessage) {
  const std::string message =
      Refusal(ParseModelFacts(AsBytes("\"\\u001b[2J\" = 1\n[model]\nlabel = \"a\"\n")));
  EXPECT_THAT(message, HasSubstr("unknown key '?[2J'"));
}

TEST(NodeDeclaration, PlaceIsOnlyDeclared) {
  const auto facts =
      ParseNodeDeclaration(AsBytes("country = \"GB\"\noperator = \"Acme \\\"UK\\\"\"\noperator_hq = "
                                   "\"US\"\nlicences = [\"L-1\"]\nstorage_security = \"none\"\n"));
  ASSERT_TRUE(facts.has_value()) << facts.error().message;
  EXPECT_EQ(Value(*facts, FactId::kNodeBasis), "declared");
  EXPECT_EQ(Value(*facts, FactId::kNodeOperatorParentHq), "(absent)");
  EXPECT_EQ(facts->Find(FactId::kNodeCountry)->source, Source::kDeclaration);
  const auto from_toml = ParseNodeDeclaration(AsBytes(NodeDeclarationToml(*facts)));
  ASSERT_TRUE(from_toml.has_value()) << from_toml.error().message;
  EXPECT_EQ(*from_toml, *facts);
  const auto from_json = NodeDeclarationFromJson(NodeDeclarationJson(*facts));
  ASSERT_TRUE(from_json.has_value()) << from_json.error().message;
  EXPECT_EQ(*from_json, *facts);
}

TEST(NodeDeclaration, NodeCannotDeclareTheBasisOfItsPlaceNorItsHardware) {
  EXPECT_EQ(Refusal(ParseNodeDeclaration(AsBytes("country = \"GB\"\nbasis = \"measured\"\n"))),
            "line 2, column 1: unknown key 'basis' in the node's declaration");
  EXPECT_FALSE(ParseNodeDeclaration(AsBytes("tpm = \"hardware\"\n")).has_value());
  const envelope::Json json(envelope::Json::Object{{"basis", "measured"}, {"country", "GB"}});
  EXPECT_EQ(NodeDeclarationFromJson(json).error().code, ErrorCode::kMalformed);
}

TEST(NodeDeclaration, EmptyDeclarationStatesNothing) {
  const auto facts = ParseNodeDeclaration({});
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(*facts, Facts());
}

constexpr std::string_view kQuestion = R"([model]
weights = "closed"
gp10_chips = false
[act]
what = "decrypt"
keyslot = "tpm"
copies = 2
[node]
country = "UA"
subdivision = "UA-43"
basis = "endorsed"
tpm = "software"
lists_date = 2026-11-20
[storage]
paragraph_14 = true
encryption = "none"
[[licence]]
id = "D-1"
issuer = "BIS"
parties = ["Acme"]
items = ["4E091"]
countries = ["SG", "MY"]
copies = 2
valid_from = 2026-01-01
valid_until = 2027-01-01
[[licence]]
id = "D-2"
issuer = "METI"
parties = []
items = []
countries = []
valid_from = 2026-01-01
valid_until = 2027-01-01T12:00:00Z
)";

TEST(Question, FiveTablesStateTheirFacts) {
  const auto facts = ParseQuestion(AsBytes(kQuestion));
  ASSERT_TRUE(facts.has_value()) << facts.error().message;
  EXPECT_EQ(Value(*facts, FactId::kActWhat), "decrypt");
  EXPECT_EQ(Value(*facts, FactId::kActCopies), "2");
  EXPECT_EQ(Value(*facts, FactId::kModelGp10Chips), "false");
  EXPECT_EQ(Value(*facts, FactId::kNodeBasis), "endorsed");
  EXPECT_EQ(Value(*facts, FactId::kNodeListsDate), "2026-11-20T00:00:00Z");
  EXPECT_EQ(Value(*facts, FactId::kStorageParagraph14), "true");
  EXPECT_EQ(facts->Find(FactId::kStorageEncryption)->source, Source::kQuestion);
}

TEST(Question, LicencesAreObjects) {
  const auto facts = ParseQuestion(AsBytes(kQuestion));
  ASSERT_TRUE(facts.has_value()) << facts.error().message;
  ASSERT_EQ(facts->licences().size(), 2U);
  const Licence& first = facts->licences()[0];
  EXPECT_EQ(first.issuer, "BIS");
  EXPECT_EQ(first.countries.size(), 2U);
  EXPECT_EQ(first.copies, *Decimal::Parse("2"));
  EXPECT_EQ(ToRfc3339(facts->licences()[1].valid_until), "2027-01-01T12:00:00Z");
  EXPECT_EQ(facts->licences()[1].copies, std::nullopt);
}

TEST(Question, OneLicenceMayStandAlone) {
  const auto facts = ParseQuestion(
      AsBytes("[licence]\nid = \"D-1\"\nissuer = \"BIS\"\nparties = [\"Acme\"]\nitems = [\"4E091\"]\n"
              "countries = [\"SG\"]\nvalid_from = 2026-01-01\nvalid_until = 2027-01-01\n"));
  ASSERT_TRUE(facts.has_value()) << facts.error().message;
  EXPECT_EQ(facts->licences().size(), 1U);
}

struct StorageCase {
  std::string_view word, paragraphs, encryption;
};

class StorageSecurity : public ::testing::TestWithParam<StorageCase> {};

TEST_P(StorageSecurity, OneWordStandsForFourFacts) {
  const auto& [word, paragraphs, encryption] = GetParam();
  const auto question = ParseQuestion(AsBytes("[storage]\nsecurity = \"" + std::string(word) + "\"\n"));
  const auto declared = ParseNodeDeclaration(AsBytes("storage_security = \"" + std::string(word) + "\"\n"));
  for (const auto* facts : {&question, &declared}) {
    ASSERT_TRUE(facts->has_value()) << (*facts).error().message;
    EXPECT_EQ(Value(**facts, FactId::kStorageParagraph14), paragraphs);
    EXPECT_EQ(Value(**facts, FactId::kStorageParagraph15), paragraphs);
    EXPECT_EQ(Value(**facts, FactId::kStorageParagraph18), paragraphs);
    EXPECT_EQ(Value(**facts, FactId::kStorageEncryption), encryption);
    EXPECT_EQ(Value(**facts, FactId::kStorageCertificateUntil), "(absent)");
  }
}

INSTANTIATE_TEST_SUITE_P(Words, StorageSecurity,
                         ::testing::Values(StorageCase{"none", "false", "none"},
                                           StorageCase{"s10_14_15_18", "true", "none"},
                                           StorageCase{"e2ee_140:no_keys", "false", "end_to_end_fips140"},
                                           StorageCase{"e2ee_140:key_release", "false", "end_to_end_fips140"},
                                           StorageCase{"enc_host_holds_keys", "false", "host_holds_keys"}));

TEST(Question, CountryWithoutBasisIsTakenAsDeclared) {
  EXPECT_EQ(Value(*ParseQuestion(AsBytes("[node]\ncountry = \"GB\"\n")), FactId::kNodeBasis), "declared");
}

TEST(Question, DefectIsNamedWithLineAndColumn) {
  const std::pair<std::string_view, std::string_view> samples[] = {
      {"[nodes]\n", "line 1, column 2: unknown key 'nodes' in the question"},
      {"[act]\nwhat = \"lend\"\n", "line 2, column 8: act.what is not one of the words it may be"},
      {"[node]\ncountry = \"SU\"\n", "line 2, column 11: node.country: 'SU' is not a country code"},
      {"[node]\nbasis = \"declared\"\n",
       "line 1, column 1: node.subdivision and node.basis mean nothing without node.country"},
      {"[node]\ncountry = \"GB\"\nsubdivision = \"UA-43\"\n",
       "line 1, column 1: the subdivision is not an ISO 3166-2 code of GB"},
      {"[node]\nveu_until = \"2027-01-01\"\n", "line 2, column 13: 'veu_until' must be a date"},
      {"[node]\nveu_until = 2027-01-01T00:00:00\n", "line 2, column 13: 'veu_until' must be a date"},
      {"[model]\ngp10_chips = \"false\"\n", "line 2, column 14: 'gp10_chips' must be true or false"},
      {"[model]\ntraining_ops = \"2e26 flops\"\n",
       "line 2, column 16: model.training_ops: not a decimal number"},
      {"[licence]\nid = \"D-1\"\n", "line 1, column 1: [licence] lacks the key 'issuer'"},
      {"[storage]\nsecurity = \"strong\"\n", "line 2, column 12: 'security' is 'strong'"},
      {"[storage]\nsecurity = \"none\"\nencryption = \"none\"\n",
       "line 2, column 12: storage.encryption is stated twice"},
      {"[node]\nlicences = [\"a\", 2]\n", "line 2, column 18: each element of 'licences' must be text"},
      {"[node]\nlicences = [\"a;b\"]\n", "line 2, column 12: node.licences has an element with ';' in it"},
  };
  for (const auto& [toml, message] : samples) {
    EXPECT_THAT(Refusal(ParseQuestion(AsBytes(toml))), StartsWith(message)) << toml;
  }
}

}  // namespace
}  // namespace strongroom::policy
