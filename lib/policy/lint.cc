#include "strongroom/policy/lint.h"

#include <algorithm>
#include <set>

#include "policy/asked_facts.h"
#include "policy/lint_rules.h"
#include "policy/values_apart.h"

namespace strongroom::policy {
namespace {

using Severity = LintFinding::Severity;

constexpr std::size_t kMostSteps = 400'000;  // of all searches of one pack
constexpr std::int64_t kYear = 366LL * 86400;

bool HasWords(std::string_view text, std::size_t least) {
  std::size_t words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    words += !space && !inside ? 1U : 0U;
    inside = !space;
  }
  return words >= least;
}

bool IsSentence(std::string_view text) {
  return HasWords(text, 3) && !text.ends_with('.') && !text.starts_with(' ') && !text.ends_with(' ');
}

// The data tables of which a list is used.
std::set<std::string> TablesOf(const Pack& pack, const Reached& used) {
  std::set<std::string> tables;
  for (std::size_t i = 0; i < used.lists.size(); ++i) {
    if (used.lists[i]) tables.insert(pack.lists[i].table);
  }
  return tables;
}

// The parts of which a rule stands in the pack, or something is used.
std::set<std::string> PartsOf(const Pack& pack, const Reached& used) {
  std::set<std::string> parts;
  for (const Rule& rule : pack.rules) parts.insert(rule.part);
  for (std::size_t i = 0; i < used.numbers.size(); ++i) {
    if (used.numbers[i]) parts.insert(pack.numbers[i].part);
  }
  for (std::size_t i = 0; i < used.findings.size(); ++i) {
    if (used.findings[i]) parts.insert(pack.findings[i].part);
  }
  return parts;
}

class Linter {
 public:
  Linter(const Pack& pack, std::span<const Pack* const> bases, std::span<const Case> cases, Timestamp at)
      : pack_(pack), bases_(bases), cases_(cases), at_(at) {}

  std::vector<LintFinding> Run() {
    CheckTexts();
    CheckWindows();
    CheckLists();
    CheckUse();
    CheckCases();
    CheckVerification();
    StepBudget budget{kMostSteps};
    Take(LintReach(pack_, deciding_, budget));
    Take(LintGaps(pack_, budget));
    Take(LintExceptions(pack_, budget));
    if (budget.left == 0)
      Warn("bound", "pack", "the search for facts reached its bound, so not all was tried");
    return std::move(findings_);
  }

 private:
  void Report(Severity severity, std::string_view check, std::string about, std::string sentence) {
    findings_.push_back({severity, std::string(check), std::move(about), std::move(sentence)});
  }
  void Error(std::string_view check, std::string about, std::string sentence) {
    Report(Severity::kError, check, std::move(about), std::move(sentence));
  }
  void Warn(std::string_view check, std::string about, std::string sentence) {
    Report(Severity::kWarning, check, std::move(about), std::move(sentence));
  }

  void Take(std::vector<LintFinding> findings) { std::ranges::move(findings, std::back_inserter(findings_)); }

  void CheckCitations(const std::string& about, const std::vector<std::string>& citations) {
    const auto blank = [](const std::string& citation) { return !HasWords(citation, 1); };
    if (citations.empty() || std::ranges::any_of(citations, blank))
      Error("citation", about, "a citation is missing or blank");
    const std::set<std::string> different(citations.begin(), citations.end());
    if (different.size() != citations.size()) Warn("citation", about, "it cites the same place twice");
  }

  void CheckTexts() {
    for (const Number& number : pack_.numbers) CheckCitations("number " + number.id, number.citations);
    for (const Finding& finding : pack_.findings) {
      CheckCitations("finding " + finding.id, finding.citations);
      CheckSentence("finding " + finding.id, "its title", finding.title);
    }
    for (const Rule& rule : pack_.rules) {
      CheckCitations("rule " + rule.id, rule.citations);
      CheckSentence("rule " + rule.id, "its reason", rule.reason);
    }
  }

  void CheckSentence(const std::string& about, std::string_view what, const std::string& text) {
    if (IsSentence(text)) return;
    Error("reason", about,
          std::string(what) + " '" + text + "' is no plain sentence of three words or more without a period");
  }

  void CheckWindow(const Rule& rule, std::string_view what, const Window& window) {
    if ((!window.from && !window.until) || window == pack_.valid || HasWords(window.citation, 1)) return;
    Error("window", "rule " + rule.id,
          "the window '" + std::string(what) + "' does not say where its dates are written");
  }

  void CheckWindows() {
    for (const Rule& rule : pack_.rules) {
      CheckWindow(rule, "in_force", rule.in_force);
      CheckWindow(rule, "compliance", rule.compliance);
      CheckWindow(rule, "enforcement", rule.enforcement);
    }
  }

  void CheckLists() {
    for (const RegionList& list : pack_.lists) {
      if (!HasWords(list.citation, 1)) Error("list", "list " + list.id, "it has no citation");
      for (const RegionList::Version& version : list.versions) {
        if (!HasWords(version.source, 1))
          Error(
              "list", "list " + list.id,
              "the version of " + ToRfc3339(version.from).substr(0, 10) + " does not say where it was read");
      }
    }
    for (const CountsAs& counts : pack_.counts_as) {
      if (!HasWords(counts.citation, 1))
        Error("list", "country " + std::string(counts.country.code()),
              "that it counts as another is uncited");
    }
  }

  // What a shared part defines may be for other packs.
  void CheckUse() {
    const Reached use = ReachedByRules(pack_);
    for (std::size_t i = 0; i < pack_.numbers.size(); ++i) {
      if (!use.numbers[i] && pack_.numbers[i].part.empty())
        Error("unused", "number " + pack_.numbers[i].id, "no rule uses it");
    }
    for (std::size_t i = 0; i < pack_.findings.size(); ++i) {
      if (!use.findings[i] && pack_.findings[i].part.empty())
        Error("unused", "finding " + pack_.findings[i].id, "no rule uses it");
    }
    CheckDocuments("data table ", pack_.tables, TablesOf(pack_, use));
    CheckDocuments("part ", pack_.parts, PartsOf(pack_, use));
  }

  void CheckDocuments(const std::string& kind, const std::vector<PartIdentity>& named,
                      const std::set<std::string>& used) {
    for (const PartIdentity& document : named) {
      if (!used.contains(document.id)) Error("unused", kind + document.id, "no rule uses anything of it");
    }
  }

  void CheckCases() {
    std::vector<const Pack*> packs = {&pack_};
    std::ranges::copy(bases_, std::back_inserter(packs));
    for (const Case& one : cases_) {
      if (!one.facts) continue;
      for (const Step& step : Evaluate(packs, *one.facts, one.at).path) {
        if (step.pack == pack_.id) deciding_.insert(step.rule);
      }
    }
    for (const Rule& rule : pack_.rules) {
      const bool stands = rule.status == RuleStatus::kInForce || rule.status == RuleStatus::kNotEnforced;
      if (stands && !deciding_.contains(rule.id))
        Warn("untested", "rule " + rule.id, "no case decides by it");
    }
    CheckColumns(packs);
  }

  // Facts that cases state one by one and no rule reads. The short form states harmless facts by itself.
  void CheckColumns(const std::vector<const Pack*>& packs) {
    std::set<FactId> asked = {FactId::kNodeBasis};
    for (const Pack* pack : packs) {
      for (const FactId id : FactsAskedBy(*pack)) asked.insert(id);
    }
    std::set<FactId> stated;
    for (const Case& one : cases_) {
      if (!one.facts || !one.pack.empty()) continue;
      for (const FactType& type : FactCatalogue()) {
        if (one.facts->Find(type.id) != nullptr) stated.insert(type.id);
      }
    }
    std::string unread;
    for (const FactId id : stated) {
      if (!asked.contains(id)) unread += (unread.empty() ? "" : ", ") + std::string(Describe(id).name);
    }
    if (!unread.empty()) Warn("unused", "cases", "no rule reads these columns: " + unread);
  }

  void CheckVerification() {
    const std::string day = ToRfc3339(pack_.verified_on).substr(0, 10);
    if (at_.seconds - pack_.verified_on.seconds > kYear)
      Warn("verified_on", "pack", "nobody held it against its sources since " + day);
    for (const RegionList& list : pack_.lists) {
      const Timestamp newest = list.versions.back().from;
      if (newest > pack_.verified_on && newest <= at_)
        Warn("verified_on", "list " + list.id,
             "it has a version that is newer than the pack's check on " + day);
    }
  }

  const Pack& pack_;
  std::span<const Pack* const> bases_;
  std::span<const Case> cases_;
  Timestamp at_;
  std::set<std::string> deciding_;  // the rules by which cases decide
  std::vector<LintFinding> findings_;
};

}  // namespace

std::string_view Name(LintFinding::Severity severity) {
  return severity == Severity::kError ? "error" : "warning";
}

std::vector<LintFinding> Lint(const Pack& pack, std::span<const Pack* const> bases,
                              std::span<const Case> cases, Timestamp at) {
  return Linter(pack, bases, cases, at).Run();
}

}  // namespace strongroom::policy
