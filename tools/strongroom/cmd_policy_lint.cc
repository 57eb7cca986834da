// strongroom policy lint.
#include <algorithm>

#include "pack_choice.h"
#include "pack_folder.h"
#include "policy_question.h"
#include "strongroom/policy/lint.h"
#include "strongroom/policy/pack_source.h"

namespace strongroom::cli {
namespace {

constexpr std::uint64_t kMaxCases = 4 << 20;

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

// The cases beside a pack: in its folder, or those that come with the program. A pack that was signed brought
// its own when it was installed.
Expected<std::vector<policy::Case>> CasesOf(Session& session, const policy::Pack& pack,
                                            const std::string& name) {
  if (IsPackFolder(session.files(), name)) {
    SR_ASSIGN_OR_RETURN(const Bytes csv, ReadWhole(session.files(), JoinPath(name, "cases.csv"), kMaxCases));
    return policy::ParseCases(csv);
  }
  const auto shipped = std::ranges::find(policy::ShippedPacks(), pack.id, &policy::PackSource::id);
  if (shipped == policy::ShippedPacks().end()) return std::vector<policy::Case>();
  return policy::ParseCases(shipped->cases);
}

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
  const std::vector<std::string> names = arguments.All("PACK");
  SR_ASSIGN_OR_RETURN(const PackChoice choice, ChoosePacks(session, names));
  std::size_t errors = 0;
  std::size_t warnings = 0;
  for (std::size_t i = 0; i < choice.chosen.size(); ++i) {
    const policy::Pack& pack = *choice.chosen[i];
    SR_ASSIGN_OR_RETURN(const auto cases, CasesOf(session, pack, names.empty() ? "" : names[i]));
    const policy::Pack* alone[] = {&pack};
    SR_ASSIGN_OR_RETURN(const auto packs, policy::WithBases(alone, choice.available));
    for (const policy::LintFinding& finding : Lint(pack, std::span(packs).subspan(1), cases, at)) {
      Show(pack, finding, session.output());
      ++(finding.severity == policy::LintFinding::Severity::kError ? errors : warnings);
    }
  }
  session.output().Line(Count(choice.chosen.size(), "pack") + ": " + Count(errors, "error") + ", " +
                        Count(warnings, "warning"));
  envelope::ObjectBuilder members;
  members.Integer("packs", choice.chosen.size()).Integer("errors", errors).Integer("warnings", warnings);
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
