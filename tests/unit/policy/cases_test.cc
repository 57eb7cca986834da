#include "strongroom/policy/cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strongroom/policy/pack_source.h"
#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kRule =
    SampleRule("friends", "exception",
               "weakest_basis = \"declared\"\nwhen = [{ fact = \"node.country\", in_list = \"friends\" }]");
const std::string kHeader = "id,date,node.country,node.basis,expected,rules,note\n";

std::vector<Case> Cases(const std::string& rows) {
  auto cases = ParseCases(AsBytes(kHeader + rows));
  EXPECT_TRUE(cases.has_value()) << cases.error().message;
  return cases ? *std::move(cases) : std::vector<Case>();
}

CaseReport Report(const std::vector<Case>& cases) {
  auto report = RunCases(SamplePack(kRule), {}, cases);
  EXPECT_TRUE(report.has_value()) << report.error().message;
  return report ? *std::move(report) : CaseReport();
}

TEST(Cases, CasesThatHoldPass) {
  const CaseReport report =
      Report(Cases("a,2026-01-01,GB,declared,permit,friends,\n"
                   "b,2026-01-01,SG,declared,deny,default,\"said, with a comma\"\n"
                   "c,2026-01-01,,,unknown,friends,\n"
                   "d,2026-01-01,SU,declared,malformed,,\n"));
  EXPECT_EQ(report.passed, 4U);
  EXPECT_TRUE(report.failures.empty());
}

TEST(Cases, WrongOutcomeOrRuleFailsWithBothAnswers) {
  const CaseReport report =
      Report(Cases("a,2026-01-01,GB,declared,deny,friends,\n"
                   "b,2026-01-01,GB,declared,permit,other,\n"
                   "c,2026-01-01,GB,declared,malformed,,\n"
                   "d,2026-01-01,UK,declared,deny,,\n"));
  EXPECT_EQ(report.passed, 0U);
  ASSERT_EQ(report.failures.size(), 4U);
  EXPECT_EQ(report.failures[0].expected, "deny by friends");
  EXPECT_EQ(report.failures[0].actual, "permit by friends");
  EXPECT_EQ(report.failures[1].line, 3U);
  EXPECT_TRUE(report.failures[2].decision.has_value());
  EXPECT_THAT(report.failures[3].actual, StartsWith("malformed: line 5, column 14: node.country"));
}

TEST(Cases, CaseThatCannotBeReadFailsAndTheOthersAreAsked) {
  const CaseReport report =
      *RunCases(SamplePack(kRule), {},
                Cases("a,2026-13-01,GB,declared,permit,friends,\nb,2026-01-01,GB,declared,maybe,friends,\n"
                      "c,2026-01-01,GB,declared,permit,friends,\n"));
  EXPECT_EQ(report.passed, 1U);
  ASSERT_EQ(report.failures.size(), 2U);
  EXPECT_THAT(report.failures[0].actual, StartsWith("line 2, column 3: '2026-13-01' is not a time"));
  EXPECT_EQ(report.failures[1].actual, "line 3, column 26: 'maybe' is neither an outcome nor 'malformed'");
}

TEST(Cases, DefectOfTheTableIsNamedWithLineAndColumn) {
  const std::pair<std::string, std::string_view> samples[] = {
      {"", "the table of cases is empty"},
      {"id,date,node.county,expected,rules,note\n", "line 1, column 9: there is no fact 'node.county'"},
      {"id,date,node.basis,node.basis,expected,rules,note\n",
       "line 1, column 20: a second column of one fact"},
      {"date,id,expected,rules,note\n", "line 1, column 1: the header has 'date' where 'id' belongs"},
      {kHeader + "a,2026-01-01,GB,declared,permit,friends\n",
       "line 2, column 1: the record has 6 fields, the header has 7"},
      {kHeader + "a,2026-01-01,G\"B,declared,permit,friends,\n",
       "line 2, column 15: a quote or carriage return inside"},
      {kHeader + "a,2026-01-01,\"GB,declared,permit,friends,\n",
       "line 2, column 14: a quote that is never closed"},
      {kHeader + "a,2026-01-01,\"GB\"x,declared,permit,friends,\n",
       "line 2, column 18: text after a closing quote"},
      {kHeader + ",2026-01-01,GB,declared,permit,friends,\n", "line 2, column 1: a case without an id"},
  };
  for (const auto& [csv, message] : samples) {
    const auto cases = ParseCases(AsBytes(csv));
    ASSERT_FALSE(cases.has_value()) << csv;
    EXPECT_EQ(cases.error().code, ErrorCode::kMalformed);
    EXPECT_THAT(cases.error().message, StartsWith(message));
  }
}

TEST(Cases, LicenceOnFileCoversWhatItsRowStatesUnlessItExpired) {
  const Pack pack = SamplePack(SampleRule(
      "licensed", "exception", "weakest_basis = \"declared\"\nwhen = [{ licence_from = \"BIS\" }]"));
  const auto cases = ParseCases(AsBytes(
      "id,date,model.label,node.operator,node.country,node.basis,node.licences,licence,expected,rules,note\n"
      "a,2026-01-01,acme-7b,Acme,SG,declared,-,BIS,permit,licensed,\n"
      "b,2026-01-01,acme-7b,Acme,SG,declared,-,BIS:expired,deny,default,\n"
      "c,2026-01-01,acme-7b,Acme,SG,declared,-,METI,deny,default,\n"
      "d,2026-01-01,acme-7b,Acme,SG,declared,-,,deny,default,\n"));
  ASSERT_TRUE(cases.has_value()) << cases.error().message;
  const auto report = RunCases(pack, {}, *cases);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->passed, 4U) << report->failures[0].id << ": " << report->failures[0].actual;
}

TEST(LoadPack, PackThatFailsItsOwnCasesDoesNotLoad) {
  const std::string pack = SampleHead() + kRule;
  const ByteView tables[] = {AsBytes(kSampleTable)};
  const auto load = [&](const std::string& cases) {
    return LoadPack({"sample-pack", AsBytes(pack), AsBytes(cases), tables, {}});
  };
  EXPECT_TRUE(load(kHeader + "a,2026-01-01,GB,declared,permit,friends,\n").has_value());
  const auto failed = load(kHeader + "a,2026-01-01,GB,declared,deny,default,\n");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, ErrorCode::kMalformed);
  EXPECT_THAT(
      failed.error().message,
      HasSubstr(
          "1 of 1 cases fail, first a in line 2: expected deny by default, the pack says permit by friends"));
  EXPECT_FALSE(load(kHeader).has_value());
  EXPECT_FALSE(load("").has_value());
}

TEST(LoadPack, PackOfAnotherIdThanItsFolderDoesNotLoad) {
  const std::string pack = SampleHead() + kRule;
  const std::string cases = kHeader + "a,2026-01-01,GB,declared,permit,friends,\n";
  const ByteView tables[] = {AsBytes(kSampleTable)};
  const auto loaded = LoadPack({"another-pack", AsBytes(pack), AsBytes(cases), tables, {}});
  ASSERT_FALSE(loaded.has_value());
  EXPECT_THAT(loaded.error().message, HasSubstr("calls itself 'sample-pack'"));
}

}  // namespace
}  // namespace strongroom::policy
