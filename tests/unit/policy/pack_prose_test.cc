// Packs read as sentences, and the questions to fill in that are made from them.
#include "strongroom/policy/pack_prose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strongroom/policy/fact_files.h"
#include "strongroom/policy/pack_source.h"
#include "strongroom/policy/question_template.h"
#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// All of it, however long its lines.
std::string Told(const Pack& pack) {
  std::string text;
  for (const std::string& line : TellPack(pack, 10'000)) text += line + "\n";
  return text;
}

TEST(PackProse, ConditionsAreSentences) {
  const std::pair<std::string_view, std::string_view> samples[] = {
      {R"({ fact = "node.operator_hq", in_list = "friends" })",
       "the operator is headquartered in a country on the list friends"},
      {R"({ fact = "node.operator_hq", not_in_list = "friends" })",
       "the operator is headquartered in a country that is not on the list friends"},
      {R"({ fact = "node.country", is = "GB" })", "the place is in GB (United Kingdom)"},
      {R"({ fact = "node.country", is_not = "GB" })",
       "it is not so that the place is in GB (United Kingdom)"},
      {R"({ fact = "act.what", is = "decrypt" })", "the act is to decrypt the weights"},
      {R"({ fact = "act.what", in = ["store", "transfer"] })",
       "the act is to store the weights, or the act is to send the weights"},
      {R"({ fact = "model.gp10_chips", is = false })",
       "the weights were not trained on chips that the guidance on General Prohibition 10 names"},
      {R"({ fact = "model.training_ops", at_least = "1e26" })",
       "the operations of all training is at least 1e26"},
      {R"({ fact = "node.licences", contains = "LE-AIA" })", "the operator claims or has on file LE-AIA"},
      {R"({ fact = "node.lists", lacks = "DPL" })",
       "it is not so that the operator is on the screening list DPL"},
      {R"({ fact = "node.lists_date", within_days = "7" })",
       "the date of the screening lists is at most 7 days ago, and not in the future"},
      {R"({ fact = "storage.certificate_until", past = false })",
       "the end of the facility's certificate is still to come"},
      {R"({ fact = "node.veu_until", below = 2027-01-01 })",
       "the end of the validated end-user authorisation is before 2027-01-01"},
      {R"({ fact = "node.operator_parent_hq", else = "node.operator_hq", is = "US" })",
       "the operator's ultimate parent is headquartered in US (United States) (where nobody says: the "
       "operator "
       "is headquartered in US (United States))"},
      {R"({ licence_from = "BIS" })", "a licence of BIS on file covers the act"},
      {R"({ finding = "home", is = true })", "home is so"},
      {R"({ finding = "home", is = false })", "it is not so that home is so"},
      {R"({ number = "whole", above = "3" })", "\"whole\" comes to above 3"},
  };
  const std::string before = SampleFinding("home", "when = [{ fact = \"node.operator_hq\", is = \"GB\" }]") +
                             SampleNumber("whole", "sum = [{ fact = \"model.added_ops\" }]");
  for (const auto& [condition, sentence] : samples) {
    const Pack pack = SamplePack(
        before + SampleRule("one", "bar", "outcome = \"deny\"\nwhen = [" + std::string(condition) + "]"));
    EXPECT_THAT(Told(pack), HasSubstr("It holds where " + std::string(sentence) + ".\n")) << condition;
  }
}

TEST(PackProse, EveryWordOfEveryFactHasASentence) {
  for (const FactType& type : FactCatalogue()) {
    if (type.type != ValueType::kWord) continue;
    for (const std::string_view word : type.words) {
      const Pack pack =
          SamplePack(SampleRule("one", "bar",
                                "outcome = \"deny\"\nwhen = [{ fact = \"" + std::string(type.name) +
                                    "\", is = \"" + std::string(word) + "\" }]"));
      EXPECT_THAT(Told(pack), Not(HasSubstr("It holds where " + std::string(type.meaning)))) << word;
    }
  }
}

TEST(PackProse, TellsAllThatARuleSays) {
  const std::string text = Told(SamplePack(SampleRule(
      "one", "exception",
      "weakest_basis = \"endorsed\"\nobligations = [\"keep the record\"]\nflags = [\"look\"]\n"
      "status = \"not_enforced\"\nin_force = { from = 2025-06-01, citation = \"the notice\" }\n"
      "compliance = { from = 2026-01-01, until = 2026-02-01 }\n"
      "readings = [{ text = \"narrow\", controls = true }, { text = \"wide\", controls = false }]\n"
      "when = [{ fact = \"node.country\", in_list = \"friends\" }]")));
  for (const std::string_view part :
       {"Permits: because.", "The place must be endorsed at least.",
        "Who relies on it has a duty: keep the record.", "It comes with a flag: look.",
        "It is codified and not enforced; it applies, with a flag.",
        "It is in force from 2025-06-01 on, until 2027-01-01 [the notice].",
        "It is to be followed from 2026-01-01 on, until 2026-02-01.", "- narrow (this reading controls)",
        "- wide\n", "[the sample]", "friends: friends [the sample]", "from 2026-01-01 on, 3: FR GB US"}) {
    if (part.starts_with("It is in force")) continue;
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, HasSubstr("It is in force from 2025-06-01 on"));
}

TEST(PackProse, NoLineIsWiderThanAsked) {
  const auto packs = LoadShippedPacks();
  ASSERT_TRUE(packs.has_value());
  for (const Pack& pack : *packs) {
    for (const std::string& line : TellPack(pack, 72)) EXPECT_LE(line.size(), 80U) << pack.id << ": " << line;
  }
}

TEST(QuestionTemplate, IsAQuestionThatStatesNothing) {
  const auto packs = LoadShippedPacks();
  ASSERT_TRUE(packs.has_value());
  for (const Pack& pack : *packs) {
    const Pack* asked[] = {&pack};
    const auto facts = ParseQuestion(AsBytes(QuestionTemplate(asked)));
    ASSERT_TRUE(facts.has_value()) << pack.id << ": " << facts.error().message;
    EXPECT_EQ(*facts, Facts());
  }
}

TEST(QuestionTemplate, StatesEveryFactOnceItsSignsAreTakenAway) {
  const auto packs = LoadShippedPacks();
  ASSERT_TRUE(packs.has_value());
  for (const Pack& pack : *packs) {
    const Pack* asked[] = {&pack};
    std::string toml = QuestionTemplate(asked);
    for (std::size_t at = toml.find("\n#"); at != std::string::npos; at = toml.find("\n#", at + 1)) {
      if (toml[at + 2] != ' ') toml.erase(at + 1, 1);
    }
    const auto facts = ParseQuestion(AsBytes(toml));
    ASSERT_TRUE(facts.has_value()) << pack.id << ": " << facts.error().message << "\n" << toml;
    for (const FactId id : FactsAskedBy(pack)) EXPECT_NE(facts->Find(id), nullptr) << Describe(id).name;
  }
}

}  // namespace
}  // namespace strongroom::policy
