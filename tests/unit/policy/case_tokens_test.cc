// The short form of a table of cases: what each word states, and that no other word is taken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "strongroom/policy/cases.h"
#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kColumns[] = {"id",
                                         "date",
                                         "action",
                                         "weights_class",
                                         "training_ops",
                                         "origin_country",
                                         "destination_country",
                                         "enduser_hq_country",
                                         "enduser_authorization",
                                         "license",
                                         "storage_security",
                                         "expected",
                                         "reason",
                                         "citation"};

using Cells = std::map<std::string_view, std::string_view>;

// A row that is in order but for some cells.
std::string Row(const Cells& changed) {
  Cells cells = {
      {"id", "sample-pack:001"},     {"date", "2026-11-21"},       {"action", "decrypt"},
      {"weights_class", "closed"},   {"training_ops", "2e26"},     {"origin_country", "US"},
      {"destination_country", "GB"}, {"enduser_hq_country", "FR"}, {"enduser_authorization", "none"},
      {"license", "none"},           {"storage_security", "none"}, {"expected", "permit"}};
  for (const auto& [column, text] : changed) cells[column] = text;
  std::string row;
  for (const std::string_view column : kColumns) {
    if (!row.empty()) row += ",";
    row += "\"" + std::string(cells[column]) + "\"";
  }
  return row + "\n";
}

std::string Header() {
  std::string header;
  for (const std::string_view column : kColumns) header += (header.empty() ? "" : ",") + std::string(column);
  return header + "\n";
}

Expected<Facts> Read(const Cells& changed) {
  const auto cases = ParseCases(AsBytes(Header() + Row(changed)));
  EXPECT_TRUE(cases.has_value()) << cases.error().message;
  return cases ? cases->front().facts : Facts();
}

std::string Text(const Facts& facts, FactId id) {
  const Fact* fact = facts.Find(id);
  return fact == nullptr ? "(absent)" : ToText(fact->value);
}

using States = std::vector<std::pair<FactId, std::string_view>>;

void ExpectStates(const Cells& changed, const States& expected) {
  const auto facts = Read(changed);
  ASSERT_TRUE(facts.has_value()) << changed.begin()->second << ": " << facts.error().message;
  for (const auto& [id, text] : expected)
    EXPECT_EQ(Text(*facts, id), text) << Describe(id).name << " of " << changed.begin()->second;
}

TEST(ShortForm, StatesWhatARowDoesNotSayAsHarmless) {
  ExpectStates({}, {{FactId::kModelLabel, "case"},
                    {FactId::kModelSyntheticShare, "0"},
                    {FactId::kModelNote2, "not_claimed"},
                    {FactId::kModelCopy, "original"},
                    {FactId::kModelFromUsWeights, "false"},
                    {FactId::kModelGp10Chips, "false"},
                    {FactId::kModelControlledChips, "(absent)"},
                    {FactId::kModelNamedIn, ""},
                    {FactId::kActEndUse, "civil"},
                    {FactId::kActKey, "given"},
                    {FactId::kNodeOperator, "case operator"},
                    {FactId::kNodePerson, "organisation"},
                    {FactId::kNodeAuthorizations, ""},
                    {FactId::kNodeLicences, ""},
                    {FactId::kNodeLists, ""},
                    {FactId::kNodeListsDate, "2026-11-21T00:00:00Z"},
                    {FactId::kNodeListedOwnership, "0"},
                    {FactId::kNodeBasis, "declared"},
                    {FactId::kStorageParagraph14, "false"},
                    {FactId::kStorageEncryption, "none"}});
}

TEST(ShortForm, PlacesAreTheOriginTheDestinationAndBothHeadquarters) {
  ExpectStates({{"destination_country", "HK"}}, {{FactId::kModelOrigin, "US"},
                                                 {FactId::kNodeCountry, "HK"},
                                                 {FactId::kNodeOperatorHq, "FR"},
                                                 {FactId::kNodeOperatorParentHq, "FR"}});
}

TEST(ShortForm, EveryActionIsAnAct) {
  for (const std::string_view act : {"store", "transfer", "decrypt"})
    ExpectStates({{"action", act}}, {{FactId::kActWhat, act}});
}

TEST(ShortForm, EveryWeightsClassStatesItsFacts) {
  const std::pair<std::string_view, States> samples[] = {
      {"closed", {{FactId::kModelWeights, "closed"}}},
      {"open_published", {{FactId::kModelWeights, "published"}}},
      {"derived_published:base=1e26:add=2.6e25",
       {{FactId::kModelWeights, "derived_published"},
        {FactId::kModelBaseOps, "1e26"},
        {FactId::kModelAddedOps, "2.6e25"}}},
      {"closed_note2_excluded", {{FactId::kModelWeights, "closed"}, {FactId::kModelNote2, "claimed"}}},
      {"closed_note2_claimed", {{FactId::kModelWeights, "closed"}, {FactId::kModelNote2, "claimed"}}},
      {"closed:synth_share=0.2:teacher=unpublished:teacher_ops=4e25:gen_ops=1e24",
       {{FactId::kModelSyntheticShare, "0.2"},
        {FactId::kModelTeacher, "unpublished"},
        {FactId::kModelTeacherOps, "4e25"},
        {FactId::kModelGenerationOps, "1e24"}}},
      {"closed+fdp", {{FactId::kModelWeights, "closed"}, {FactId::kModelControlledChips, "true"}}},
      {"closed+nofdp", {{FactId::kModelWeights, "closed"}, {FactId::kModelControlledChips, "false"}}},
      {"closed:quantized_us_origin",
       {{FactId::kModelCopy, "quantised"}, {FactId::kModelFromUsWeights, "true"}}},
      {"closed:named_in_directive", {{FactId::kModelNamedIn, "us-isinformed-2026-06-12"}}},
  };
  for (const auto& [word, states] : samples) ExpectStates({{"weights_class", word}}, states);
}

TEST(ShortForm, EveryAuthorizationStatesItsFacts) {
  const std::pair<std::string_view, States> samples[] = {
      {"UVEU",
       {{FactId::kNodeAuthorizations, "UVEU"},
        {FactId::kNodeVeuCountries, "GB"},
        {FactId::kNodeVeuUntil, "2026-11-22T00:00:00Z"}}},
      {"NVEU", {{FactId::kNodeAuthorizations, "NVEU"}, {FactId::kNodeVeuCountries, "GB"}}},
      {"us_person", {{FactId::kNodePerson, "us_person"}, {FactId::kNodePersonNationality, "(absent)"}}},
      {"permanent_regular_employee=CN",
       {{FactId::kNodePerson, "permanent_regular_employee"}, {FactId::kNodePersonNationality, "CN"}}},
      {"contractor=IN", {{FactId::kNodePerson, "contractor"}, {FactId::kNodePersonNationality, "IN"}}},
      {"DPL", {{FactId::kNodeLists, "DPL"}}},
      {"MIEU", {{FactId::kNodeLists, "MIEU"}}},
      {"EL:all_items:presumption_of_denial",
       {{FactId::kNodeLists, "EL"},
        {FactId::kNodeEntityListScope, "all_items"},
        {FactId::kNodeEntityListReview, "presumption_of_denial"}}},
      {"EL:4E091:case_by_case",
       {{FactId::kNodeEntityListScope, "weights"}, {FactId::kNodeEntityListReview, "case_by_case"}}},
  };
  for (const auto& [word, states] : samples) ExpectStates({{"enduser_authorization", word}}, states);
}

TEST(ShortForm, EveryLicenceWordIsAClaimOrOnFile) {
  for (const std::string_view claim : {"LE-AIA", "LE-STA", "LE-ACM", "LE-LPP", "BIS-CCATS"})
    ExpectStates({{"license", claim}}, {{FactId::kNodeLicences, claim}});
  const auto valid = Read({{"license", "BIS-LIC:valid"}});
  ASSERT_TRUE(valid.has_value());
  ASSERT_EQ(valid->licences().size(), 1U);
  EXPECT_EQ(valid->licences()[0].issuer, "BIS");
  EXPECT_EQ(ToRfc3339(valid->licences()[0].valid_until), "2026-11-22T00:00:00Z");
  const auto expired = Read({{"license", "BIS-LIC:expired"}});
  ASSERT_TRUE(expired.has_value());
  EXPECT_EQ(ToRfc3339(expired->licences()[0].valid_until), "2026-11-21T00:00:00Z");
}

TEST(ShortForm, EveryStorageWordStatesItsFacts) {
  const std::pair<std::string_view, States> samples[] = {
      {"s10_14_15_18",
       {{FactId::kStorageParagraph14, "true"},
        {FactId::kStorageParagraph15, "true"},
        {FactId::kStorageParagraph18, "true"},
        {FactId::kStorageCertificateUntil, "2026-11-22T00:00:00Z"}}},
      {"e2ee_140:no_keys", {{FactId::kStorageEncryption, "end_to_end_fips140"}, {FactId::kActKey, "given"}}},
      {"e2ee_140:key_release",
       {{FactId::kStorageEncryption, "end_to_end_fips140"}, {FactId::kActKey, "given"}}},
      {"enc_host_holds_keys", {{FactId::kStorageEncryption, "host_holds_keys"}}},
  };
  for (const auto& [word, states] : samples) ExpectStates({{"storage_security", word}}, states);
}

TEST(ShortForm, KeyIsWithheldWhereNobodyGetsIt) {
  for (const std::string_view act : {"store", "transfer"}) {
    ExpectStates({{"action", act}, {"storage_security", "e2ee_140:no_keys"}},
                 {{FactId::kActKey, "withheld"}});
    ExpectStates({{"action", act}, {"storage_security", "e2ee_140:key_release"}},
                 {{FactId::kActKey, "given"}});
  }
}

TEST(ShortForm, WordThatIsNotOfTheFormIsAnErrorOfItsCase) {
  const std::pair<std::string_view, std::string_view> samples[] = {
      {"action", "lend"},
      {"action", ""},
      {"weights_class", ""},
      {"weights_class", "open"},
      {"weights_class", "closed+"},
      {"weights_class", "closed+fdp+nofdp"},
      {"weights_class", "closed:synth_share"},
      {"weights_class", "closed:synth_share=2"},
      {"weights_class", "closed:synth_share=0.2:synth_share=0.1"},
      {"weights_class", "closed:teacher=secret"},
      {"weights_class", "closed:pruned"},
      {"weights_class", "closed:"},
      {"training_ops", ""},
      {"training_ops", "lots"},
      {"origin_country", "UK"},
      {"origin_country", ""},
      {"destination_country", "SU"},
      {"enduser_hq_country", "gb"},
      {"enduser_authorization", ""},
      {"enduser_authorization", "VEU"},
      {"enduser_authorization", "us_person=US"},
      {"enduser_authorization", "contractor"},
      {"enduser_authorization", "contractor=XX"},
      {"enduser_authorization", "EL"},
      {"enduser_authorization", "EL:all_items"},
      {"enduser_authorization", "EL:most_items:case_by_case"},
      {"enduser_authorization", "EL:all_items:mild"},
      {"enduser_authorization", "EL:all_items:case_by_case:x"},
      {"license", ""},
      {"license", "LE-XYZ"},
      {"license", "BIS-LIC"},
      {"license", "BIS-LIC:maybe"},
      {"storage_security", ""},
      {"storage_security", "e2ee_140"},
      {"storage_security", "s10"},
  };
  for (const auto& [column, word] : samples) {
    const auto facts = Read({{column, word}});
    ASSERT_FALSE(facts.has_value()) << column << " " << word;
    EXPECT_EQ(facts.error().code, ErrorCode::kMalformed);
    EXPECT_THAT(facts.error().message, StartsWith("line 2, column ")) << column << " " << word;
    EXPECT_THAT(facts.error().message, HasSubstr(column)) << word;
  }
}

TEST(ShortForm, UnknownWordFailsItsCaseAlone) {
  const auto cases = ParseCases(AsBytes(Header() + Row({{"license", "LE-XYZ"}}) + Row({})));
  ASSERT_TRUE(cases.has_value());
  const auto report =
      RunCases(PermitsWhere("when = [{ fact = \"act.what\", is = \"decrypt\" }]"), {}, *cases);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->passed, 1U);
  ASSERT_EQ(report->failures.size(), 1U);
  EXPECT_THAT(report->failures[0].actual, StartsWith("malformed: line 2, column 1: license has the unknown"));
}

TEST(ShortForm, CaseAboutAnotherPackFails) {
  const auto cases = ParseCases(AsBytes(Header() + Row({{"id", "other-pack:001"}})));
  ASSERT_TRUE(cases.has_value());
  EXPECT_EQ(cases->front().pack, "other-pack");
  const auto report =
      RunCases(PermitsWhere("when = [{ fact = \"act.what\", is = \"decrypt\" }]"), {}, *cases);
  ASSERT_TRUE(report.has_value());
  ASSERT_EQ(report->failures.size(), 1U);
  EXPECT_EQ(report->failures[0].actual, "it is about another pack");
}

TEST(ShortForm, DefectOfTheTableIsNamedWithLineAndColumn) {
  const std::pair<Cells, std::string_view> samples[] = {
      {{{"id", "001"}}, "line 2, column 1: the id of a case is not of the form PACK:NUMBER"},
      {{{"id", ":001"}}, "line 2, column 1: the id of a case is not of the form PACK:NUMBER"},
  };
  for (const auto& [cells, message] : samples) {
    const auto cases = ParseCases(AsBytes(Header() + Row(cells)));
    ASSERT_FALSE(cases.has_value());
    EXPECT_EQ(cases.error().code, ErrorCode::kMalformed);
    EXPECT_THAT(cases.error().message, StartsWith(message));
  }
}

}  // namespace
}  // namespace strongroom::policy
