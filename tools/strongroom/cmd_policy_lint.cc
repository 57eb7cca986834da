// strongroom policy lint.
#include "policy_question.h"
#include "strongroom/policy/lint.h"
#include "tested_packs.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "PACK",
     .help = "a pack: installed, or a folder with pack.toml; every installed one where none is given",
     .optional = true,
     .repeatable = true,
     .completion = Completion::kDirectory}};
constexpr Option kOptions[] = {kAtOption};
constexpr Example kExamples[] = {
    {"strongroom policy lint", "every pack that is installed"},
    {"strongroom policy lint packs/acme", "a pack in the making, before it is signed"},
};

void Show(const policy::Pack& pack, const policy::LintFinding& finding, Output& output) {
  output.Line(pack.id + ": " + std::string(Name(finding.severity)) + ": " + Printable(finding.about) + ": " +
              Printable(finding.sentence) + " (" + finding.check + ")");
  envelope::ObjectBuilder members;
  members.String("pack", pack.id)
      .String("severity", Name(finding.severity))
      .String("check", finding.check)
      .String("about", finding.about)
      .String("sentence", finding.sentence);
  output.Object("lint_finding", std::move(members));
}

std::string Count(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

Status Run(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const Timestamp at, TimeAsked(session, arguments));
  SR_ASSIGN_OR_RETURN(const TestedPacks tested, ReadTestedPacks(session, arguments.All("PACK")));
  std::size_t errors = 0;
  std::size_t warnings = 0;
  for (const auto& [pack, csv] : tested.packs) {
    SR_ASSIGN_OR_RETURN(const auto cases, policy::ParseCases(csv));
    const policy::Pack* alone[] = {&pack};
    SR_ASSIGN_OR_RETURN(const auto packs, policy::WithBases(alone, tested.available));
    for (const policy::LintFinding& finding : Lint(pack, std::span(packs).subspan(1), cases, at)) {
      Show(pack, finding, session.output());
      ++(finding.severity == policy::LintFinding::Severity::kError ? errors : warnings);
    }
  }
  session.output().Line(Count(tested.packs.size(), "pack") + ": " + Count(errors, "error") + ", " +
                        Count(warnings, "warning"));
  envelope::ObjectBuilder members;
  members.Integer("packs", tested.packs.size()).Integer("errors", errors).Integer("warnings", warnings);
  session.output().Object("lint", std::move(members));
  if (errors == 0) return {};
  return Fail(ErrorCode::kInternal, Count(errors, "error") + " in what was read", "correct the packs");
}

}  // namespace

constexpr Command kPolicyLint = {
    .name = "policy lint",
    .summary = "look for what is wrong with packs that load",
    .description =
        "Finds rules that can never decide, questions that no rule answers, exceptions that contradict one "
        "another, citations and reasons that are missing, dates without a source, and numbers, findings, "
        "tables, parts and columns of cases that no rule uses; rules that no case decides; and packs that "
        "nobody held against their sources for a year.\n\n"
        "Exits with 1 if there is an error, and with 0 where there are warnings alone. Needs no home.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
