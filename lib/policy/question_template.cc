#include "strongroom/policy/question_template.h"

#include <algorithm>
#include <set>

namespace strongroom::policy {
namespace {

// How a value of that fact is written, as an example that parses.
std::string Example(const FactType& type) {
  switch (type.type) {
    case ValueType::kText:
      if (type.id == FactId::kNodeSubdivision) return "\"GB-ENG\"";
      return "\"...\"";
    case ValueType::kWord:
      return "\"" + std::string(type.words.front()) + "\"";
    case ValueType::kCountry:
      return "\"GB\"";
    case ValueType::kDecimal:
      return "\"1\"";
    case ValueType::kShare:
      return "\"0.1\"";
    case ValueType::kTime:
      return "2026-01-31";
    case ValueType::kTexts:
      return "[]";
    case ValueType::kTruth:
      return "false";
  }
  return "";
}

std::string HowWritten(const FactType& type) {
  switch (type.type) {
    case ValueType::kText:
      return "a text";
    case ValueType::kWord: {
      std::string words;
      for (const std::string_view word : type.words) words += (words.empty() ? "" : ", ") + std::string(word);
      return "one of: " + words;
    }
    case ValueType::kCountry:
      return "a country, as ISO 3166-1 alpha-2";
    case ValueType::kDecimal:
      return "a number in quotes, such as \"2.1e26\"";
    case ValueType::kShare:
      return "a share in quotes, from \"0\" to \"1\"";
    case ValueType::kTime:
      return "a date, or a time with its offset";
    case ValueType::kTexts:
      return "texts in brackets, such as [\"A\", \"B\"]; [] for none";
    case ValueType::kTruth:
      return "true or false";
  }
  return "";
}

bool AsksForLicence(const Conditions& conditions) {
  const auto asks = [](const Condition& one) { return std::holds_alternative<LicenceFrom>(one.subject); };
  return std::ranges::any_of(conditions.all, asks) || std::ranges::any_of(conditions.any, asks);
}

bool AsksForLicence(const Pack& pack) {
  const auto asks = [](const auto& one) { return AsksForLicence(one.when); };
  return std::ranges::any_of(pack.rules, asks) || std::ranges::any_of(pack.findings, asks);
}

constexpr std::string_view kLicence =
    "\n# A licence on file; any number of these tables. What it does not name, it does not cover.\n"
    "#[[licence]]\n"
    "# the issuer's number for it\n#id = \"...\"\n"
    "#issuer = \"...\"\n"
    "# operators, as node.operator names them\n#parties = [\"...\"]\n"
    "# labels or classifications, as model.label and model.eccn name them\n#items = [\"...\"]\n"
    "#countries = [\"GB\"]\n"
    "# how many copies it allows; leave it out where it sets no number\n#copies = \"1\"\n"
    "#valid_from = 2026-01-31\n"
    "# its end, which is no longer within\n#valid_until = 2027-01-31\n";

}  // namespace

std::string QuestionTemplate(std::span<const Pack* const> packs) {
  std::set<FactId> asked;
  bool licences = false;
  for (const Pack* pack : packs) {
    const std::vector<FactId> facts = FactsAskedBy(*pack);
    asked.insert(facts.begin(), facts.end());
    const auto asks_basis = [](const Rule& rule) { return rule.weakest_basis.has_value(); };
    if (std::ranges::any_of(pack->rules, asks_basis)) asked.insert(FactId::kNodeBasis);
    licences = licences || AsksForLicence(*pack);
  }
  std::string toml =
      "# Take away the '# ' before each fact that you state. What you do not state is missing.\n";
  std::string_view table;
  for (const FactId id : asked) {
    const FactType& type = Describe(id);
    const std::size_t dot = type.name.find('.');
    if (type.name.substr(0, dot) != table) {
      table = type.name.substr(0, dot);
      toml += "\n[" + std::string(table) + "]\n";
    }
    toml += "# " + std::string(type.meaning) + ": " + HowWritten(type) + "\n#" +
            std::string(type.name.substr(dot + 1)) + " = " + Example(type) + "\n";
  }
  return licences ? toml + std::string(kLicence) : toml;
}

}  // namespace strongroom::policy
