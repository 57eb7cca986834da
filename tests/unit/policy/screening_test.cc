#include "strongroom/policy/screening.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_screening.h"

namespace strongroom::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The score of one name against an entry of one name, 0 below the lowest threshold.
int Score(const std::string& screened, const std::string& listed) {
  const auto matches =
      Screen(ListOf({{.name = listed}}), {.name = screened, .addresses = {}}, kMinScreeningThreshold);
  EXPECT_TRUE(matches.has_value()) << matches.error().message;
  return matches->empty() ? 0 : matches->front().score;
}

bool Matches(const std::string& screened, const std::string& listed) {
  return Score(screened, listed) >= kScreeningThreshold;
}

bool MatchesAddress(const std::string& screened, const std::string& street, const std::string& city) {
  const ScreeningList list = ListOf({{.name = "Zzyzx Unrelated", .street = street, .city = city}});
  return !Screen(list, {.name = "Example", .addresses = {screened}})->empty();
}

TEST(Screen, SameNameScoresAHundredInWhateverCaseOrderAndPunctuation) {
  EXPECT_EQ(Score("Example Trading One", "EXAMPLE TRADING ONE"), 100);
  EXPECT_EQ(Score("Trading One, Example", "Example Trading One"), 100);
  EXPECT_EQ(Score("Person Example", "EXAMPLE, Person"), 100);
  EXPECT_EQ(Score("Société Exemplaire", "Societe-Exemplaire"), 100);
  EXPECT_EQ(Score("Primer Zavod", "Пример Завод"), 100);
}

TEST(Screen, LegalFormMayBeMissingOrAnother) {
  EXPECT_EQ(Score("Example Trading One", "Example Trading One Co., Ltd."), 98);
  EXPECT_EQ(Score("Example Trading One GmbH", "Example Trading One LLC"), 98);
  EXPECT_EQ(Score("J.S.C. Example Works", "Example Works"), 98);
  EXPECT_EQ(Score("Example Trading One Ltd", "Example Trading One Ltd"), 100);
}

TEST(Screen, OneTypingErrorIsForgivenInALongWord) {
  for (const char* name :
       {"Exampel Trading One", "Examle Trading One", "Exaample Trading One", "Exanple Trading One"})
    EXPECT_TRUE(Matches(name, "Example Trading One")) << name;
  EXPECT_TRUE(Matches("Exemplery", "Exemplary"));
}

TEST(Screen, TransliterationsOfANameMatch) {
  EXPECT_TRUE(Matches("Muhammad al-Hasan Example", "Mohammed Al Hassan EXAMPLE"));
  EXPECT_TRUE(Matches("Алексей Примеров", "Aleksey PRIMEROV"));
  EXPECT_TRUE(Matches("Yekaterina Exampleva", "Ekaterina EXAMPLEVA"));
}

TEST(Screen, SpacesInAnotherPlaceMatch) {
  EXPECT_EQ(Score("Exam Ple Works", "Example Works"), 96);
  EXPECT_EQ(Score("Sino-Example", "SinoExample Co., Ltd"), 96);
}

TEST(Screen, NameOfSeveralWordsIsFoundInsideALongerOne) {
  EXPECT_EQ(Score("Example Trading", "Example Trading One"), 95);
  EXPECT_EQ(Score("Exampleville Branch of Zzyzx Precision Works", "Zzyzx Precision Works"), 95);
}

TEST(Screen, ShortNameDoesNotMatchEverything) {
  EXPECT_FALSE(Matches("Example", "Example Trading One"));
  EXPECT_FALSE(Matches("ABC Trading", "ABC Zzyzx International Trading Technology"));
  EXPECT_FALSE(Matches("ETO", "ETA"));
  EXPECT_FALSE(Matches("Acme", "Acmetal"));
  EXPECT_FALSE(Matches("Ltd", "Example Ltd"));
  EXPECT_FALSE(Matches("International Trading Technology", "Example International Trading Technology"));
  EXPECT_TRUE(Matches("ETO", "E.T.O."));
}

TEST(Screen, WordsThatTellLittleMakeNoMatch) {
  EXPECT_FALSE(Matches("Shenzhen Alpha International Trading Technology",
                       "Shenzhen Omega International Trading Technology"));
  EXPECT_FALSE(Matches("Sample Trading One", "Example Trading Two"));
  EXPECT_FALSE(Matches("Example Trading Two", "Example Trading One"));
  EXPECT_FALSE(Matches("Alpha University of Technology", "Omega University of Technology"));
}

TEST(Screen, AnotherNumberIsAnotherParty) {
  EXPECT_FALSE(Matches("Exampleville Research Institute No. 54", "Exampleville Research Institute No. 55"));
  EXPECT_TRUE(Matches("54 Research Institute, Exampleville", "Exampleville Research Institute No. 54"));
}

TEST(Screen, DifferentPartiesDoNotMatch) {
  EXPECT_FALSE(Matches("Northern Lights Compute B.V.", "Example Trading One"));
  EXPECT_FALSE(Matches("Acme Operator", "Acne Operators Union"));
  EXPECT_FALSE(Matches("Person One Example", "Person Two Sample"));
}

TEST(Screen, AliasMatchesAndIsNamed) {
  const ScreeningList list = ListOf({{.name = "Zzyzx", .aliases = {"Example Trading One", "ETO"}}});
  const auto matches = Screen(list, {.name = "example trading one", .addresses = {}});
  ASSERT_EQ(matches->size(), 1U);
  EXPECT_EQ(matches->front().by, ScreenedBy::kAlias);
  EXPECT_EQ(matches->front().listed, "Example Trading One");
  EXPECT_EQ(matches->front().entry->name, "Zzyzx");
  EXPECT_EQ(matches->front().screened, "example trading one");
}

TEST(Screen, AddressMatchesByItsNumbersAndWords) {
  EXPECT_TRUE(MatchesAddress("100 Example Rd, Exampleville", "100 Example Road", "Exampleville"));
  EXPECT_TRUE(MatchesAddress("Unit 7, 100 Example Road, Exampleville 99999, China", "100 Example Road",
                             "Exampleville"));
  EXPECT_TRUE(MatchesAddress("100 Example Road, Exampleville", "Room 5, 100 Example Road", "Exampleville"));
  EXPECT_FALSE(MatchesAddress("200 Example Road, Exampleville", "100 Example Road", "Exampleville"));
  EXPECT_FALSE(
      MatchesAddress("Unit 7, 100 Example Road, Exampleville", "Unit 8, 100 Example Road", "Exampleville"));
  EXPECT_FALSE(MatchesAddress("100 Example Road, Exampleville", "", "Exampleville"));
  EXPECT_FALSE(MatchesAddress("5 Exampleville", "100 Example Road", "Exampleville"));
}

TEST(Screen, EntryWhoseNameIsAnAddressMatchesByAddress) {
  const ScreeningList list = ListOf({{.name = "Flat 9, 100 Example Road, Exampleville"}});
  const auto matches =
      Screen(list, {.name = "Northern Lights", .addresses = {"100 Example Rd, Flat 9, Exampleville"}});
  ASSERT_EQ(matches->size(), 1U);
  EXPECT_EQ(matches->front().by, ScreenedBy::kAddress);
}

TEST(Screen, EachEntryIsThereOnceByNameAndOnceByAddressTheBestFirst) {
  const ScreeningList list =
      ListOf({{.name = "Example Trading One Ltd", .aliases = {"Example Trading"}},
              {.name = "Example Trading One", .street = "100 Example Road", .city = "Exampleville"}});
  const auto matches =
      Screen(list, {.name = "Example Trading One", .addresses = {"100 Example Road, Exampleville"}});
  ASSERT_EQ(matches->size(), 3U);
  EXPECT_EQ(matches->at(0).score, 100);
  EXPECT_EQ(matches->at(1).score, 100);
  EXPECT_EQ(matches->at(2).score, 98);
  EXPECT_EQ(matches->at(2).by, ScreenedBy::kName);
}

TEST(Screen, ThresholdDecidesWhatIsReported) {
  const ScreeningList list = ListOf({{.name = "Example Trading One Ltd"}});
  const ScreenedParty party = {.name = "Example Trading One", .addresses = {}};
  EXPECT_EQ(Screen(list, party, 98)->size(), 1U);
  EXPECT_THAT(*Screen(list, party, 99), IsEmpty());
  for (const int wrong : {-1, 0, 69, 101})
    EXPECT_EQ(Screen(list, party, wrong).error().code, ErrorCode::kInvalidArgument) << wrong;
}

TEST(Screen, PartyThatCannotBeScreenedIsRefused) {
  const ScreeningList list = ListOf({{.name = "Example"}});
  for (const std::string& name :
       {std::string(), std::string("---"), std::string("\xff"), std::string(1025, 'x')})
    EXPECT_EQ(Screen(list, {.name = name, .addresses = {}}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Screen(list, {.name = "x", .addresses = {"--"}}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Screen(list, {.name = "x", .addresses = std::vector<std::string>(17, "1 x")}).error().code,
            ErrorCode::kInvalidArgument);
}

TEST(EntityListScope, IsAllItemsUnlessTheTextSaysPlainlyThatItIsNot) {
  for (const char* text :
       {"All items subject to the EAR.", "For All Items Subject to the EAR (See §744.11)", "",
        "See the notice", "For items on the CCL and listed in supplement no. 7 to part 746"})
    EXPECT_EQ(EntityListScope(text), "all_items") << text;
  EXPECT_EQ(EntityListScope("For any item subject to the EAR listed in supplement no. 2 to part 744."),
            "other_items");
}

TEST(EntityListReview, TakesTheStrictestThatTheTextSaysOfModelWeights) {
  const std::pair<const char*, const char*> texts[] = {
      {"Presumption of denial.", "presumption_of_denial"},
      {"Presumption for denial", "presumption_of_denial"},
      {"Policy of Denial. Case-by-case basis for food.", "policy_of_denial"},
      {"Case-by-case review for some; presumption of denial for all other items", "presumption_of_denial"},
      {"Case-by-case basis", "case_by_case"},
      {"Case-by-case for all items listed on the CCL. Presumption of approval for EAR99 items",
       "case_by_case"},
      {"Presumption of approval", "presumption_of_approval"},
      {"Presumption of approval for EAR99 items", "not_stated"},
      {"See § 744.3(d) of the EAR", "not_stated"},
      {"", "not_stated"}};
  for (const auto& [text, review] : texts) EXPECT_EQ(EntityListReview(text), review) << text;
}

Facts OperatorFacts(const std::string& name, Source source = Source::kManifest) {
  Facts facts;
  EXPECT_TRUE(facts.Set(FactId::kNodeOperator, name, source).has_value());
  return facts;
}

std::string Text(const Facts& facts, FactId id) {
  const Fact* fact = facts.Find(id);
  return fact == nullptr ? "(not stated)" : ToText(fact->value);
}

TEST(ScreenOperator, OperatorOnNoListIsStatedWithTheDate) {
  Facts facts = OperatorFacts("Northern Lights");
  ASSERT_TRUE(ScreenOperator(ListOf({{.name = "Example"}}), facts).has_value());
  EXPECT_EQ(Text(facts, FactId::kNodeLists), "");
  EXPECT_EQ(Text(facts, FactId::kNodeListsDate), "2026-11-20T00:00:00Z");
  EXPECT_EQ(facts.Find(FactId::kNodeLists)->source, Source::kEvidence);
  EXPECT_EQ(facts.Find(FactId::kNodeEntityListScope), nullptr);
}

TEST(ScreenOperator, EveryListIsNamedOnceWithTheStrictestOfTheEntityList) {
  Facts facts = OperatorFacts("Example Trading One");
  ASSERT_TRUE(
      ScreenOperator(
          ListOf({{.name = "Example Trading One", .policy = "Case-by-case basis"},
                  {.name = "Example Trading One", .policy = "Presumption of denial"},
                  {.name = "Example Trading One", .source = kDeniedPersons, .policy = "Policy of denial"}}),
          facts)
          .has_value());
  EXPECT_EQ(Text(facts, FactId::kNodeLists), "DPL;EL");
  EXPECT_EQ(Text(facts, FactId::kNodeEntityListScope), "all_items");
  EXPECT_EQ(Text(facts, FactId::kNodeEntityListReview), "presumption_of_denial");
}

TEST(ScreenOperator, AddressAloneIsEnough) {
  Facts facts = OperatorFacts("Northern Lights");
  ASSERT_TRUE(
      facts.Set(FactId::kNodeAddress, std::string("100 Example Road, Exampleville"), Source::kManifest));
  ASSERT_TRUE(ScreenOperator(
      ListOf({{.name = "Zzyzx", .street = "100 Example Road", .city = "Exampleville"}}), facts));
  EXPECT_EQ(Text(facts, FactId::kNodeLists), "EL");
}

TEST(ScreenOperator, DeclaredNameIsClearedByNoMoreThanADeclaration) {
  Facts facts = OperatorFacts("Northern Lights", Source::kDeclaration);
  ASSERT_TRUE(ScreenOperator(ListOf({{.name = "Example"}}), facts).has_value());
  EXPECT_EQ(facts.Find(FactId::kNodeLists)->source, Source::kDeclaration);
  EXPECT_EQ(facts.Find(FactId::kNodeListsDate)->source, Source::kDeclaration);
}

TEST(ScreenOperator, WithoutAnOperatorNothingIsStated) {
  Facts facts;
  ASSERT_TRUE(ScreenOperator(ListOf({{.name = "Example"}}), facts).has_value());
  EXPECT_EQ(facts, Facts());
}

TEST(ScreenOperator, ListsStatedBeforeAreKept) {
  Facts facts = OperatorFacts("Example Trading One");
  ASSERT_TRUE(facts.Set(FactId::kNodeLists, std::vector<std::string>{"MIEU"}, Source::kQuestion).has_value());
  ASSERT_TRUE(ScreenOperator(ListOf({{.name = "Example Trading One"}}), facts).has_value());
  EXPECT_EQ(Text(facts, FactId::kNodeLists), "EL;MIEU");
}

TEST(ScreenOperator, PartOfAListClearsNobodyButStillPutsOnIt) {
  const auto part = ScreeningList::Parse(
      AsBytes(R"j({"total":9,"results":[{"name":"Example Trading One","source":"List (EL)"}]})j"), {});
  Facts clear = OperatorFacts("Northern Lights");
  ASSERT_TRUE(ScreenOperator(*part, clear).has_value());
  EXPECT_EQ(clear, OperatorFacts("Northern Lights"));
  Facts listed = OperatorFacts("Example Trading One");
  ASSERT_TRUE(ScreenOperator(*part, listed).has_value());
  EXPECT_EQ(Text(listed, FactId::kNodeLists), "EL");
  EXPECT_EQ(listed.Find(FactId::kNodeListsDate), nullptr);
}

}  // namespace
}  // namespace strongroom::policy
