// What is wrong with a pack that parses: rules that can never decide, questions that no rule answers, dates
// without a source.
#ifndef STRONGROOM_POLICY_LINT_H_
#define STRONGROOM_POLICY_LINT_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/policy/cases.h"

namespace strongroom::policy {

struct LintFinding {
  enum class Severity {
    kWarning,  // somebody should look at it
    kError,    // a pack should not be signed with it
  };
  Severity severity = Severity::kError;
  std::string check;     // "unreachable", "gap", "exceptions", "citation", "reason", "window", "unused", ...
  std::string about;     // "rule place-macau", "finding published", "list D:5", "pack"
  std::string sentence;  // what is wrong, lower-case, without a final period
  friend bool operator==(const LintFinding&, const LintFinding&) = default;
};
std::string_view Name(LintFinding::Severity severity);  // "warning", "error"

// Lint reads a pack with its cases, as of a moment; `bases` are the packs under an overlay. It finds rules
// whose conditions contradict one another, whose windows never meet the pack's, or which a stricter rule
// always overrides; facts to which nothing but the default answers; exceptions that hold at once and ask
// different things; citations, reasons, dates and lists that are empty or uncited; numbers, findings, data
// tables, parts and columns of cases that no rule uses; rules that no case decides; and a pack that nobody
// held against its sources for a year. What a shared part brings along and this pack has no use for is a
// warning. Facts are looked for among the values that the pack tells apart, up to a bound. Pure and total.
std::vector<LintFinding> Lint(const Pack& pack, std::span<const Pack* const> bases,
                              std::span<const Case> cases, Timestamp at);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_LINT_H_
