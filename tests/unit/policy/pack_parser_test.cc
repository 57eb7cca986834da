#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/policy/sample_packs.h"

namespace strongroom::policy {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kFriends = R"(weakest_basis = "declared"
when = [{ fact = "node.country", in_list = "friends" }])";

std::string Refusal(const Expected<Pack>& pack) {
  EXPECT_FALSE(pack.has_value());
  if (pack) return "";
  EXPECT_EQ(pack.error().code, ErrorCode::kMalformed);
  return pack.error().message;
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(Pack, WellFormedPackIsRead) {
  const Pack pack = SamplePack(SampleRule("friends", "exception", kFriends));
  EXPECT_EQ(pack.id, "sample-pack");
  EXPECT_EQ(pack.version, 3U);
  ASSERT_EQ(pack.rules.size(), 1U);
  EXPECT_EQ(pack.rules[0].outcome, Outcome::kPermit);
  EXPECT_EQ(pack.rules[0].weakest_basis, place::Basis::kDeclared);
  EXPECT_EQ(pack.rules[0].in_force.until, pack.valid.until);
}

TEST(Pack, DefectOfTheHeadIsNamedWithLineAndColumn) {
  const std::string rule = SampleRule("friends", "exception", kFriends);
  const DataTable tables[] = {SampleTable()};
  const std::tuple<std::string_view, std::string_view, std::string_view> samples[] = {
      {"version = 3", "version = \"3\"", "line 3, column 11: 'version' must be a whole number"},
      {"version = 3", "version = 0", "line 3, column 11: 'version' must be 1 or more"},
      {"version = 3", "versoin = 3", "line 1, column 1: the pack lacks the key 'version'"},
      {"version = 3", "version = 3\nowner = \"x\"", "line 4, column 1: unknown key 'owner' in the pack"},
      {"id = \"sample-pack\"", "id = \"Sample\"", "line 2, column 6: 'Sample' cannot be an id"},
      {"verified_on = 2026-01-01", "verified_on = \"2026-01-01\"",
       "line 6, column 15: 'verified_on' must be a date"},
      {"valid = { from = 2025-01-01, until = 2027-01-01 }", "valid = { until = 2027-01-01 }",
       "line 7, column 9: 'valid' must say"},
      {"until = 2027-01-01", "until = 2024-01-01", "line 7, column 9: 'valid' ends before it begins"},
      {"until = 2027-01-01", "till = 2027-01-01", "line 7, column 30: unknown key 'till' in 'valid'"},
      {"id = \"sample\"", "id = \"other\"", "line 8, column 1: there is no data table 'other'"},
  };
  for (const auto& [from, to, message] : samples) {
    EXPECT_THAT(Refusal(ParsePack(AsBytes(Replaced(SampleHead() + rule, from, to)), tables)),
                StartsWith(message));
  }
}

TEST(Pack, NewerFormatIsUnsupported) {
  const auto pack = ParsePack(AsBytes("format = 2\nwhatever = true\n"), {});
  ASSERT_FALSE(pack.has_value());
  EXPECT_EQ(pack.error().code, ErrorCode::kUnsupported);
}

TEST(Pack, DataTableOfAnotherContentIsRefused) {
  DataTable changed = SampleTable();
  changed.digest[0] ^= 1;
  const auto pack = ParsePack(AsBytes(SampleHead()), std::span(&changed, 1));
  EXPECT_THAT(Refusal(pack),
              StartsWith("line 8, column 1: data table 'sample' has the SHA-256 " + Hex(changed.digest)));
}

TEST(Rule, DefectIsNamedWithLineAndColumn) {
  const std::string rule = SampleRule("friends", "exception", kFriends);
  const std::tuple<std::string_view, std::string_view, std::string_view> samples[] = {
      {"kind = \"exception\"", "kind = \"exeption\"", "line 13, column 8: 'kind' is 'exeption'"},
      {"citation = [\"the sample\"]", "citation = []", "line 14, column 12: 'citation' must not be empty"},
      {"citation = [\"the sample\"]\n", "", "line 11, column 1: [[rule]] lacks the key 'citation'"},
      {"citation = [\"the sample\"]", "citation = \"the sample\"",
       "line 14, column 12: 'citation' must be a list"},
      {"reason = \"because\"", "reason = \"\"", "line 15, column 10: 'reason' must not be empty"},
      {"reason = \"because\"", "reason = \"because\"\npriority = 1",
       "line 16, column 1: unknown key 'priority' in [[rule]]"},
      {"weakest_basis = \"declared\"\n", "", "line 11, column 1: [[rule]] lacks the key 'weakest_basis'"},
      {"weakest_basis = \"declared\"", "weakest_basis = \"certain\"",
       "line 17, column 17: the basis of a place is"},
      {"node.country", "node.county", "line 18, column 18: there is no fact 'node.county'"},
      {"in_list = \"friends\"", "in_list = \"foes\"",
       "line 18, column 44: no data table of this pack has a list 'foes'"},
      {"in_list = \"friends\"", "is = \"EU\"",
       "line 18, column 39: node.country: 'EU' is not a country code"},
      {"in_list = \"friends\"", "is = 44", "line 18, column 39: the value to compare with must be text"},
      {"in_list = \"friends\"", "in = \"GB\"", "line 18, column 39: 'in' must be a list in brackets"},
      {"in_list = \"friends\"", "at_least = \"GB\"",
       "line 18, column 45: 'at_least' cannot test node.country"},
      {"in_list = \"friends\"", "like = \"G.\"", "line 18, column 34: unknown key 'like' in a condition"},
      {"in_list = \"friends\"", "is = \"GB\", is_not = \"US\"",
       "line 18, column 45: unknown key 'is_not' in a condition"},
      {", in_list = \"friends\"", "", "line 18, column 9: a condition without a test"},
      {"when = [{ fact = \"node.country\", in_list = \"friends\" }]", "when = []",
       "line 18, column 8: 'when' must not be empty"},
      {"when = [", "when = [3, ", "line 18, column 9: a condition must be a table"},
      {"id = \"friends\"", "id = \"default\"", "line 12, column 6: 'default' cannot be an id"},
  };
  for (const auto& [from, to, message] : samples) {
    EXPECT_THAT(Refusal(ParseSample(Replaced(rule, from, to))), StartsWith(message)) << from << " -> " << to;
  }
}

std::string RefusalOfCondition(std::string_view condition) {
  return Refusal(ParseSample(SampleRule("one", "exception", "when = [" + std::string(condition) + "]")));
}

TEST(Condition, TestThatDoesNotFitItsSubjectIsRefused) {
  const std::pair<std::string_view, std::string_view> samples[] = {
      {R"({ fact = "node.lists_date", within_days = "a week" })", "'within_days' must be"},
      {R"({ fact = "node.lists_date", within_days = "7.5" })", "'within_days' must be a whole number"},
      {R"({ fact = "node.lists_date", past = "true" })", "'past' must be true or false"},
      {R"({ fact = "model.gp10_chips", past = true })", "'past' cannot test model.gp10_chips"},
      {R"({ fact = "model.gp10_chips", is = "true" })", "the value to compare with must be true or false"},
      {R"({ fact = "model.gp10_chips", in = [true] })", "'in' cannot test model.gp10_chips"},
      {R"({ fact = "model.training_ops", is = "1e26" })", "'is' cannot test model.training_ops"},
      {R"({ fact = "model.training_ops", at_least = 26 })", "a number to compare with or count must be text"},
      {R"({ fact = "model.training_ops", at_least = "1e26 flops" })", "not a decimal number"},
      {R"({ fact = "model.training_ops", at_least = { fact = "act.what" } })", "act.what is not a number"},
      {R"({ fact = "node.licences", is = "L-1" })", "'is' cannot test node.licences"},
      {R"({ fact = "node.operator_parent_hq", else = "node.operator", is = "GB" })",
       "'else' must name a fact of the same type"},
      {R"({ number = "later", above = "1" })", "no number 'later' stands before this"},
      {R"({ finding = "later", is = true })", "no finding 'later' stands before this"},
      {R"({ licence_from = "BIS", is = true })", "unknown key 'is' in a condition"},
      {R"({ is = "GB" })", "a condition lacks the key 'fact'"},
  };
  for (const auto& [condition, message] : samples) {
    EXPECT_THAT(RefusalOfCondition(condition), HasSubstr(message)) << condition;
    EXPECT_THAT(RefusalOfCondition(condition), StartsWith("line 17, column ")) << condition;
  }
}

TEST(Definition, DefectIsNamedWithLineAndColumn) {
  const std::pair<std::string, std::string_view> samples[] = {
      {SampleNumber("n", ""), "line 11, column 1: a number without terms"},
      {SampleNumber("n", "sum = []"), "line 15, column 7: a number must have a term"},
      {SampleNumber("n", "sum = [\"1\"]\nproduct = [\"1\"]"), "line 16, column 1: unknown key 'product'"},
      {SampleNumber("n", "sum = [{ number = \"n\" }]"),
       "line 15, column 19: no number 'n' stands before this"},
      {SampleNumber("n", "sum = [{ fact = \"act.what\" }]"), "line 15, column 17: act.what is not a number"},
      {SampleNumber("n", "sum = [1]"), "line 15, column 8: a number to compare with or count must be text"},
      {SampleNumber("n", "product = [{ value = \"1\", when = [{ fact = \"act.what\", is = \"store\" }] }]"),
       "line 15, column 12: a factor of a product cannot have conditions"},
      {SampleNumber("n", "sum = [\"1\"]") + SampleNumber("n", "sum = [\"1\"]"),
       "line 16, column 1: 'n' stands here a second time"},
      {SampleFinding("f", ""), "line 11, column 1: finding 'f' has no condition"},
      {SampleFinding("f", "when = [{ finding = \"f\", is = true }]"),
       "line 15, column 21: no finding 'f' stands before this"},
      {SampleFinding("f", "when = [{ fact = \"act.what\", is = \"store\" }]\nweight = 1"),
       "line 16, column 1: unknown key 'weight'"},
  };
  const std::string rule = SampleRule("friends", "exception", kFriends);
  for (const auto& [definition, message] : samples)
    EXPECT_THAT(Refusal(ParseSample(definition + rule)), StartsWith(message)) << definition;
}

TEST(Definition, CitationIsNeeded) {
  for (const std::string& definition :
       {SampleNumber("n", "sum = [\"1\"]"),
        SampleFinding("f", "when = [{ fact = \"act.what\", is = \"store\" }]")}) {
    EXPECT_THAT(Refusal(ParseSample(Replaced(definition, "citation = [\"the sample\"]\n", ""))),
                HasSubstr("lacks the key 'citation'"));
  }
}

TEST(Reading, ExactlyOneOfSeveralControls) {
  const std::string rule = SampleRule("friends", "exception", kFriends);
  const auto with = [&](std::string_view readings) {
    return ParseSample(Replaced(rule, "reason = \"because\"",
                                "reason = \"because\"\nreadings = [" + std::string(readings) + "]"));
  };
  constexpr std::string_view kYes = R"({ text = "a", controls = true })";
  constexpr std::string_view kNo = R"({ text = "b", controls = false })";
  const auto both = [](std::string_view a, std::string_view b) {
    return std::string(a) + ", " + std::string(b);
  };
  EXPECT_TRUE(with(both(kYes, kNo)).has_value());
  for (const std::string& readings : {std::string(kYes), both(kYes, kYes), both(kNo, kNo)}) {
    EXPECT_THAT(
        Refusal(with(readings)),
        StartsWith("line 16, column 12: 'readings' must be at least two, of which exactly one controls"));
  }
}

TEST(Exception, SaysWhichStatementSatisfiesIt) {
  const std::string rule = SampleRule("friends", "exception", kFriends);
  const std::string declaration = "weakest_source = \"declaration\"";
  EXPECT_THAT(Refusal(ParseSample(Replaced(rule, declaration + "\n", ""))),
              HasSubstr("[[rule]] lacks the key 'weakest_source'"));
  for (const std::string_view word : {"question", "rumour"}) {
    EXPECT_THAT(Refusal(ParseSample(Replaced(rule, "declaration", word))),
                StartsWith("line 16, column 18: 'weakest_source' is '" + std::string(word) + "'"));
  }
}

TEST(Rule, ConditionsAndAlwaysExcludeEachOther) {
  EXPECT_THAT(
      Refusal(ParseSample(SampleRule("friends", "exception", std::string(kFriends) + "\nalways = true"))),
      HasSubstr("a rule with conditions does not always hold"));
  EXPECT_THAT(Refusal(ParseSample(SampleRule("all", "exception", "always = false"))),
              HasSubstr("rule 'all' has no condition"));
}

constexpr std::string_view kPart = R"(id = "shared"
title = "what several packs share"
[[finding]]
id = "home"
title = "the operator is at home"
citation = ["the sample"]
when = [{ fact = "node.operator_hq", in_list = "friends" }]
[[rule]]
id = "abroad"
kind = "bar"
outcome = "deny"
citation = ["the sample"]
reason = "because"
when = [{ finding = "home", is = false }]
)";

Expected<Pack> ParseWithPart(std::string_view text, const std::string& rules) {
  const DataTable tables[] = {SampleTable()};
  const auto part = ParsePart(AsBytes(text));
  if (!part) return std::unexpected(part.error());
  const std::string toml =
      SampleHead() + "[[part]]\nid = \"shared\"\nsha256 = \"" + Hex(part->identity.digest) + "\"\n" + rules;
  return ParsePack(AsBytes(toml), tables, std::span(&*part, 1));
}

TEST(Part, ItsContentStandsBeforeThePacksOwn) {
  const auto pack =
      ParseWithPart(kPart, SampleRule("stays", "exception", "when = [{ finding = \"home\", is = true }]"));
  ASSERT_TRUE(pack.has_value()) << pack.error().message;
  ASSERT_EQ(pack->rules.size(), 2U);
  EXPECT_EQ(pack->rules[0].id, "abroad");
  EXPECT_EQ(pack->parts.size(), 1U);
  EXPECT_EQ(Ask(*pack, With({{FactId::kNodeOperatorHq, "GB"}})).outcome, Outcome::kPermit);
  EXPECT_EQ(Ask(*pack, With({{FactId::kNodeOperatorHq, "SG"}})).outcome, Outcome::kDeny);
}

TEST(Part, DefectIsNamedWithThePartLineAndColumn) {
  const std::string rule = SampleRule("friends", "exception", kFriends);
  const std::tuple<std::string_view, std::string_view, std::string_view> samples[] = {
      {"title = \"what several packs share\"\n", "",
       "part 'shared': line 1, column 1: the part lacks the key"},
      {"outcome = \"deny\"", "outcome = \"no\"", "part 'shared': line 11, column 11: 'outcome' is 'no'"},
      {"[[finding]]", "version = 1\n[[finding]]", "part 'shared': line 3, column 1: unknown key 'version'"},
      {"finding = \"home\"", "finding = \"away\"", "part 'shared': line 14, column 21: no finding 'away'"},
  };
  for (const auto& [from, to, message] : samples)
    EXPECT_THAT(Refusal(ParseWithPart(Replaced(std::string(kPart), from, to), rule)), StartsWith(message));
}

TEST(Part, RuleOfTheSameIdInThePackIsRefused) {
  EXPECT_THAT(Refusal(ParseWithPart(kPart, SampleRule("abroad", "exception", kFriends))),
              HasSubstr("'abroad' stands here a second time"));
}

TEST(Part, OfAnotherContentIsRefused) {
  const auto part = ParsePart(AsBytes(kPart));
  ASSERT_TRUE(part.has_value());
  Part changed = *part;
  changed.identity.digest[0] ^= 1;
  const DataTable tables[] = {SampleTable()};
  const std::string toml = SampleHead() + "[[part]]\nid = \"shared\"\nsha256 = \"" +
                           Hex(part->identity.digest) + "\"\n" + SampleRule("friends", "exception", kFriends);
  EXPECT_THAT(Refusal(ParsePack(AsBytes(toml), tables, std::span(&changed, 1))),
              StartsWith("line 11, column 1: part 'shared' has the SHA-256 " + Hex(changed.identity.digest)));
  EXPECT_THAT(Refusal(ParsePack(AsBytes(toml), tables)),
              StartsWith("line 11, column 1: there is no part 'shared'"));
}

TEST(PackHead, TellsWhatAPackIsMadeWith) {
  const auto head = ParsePackHead(AsBytes(SampleHead() + "overlay = 1\n"));
  EXPECT_FALSE(head.has_value());
  const auto whole = ParsePackHead(AsBytes(SampleHead() + SampleRule("friends", "exception", kFriends)));
  ASSERT_TRUE(whole.has_value()) << whole.error().message;
  EXPECT_EQ(whole->id, "sample-pack");
  ASSERT_EQ(whole->tables.size(), 1U);
  EXPECT_EQ(whole->tables[0].digest, SampleTable().digest);
}

TEST(Pack, NamesTheFactsThatItAsksFor) {
  const Pack pack = SamplePack(
      SampleNumber(
          "n", "sum = [{ fact = \"model.added_ops\", when = [{ fact = \"model.copy\", is = \"part\" }] }]") +
      SampleFinding("f", "when = [{ number = \"n\", above = { fact = \"model.training_ops\" } }]") +
      SampleRule("one", "exception",
                 "when = [{ finding = \"f\", is = false }, { fact = \"node.operator_parent_hq\", else = "
                 "\"node.operator_hq\", is = \"GB\" }]"));
  EXPECT_THAT(FactsAskedBy(pack),
              ::testing::ElementsAre(FactId::kModelTrainingOps, FactId::kModelAddedOps, FactId::kModelCopy,
                                     FactId::kNodeOperatorHq, FactId::kNodeOperatorParentHq));
}

TEST(Rule, SecondRuleOfOneIdIsRefused) {
  const std::string rule = SampleRule("friends", "exception", kFriends);
  EXPECT_THAT(Refusal(ParseSample(rule + rule)),
              HasSubstr("line 19, column 1: 'friends' stands here a second time"));
}

TEST(Rule, RuleWithoutConditionIsRefused) {
  EXPECT_THAT(Refusal(ParseSample(SampleRule("all", "bar", "outcome = \"deny\""))),
              HasSubstr("rule 'all' has no condition"));
}

TEST(Rule, BarThatWouldPermitIsRefused) {
  const std::string bar =
      SampleRule("bar", "bar", "outcome = \"permit\"\nwhen = [{ fact = \"node.country\", is = \"GB\" }]");
  EXPECT_THAT(Refusal(ParseSample(bar)),
              StartsWith("line 16, column 11: the outcome of a bar is deny, needs_licence or unknown"));
}

TEST(Rule, BarDoesNotAskForABasis) {
  const std::string bar = SampleRule("bar", "bar",
                                     "outcome = \"deny\"\nweakest_basis = \"endorsed\"\n"
                                     "when = [{ fact = \"node.country\", is = \"GB\" }]");
  EXPECT_THAT(Refusal(ParseSample(bar)), StartsWith("line 17, column 1: unknown key 'weakest_basis'"));
}

TEST(Rule, ListThatBeginsAfterTheRuleIsRefused) {
  const std::string early =
      SampleRule("early", "exception", "in_force = { from = 2024-12-31 }\n" + std::string(kFriends));
  EXPECT_THAT(Refusal(ParseSample(early)),
              HasSubstr("list 'friends' begins on 2025-01-01T00:00:00Z, after the rule"));
}

TEST(Overlay, DefectIsNamedWithLineAndColumn) {
  const DataTable tables[] = {SampleTable()};
  const std::string rule = SampleRule("friends", "exception", kFriends);
  const auto with = [&](std::string_view overlay) {
    return ParsePack(AsBytes(Replaced(SampleHead(), "[[data]]", std::string(overlay) + "\n[[data]]") + rule),
                     tables);
  };
  EXPECT_TRUE(with(R"(overlay = { authority = "acme", id = "base", min_version = 1 })").has_value());
  const std::pair<std::string_view, std::string_view> samples[] = {
      {R"(overlay = { authority = "acme", id = "base" })", "line 8, column 11: 'overlay' lacks the key"},
      {R"(overlay = { authority = "acme", id = "base", min_version = 0 })",
       "line 8, column 60: 'min_version'"},
      {R"(overlay = { authority = "acme", id = "sample-pack", min_version = 1 })",
       "line 8, column 11: a pack cannot be laid over itself"},
  };
  for (const auto& [overlay, message] : samples) EXPECT_THAT(Refusal(with(overlay)), StartsWith(message));
}

TEST(DataTable, DefectIsNamedWithLineAndColumn) {
  const std::tuple<std::string_view, std::string_view, std::string_view> samples[] = {
      {"\"GB\", \"US\"]", "\"US\", \"GB\"]", "line 10, column 20: countries must be in alphabetical order"},
      {"\"GB\", \"US\"]", "\"GB\", \"GB\"]", "line 10, column 20: countries must be in alphabetical order"},
      {"\"GB\", \"US\"]", "\"GB\", \"YU\"]", "line 10, column 20: 'YU' is not a country code"},
      {"from = 2026-01-01", "from = 2025-01-01",
       "line 11, column 1: versions of a list must be in the order"},
      {"source = \"made up\"\n", "", "line 7, column 1: [[list.version]] lacks the key 'source'"},
      {"title = \"friends\"", "name = \"friends\"", "line 3, column 1: [[list]] lacks the key 'title'"},
      {"from = 2025-01-01", "from = \"2025-01-01\"", "line 8, column 8: 'from' must be a date"},
      {"countries = [\"GB\", \"US\"]", "subdivisions = [\"GB-SCT\"]",
       "line 11, column 1: [[list.version]] lacks the key 'subdivisions'"},
      {"countries = [\"GB\", \"US\"]", "subdivisions = [\"GB-SCT\", \"GB-ENG\"]",
       "line 10, column 16: subdivisions must be in alphabetical order"},
      {"countries = [\"GB\", \"US\"]", "subdivisions = [\"XX-1\"]",
       "line 10, column 16: 'XX' is not a country"},
  };
  for (const auto& [from, to, message] : samples) {
    const auto table = ParseDataTable(AsBytes(Replaced(std::string(kSampleTable), from, to)));
    ASSERT_FALSE(table.has_value());
    EXPECT_THAT(table.error().message, StartsWith(message));
  }
}

}  // namespace
}  // namespace strongroom::policy
