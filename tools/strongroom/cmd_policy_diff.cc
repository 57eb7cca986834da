// strongroom policy diff.
#include "pack_choice.h"
#include "policy_question.h"
#include "strongroom/policy/difference.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "A",
     .help = "a pack: installed, or a folder with pack.toml",
     .completion = Completion::kDirectory},
    {.name = "B",
     .help = "the one to hold against it; the same one to compare two dates",
     .completion = Completion::kDirectory},
};
constexpr Option kOptions[] = {
    kAtOption,
    {.name = "at-b", .value = "TIME", .help = "ask B as of this time instead"},
};
constexpr Example kExamples[] = {
    {"strongroom policy diff us-ear-diffusion-text us-ear-bis-nonenforcement",
     "which answers the announcement changes"},
    {"strongroom policy diff allied-nations allied-nations --at 2025-01-01 --at-b 2025-02-01",
     "what changed in a month"},
};

Expected<Timestamp> TimeOfB(const Arguments& arguments, Timestamp otherwise) {
  const auto text = arguments.Optional("at-b");
  if (!text) return otherwise;
  auto time = ParseRfc3339(*text);
  if (!time) return std::unexpected(AsUsage(std::move(time).error()).With("--at-b"));
  return time;
}

void Show(const policy::AnswerDifference& difference, Output& output) {
  output.Line(Sentence(difference));
  std::vector<std::string> countries;
  for (const place::Country country : difference.countries) countries.emplace_back(country.code());
  envelope::ObjectBuilder members;
  members.Strings("acts", difference.acts)
      .Strings("items", difference.items)
      .Strings("parties", difference.parties)
      .Strings("storage", difference.storage)
      .String("before", policy::Name(difference.before))
      .String("after", policy::Name(difference.after))
      .Strings("countries", countries);
  output.Object("answer_difference", std::move(members));
}

void Show(const policy::TextDifference& difference, Output& output) {
  std::string line = std::string(Name(difference.kind)) + ": " + Printable(difference.what);
  if (!difference.before.empty()) line += "\n    before: " + Printable(difference.before);
  if (!difference.after.empty()) line += "\n    after:  " + Printable(difference.after);
  output.Line(line);
  envelope::ObjectBuilder members;
  members.String("change", Name(difference.kind))
      .String("what", difference.what)
      .String("before", difference.before)
      .String("after", difference.after);
  output.Object("text_difference", std::move(members));
}

// Shows a list of differences under a heading; whether there were any.
template <typename T>
bool ShowAll(std::string_view heading, const std::vector<T>& differences, Output& output) {
  output.Line(std::string(heading) + (differences.empty() ? ": no difference was found" : ":"));
  for (const T& difference : differences) Show(difference, output);
  return !differences.empty();
}

Status Run(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const Timestamp at, TimeAsked(session, arguments));
  SR_ASSIGN_OR_RETURN(const Timestamp at_b, TimeOfB(arguments, at));
  SR_ASSIGN_OR_RETURN(const PackChoice a, ChoosePacks(session, {arguments.Path("A")}));
  SR_ASSIGN_OR_RETURN(const PackChoice b, ChoosePacks(session, {arguments.Path("B")}));
  SR_ASSIGN_OR_RETURN(const auto packs_a, policy::WithBases(a.chosen, a.available));
  SR_ASSIGN_OR_RETURN(const auto packs_b, policy::WithBases(b.chosen, b.available));
  Output& output = session.output();
  const bool texts =
      ShowAll("the texts", policy::TextDifferences(*a.chosen.front(), *b.chosen.front()), output);
  const bool answers = ShowAll("the answers", policy::Differences({packs_a, at}, {packs_b, at_b}), output);
  if (!texts && !answers) return {};
  return Fail(ErrorCode::kInternal, "the packs differ", "read the differences above");
}

}  // namespace

constexpr Command kPolicyDiff = {
    .name = "policy diff",
    .summary = "which answers and which texts of two packs differ",
    .description =
        "Asks two packs, or one at two dates, about every country, each kind of weights and each act, by "
        "operators from there and from the United States, with and without License Exception AIA claimed and "
        "a secured facility; and compares the texts: rules, windows, lists and citations. Questions of which "
        "the answers change alike are one line. With --json, a line for each difference.\n\n"
        "Exits with 0 where there is no difference, else with 1. Needs no home.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
