// What is so of every pack and every question: tried on random ones, always the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

constexpr int kRounds = 1000;

using Stated = std::pair<FactId, std::string_view>;

class Dice {
 public:
  std::size_t Below(std::size_t bound) { return random_() % bound; }
  bool OneIn(std::size_t bound) { return Below(bound) == 0; }
  template <typename T, std::size_t kSize>
  const T& Pick(const T (&choices)[kSize]) {
    return choices[Below(kSize)];
  }
  std::mt19937& random() { return random_; }

 private:
  std::mt19937 random_{20261121};
};

constexpr std::string_view kConditions[] = {
    R"({ fact = "act.what", is = "store" })",
    R"({ fact = "act.what", in = ["store", "transfer"] })",
    R"({ fact = "act.end_use", is_not = "civil" })",
    R"({ fact = "node.country", in_list = "friends" })",
    R"({ fact = "node.country", is = "SG" })",
    R"({ fact = "node.operator_hq", not_in_list = "friends" })",
    R"({ fact = "model.gp10_chips", is = true })",
    R"({ fact = "model.training_ops", at_least = "3" })",
    R"({ fact = "model.training_ops", below = { fact = "model.added_ops" } })",
    R"({ number = "whole", above = "4" })",
    R"({ number = "whole", at_most = "4" })",
    R"({ number = "larger", at_least = { number = "whole" } })",
    R"({ finding = "foreign", is = true })",
    R"({ finding = "foreign", is = false })",
    R"({ finding = "large-and-foreign", is = false })",
    R"({ fact = "node.licences", contains = "L-1" })",
    R"({ fact = "node.licences", lacks = "L-2" })",
};

// What the conditions above refer to.
std::string Definitions() {
  return SampleNumber(
             "whole",
             "sum = [{ fact = \"model.training_ops\" }, { fact = \"model.added_ops\", when = [{ fact = "
             "\"model.gp10_chips\", is = false }] }]") +
         SampleNumber("larger", "greatest = [\"2\", { fact = \"model.added_ops\" }]") +
         SampleFinding("foreign",
                       "when_any = [{ fact = \"model.origin\", not_in_list = \"friends\" }, { fact = "
                       "\"node.operator_hq\", is = \"CN\" }]") +
         SampleFinding(
             "large-and-foreign",
             "when = [{ finding = \"foreign\", is = true }, { number = \"whole\", above = \"3\" }]");
}

std::string RandomConditions(Dice& dice, std::string_view key) {
  std::string conditions = std::string(key) + " = [" + std::string(dice.Pick(kConditions));
  while (dice.OneIn(2)) conditions += ", " + std::string(dice.Pick(kConditions));
  return conditions + "]\n";
}

std::string RandomRule(Dice& dice, std::string_view id, std::string_view window = "") {
  constexpr std::string_view kKinds[] = {"bar", "exception", "exception", "requirement"};
  constexpr std::string_view kOutcomes[] = {"deny", "needs_licence", "unknown"};
  const std::string_view kind = dice.Pick(kKinds);
  std::string conditions =
      dice.OneIn(3) ? RandomConditions(dice, "when_any") : RandomConditions(dice, "when");
  if (dice.OneIn(4) && conditions.starts_with("when =")) conditions += RandomConditions(dice, "when_any");
  std::string more(window);
  if (kind != "exception") more += "outcome = \"" + std::string(dice.Pick(kOutcomes)) + "\"\n";
  if (kind == "exception" && conditions.contains("node.country")) more += "weakest_basis = \"declared\"\n";
  return SampleRule(id, kind, more + conditions);
}

std::vector<std::string> RandomRules(Dice& dice) {
  std::vector<std::string> rules;
  const std::size_t count = 1 + dice.Below(5);
  for (std::size_t i = 0; i < count; ++i) rules.push_back(RandomRule(dice, "rule-" + std::to_string(i)));
  return rules;
}

Pack PackOf(const std::vector<std::string>& rules, std::string_view id = "sample-pack") {
  std::string text = Definitions();
  for (const std::string& rule : rules) text += rule;
  Pack pack = SamplePack(text);
  pack.id = id;
  return pack;
}

// Some of the facts that the conditions ask for, in the order of the catalogue.
std::vector<Stated> RandomFacts(Dice& dice) {
  constexpr std::string_view kWhat[] = {"store", "transfer", "decrypt"};
  constexpr std::string_view kUses[] = {"civil", "nuclear"};
  constexpr std::string_view kCountries[] = {"GB", "FR", "SG", "CN"};
  constexpr std::string_view kCounts[] = {"0", "1", "2", "3", "5", "1e26"};
  constexpr std::string_view kTruths[] = {"true", "false"};
  constexpr std::string_view kTexts[] = {"", "L-1", "L-1;L-2"};
  const Stated all[] = {{FactId::kModelTrainingOps, dice.Pick(kCounts)},
                        {FactId::kModelOrigin, dice.Pick(kCountries)},
                        {FactId::kModelAddedOps, dice.Pick(kCounts)},
                        {FactId::kModelGp10Chips, dice.Pick(kTruths)},
                        {FactId::kActWhat, dice.Pick(kWhat)},
                        {FactId::kActEndUse, dice.Pick(kUses)},
                        {FactId::kNodeCountry, dice.Pick(kCountries)},
                        {FactId::kNodeBasis, "declared"},
                        {FactId::kNodeOperatorHq, dice.Pick(kCountries)},
                        {FactId::kNodeLicences, dice.Pick(kTexts)}};
  std::vector<Stated> facts;
  for (const Stated& stated : all) {
    if (!dice.OneIn(3)) facts.push_back(stated);
  }
  return facts;
}

Facts FactsOf(const std::vector<Stated>& stated, Source source = Source::kQuestion) {
  Facts facts;
  for (const auto& [id, text] : stated) {
    EXPECT_TRUE(facts.Set(id, *ParseValue(id, text), source).has_value());
  }
  return facts;
}

std::string Told(const Decision& decision) {
  std::string text;
  for (const std::string& line : Explain(decision)) text += line + "\n";
  return text;
}

TEST(EveryPack, AddingABarNeverMakesAnAnswerLaxer) {
  Dice dice;
  for (int i = 0; i < kRounds; ++i) {
    std::vector<std::string> rules = RandomRules(dice);
    const Facts facts = FactsOf(RandomFacts(dice));
    const Outcome before = Ask(PackOf(rules), facts).outcome;
    constexpr std::string_view kOutcomes[] = {"deny", "needs_licence", "unknown"};
    rules.insert(rules.begin() + static_cast<std::ptrdiff_t>(dice.Below(rules.size() + 1)),
                 SampleRule("bar", "bar",
                            "outcome = \"" + std::string(dice.Pick(kOutcomes)) + "\"\n" +
                                RandomConditions(dice, "when")));
    const Decision after = Ask(PackOf(rules), facts);
    EXPECT_GE(after.outcome, before) << Told(after);
  }
}

TEST(EveryPack, OrderOfFactsAndRulesChangesNothing) {
  Dice dice;
  for (int i = 0; i < kRounds; ++i) {
    std::vector<std::string> rules = RandomRules(dice);
    std::vector<Stated> facts = RandomFacts(dice);
    const Decision before = Ask(PackOf(rules), FactsOf(facts));
    std::ranges::shuffle(rules, dice.random());
    std::ranges::shuffle(facts, dice.random());
    Decision after = Ask(PackOf(rules), FactsOf(facts));
    EXPECT_EQ(after.outcome, before.outcome) << Told(after);
    EXPECT_EQ(after.used, before.used);
    EXPECT_EQ(after.missing, before.missing);
    std::vector<std::string> told = Rules(before), told_after = Rules(after);
    std::ranges::sort(told);
    std::ranges::sort(told_after);
    EXPECT_EQ(told_after, told);
  }
}

TEST(EveryPack, WorstOfSeveralWinsInAnyOrder) {
  Dice dice;
  for (int i = 0; i < kRounds; ++i) {
    const std::array<Pack, 3> packs = {PackOf(RandomRules(dice), "one"), PackOf(RandomRules(dice), "two"),
                                       PackOf(RandomRules(dice), "three")};
    const Facts facts = FactsOf(RandomFacts(dice));
    std::array<const Pack*, 3> order = {&packs[0], &packs[1], &packs[2]};
    const Decision decision = Evaluate(order, facts, kToday);
    Outcome worst = Outcome::kPermit;
    for (const Pack& pack : packs) worst = std::max(worst, Ask(pack, facts).outcome);
    EXPECT_EQ(decision.outcome, worst);
    std::ranges::shuffle(order, dice.random());
    EXPECT_EQ(Evaluate(order, facts, kToday), decision);
  }
}

// Inside its window a rule is as if it had none, outside as if it were not there.
TEST(EveryPack, WindowChangesOnlyWhatItGoverns) {
  constexpr std::string_view kKeys[] = {"in_force", "compliance"};
  const std::pair<Timestamp, bool> moments[] = {{At("2026-05-31T23:59:59Z"), false},
                                                {At("2026-06-01"), true},
                                                {At("2026-06-30T23:59:59Z"), true},
                                                {At("2026-07-01"), false}};
  Dice dice;
  for (int i = 0; i < kRounds; ++i) {
    std::vector<std::string> rules = RandomRules(dice);
    const Facts facts = FactsOf(RandomFacts(dice));
    const Pack without = PackOf(rules);
    const std::string window =
        std::string(dice.Pick(kKeys)) + " = { from = 2026-06-01, until = 2026-07-01 }\n";
    rules.push_back(RandomRule(dice, "windowed", window));
    const Pack within = PackOf(rules);
    rules.back().replace(rules.back().find(window), window.size(), "");
    const Pack always = PackOf(rules);
    for (const auto& [at, inside] : moments) {
      EXPECT_EQ(Ask(within, facts, at).outcome, Ask(inside ? always : without, facts, at).outcome);
    }
  }
}

TEST(EveryPack, MoreFactsNeverTurnADecidedAnswerIntoAnother) {
  Dice dice;
  for (int i = 0; i < kRounds; ++i) {
    const Pack pack = PackOf(RandomRules(dice));
    const std::vector<Stated> all = RandomFacts(dice);
    std::vector<Stated> some;
    for (const Stated& stated : all) {
      if (!dice.OneIn(3)) some.push_back(stated);
    }
    const Decision before = Ask(pack, FactsOf(some));
    const Decision after = Ask(pack, FactsOf(all));
    if (before.outcome != Outcome::kUnknown) {
      EXPECT_EQ(after.outcome, before.outcome) << Told(before) << Told(after);
    }
  }
}

TEST(EveryPack, StrongerStatementNeverMakesAnAnswerStricter) {
  Dice dice;
  for (int i = 0; i < kRounds; ++i) {
    Pack pack = PackOf(RandomRules(dice));
    for (Rule& rule : pack.rules) {
      if (rule.kind == RuleKind::kException) rule.weakest_source = Source::kEvidence;
    }
    const std::vector<Stated> stated = RandomFacts(dice);
    EXPECT_LE(Ask(pack, FactsOf(stated, Source::kEvidence)).outcome,
              Ask(pack, FactsOf(stated, Source::kDeclaration)).outcome);
  }
}

TEST(EveryPack, SameQuestionGetsTheSameDecision) {
  Dice dice;
  for (int i = 0; i < kRounds; ++i) {
    const std::vector<std::string> rules = RandomRules(dice);
    const std::vector<Stated> facts = RandomFacts(dice);
    const Decision decision = Ask(PackOf(rules), FactsOf(facts));
    const Decision again = Ask(PackOf(rules), FactsOf(facts));
    EXPECT_EQ(again.path, decision.path);
    EXPECT_EQ(envelope::CanonicalJson(DecisionJson(again)), envelope::CanonicalJson(DecisionJson(decision)));
  }
}

TEST(EveryPack, OnlyWhatIsUnknownNamesMissingFacts) {
  Dice dice;
  for (int i = 0; i < kRounds; ++i) {
    const Decision decision = Ask(PackOf(RandomRules(dice)), FactsOf(RandomFacts(dice)));
    EXPECT_FALSE(decision.path.empty());
    EXPECT_TRUE(decision.outcome == Outcome::kUnknown || decision.missing.empty());
  }
}

}  // namespace
}  // namespace strongroom::policy
