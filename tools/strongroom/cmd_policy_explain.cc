// strongroom policy explain.
#include "pack_choice.h"
#include "policy_question.h"
#include "screening_facts.h"
#include "strongroom/policy/explanation.h"
#include "unlock_options.h"

namespace strongroom::cli {
namespace {

constexpr std::size_t kColumns = 100;

constexpr auto kOptions =
    Join(kScreeningOptions, std::array<Option, 3>{{
                                kFactsOption,
                                {.name = "pack",
                                 .value = "PACK",
                                 .help = "ask this pack, installed or a folder with pack.toml; every "
                                         "installed one where none is given",
                                 .repeatable = true,
                                 .completion = Completion::kDirectory},
                                kAtOption,
                            }});
constexpr Example kExamples[] = {
    {"strongroom policy explain --facts question.toml --pack allied-nations",
     "why, and what would change it"},
    {"strongroom policy explain --facts question.toml --at 2025-06-01 --json", "all of it, for a program"},
};

Status Run(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(policy::Facts facts, ReadQuestion(session, arguments));
  SR_RETURN_IF_ERROR(AddScreening(session, arguments, facts));
  SR_ASSIGN_OR_RETURN(const Timestamp at, TimeAsked(session, arguments));
  SR_ASSIGN_OR_RETURN(const PackChoice choice, ChoosePacks(session, arguments.All("pack")));
  SR_ASSIGN_OR_RETURN(const auto packs, policy::WithBases(choice.chosen, choice.available));
  const policy::Explanation explanation = policy::ExplainWhole(packs, facts, at);
  for (const std::string& line : policy::TellExplanation(explanation, kColumns)) session.output().Line(line);
  envelope::ObjectBuilder members;
  members.Value("explanation", policy::ExplanationJson(explanation));
  session.output().Object("explanation", std::move(members));
  return {};
}

}  // namespace

constexpr Command kPolicyExplain = {
    .name = "policy explain",
    .summary = "tell the story of a decision, and what would change it",
    .description =
        "Puts the question of a file to packs and tells what each answered: the clause that turned it, with "
        "reason and citations; the findings that it rests on; the facts and who stated them; what was "
        "missing; the windows of time that matter; and both readings where a text is ambiguous. Then it asks "
        "again with one thing otherwise, or two where one is not enough, and tells which answers change.\n\n"
        "Exits with 0 whatever the answer is. Needs no home.",
    .positionals = {},
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
