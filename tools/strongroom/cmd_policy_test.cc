// strongroom policy test.
#include <algorithm>

#include "strongroom/policy/cases.h"
#include "tested_packs.h"
#include "units.h"

namespace strongroom::cli {
namespace {

constexpr std::size_t kMaxCases = 4 << 20;

constexpr Positional kPositionals[] = {
    {.name = "PACK",
     .help =
         "an installed pack, a folder with pack.toml, or a signed pack; every installed one where none is "
         "named",
     .optional = true,
     .repeatable = true,
     .completion = Completion::kDirectory}};
constexpr Option kOptions[] = {
    {.name = "cases",
     .value = "FILE.csv",
     .help = "run the cases of this table instead of the packs' own",
     .completion = Completion::kFile},
};
constexpr Example kExamples[] = {
    {"strongroom policy test", "does every installed pack still say what its cases expect?"},
    {"strongroom policy test policies/my-pack", "a pack in the making: every case that fails"},
    {"strongroom policy test --cases cases.csv", "a table of cases about several packs"},
};

struct Failure {
  std::string pack;
  policy::CaseFailure failure;
};

struct Totals {
  std::size_t passed = 0;
  std::vector<Failure> failures;
};

class TestRun {
 public:
  explicit TestRun(const TestedPacks& tested) : tested_(tested) {}

  Status RunOwnCases() {
    for (const TestedPack& one : tested_.packs) {
      auto cases = policy::ParseCases(one.cases);
      if (!cases) return std::unexpected(std::move(cases).error().With(one.pack.id + "/cases.csv"));
      SR_RETURN_IF_ERROR(Run(one.pack, *cases));
    }
    return {};
  }

  // Cases that name their packs. Where packs were named too, those about others are left out.
  Status RunByPack(const std::vector<policy::Case>& cases, bool named) {
    std::vector<std::string> packs;
    for (const policy::Case& one : cases) {
      if (std::ranges::find(packs, one.pack) == packs.end()) packs.push_back(one.pack);
    }
    for (const std::string& id : packs) {
      std::vector<policy::Case> about;
      std::ranges::copy_if(cases, std::back_inserter(about),
                           [&](const policy::Case& one) { return one.pack == id; });
      const auto found =
          std::ranges::find(tested_.packs, id, [](const TestedPack& one) { return one.pack.id; });
      if (found != tested_.packs.end()) {
        SR_RETURN_IF_ERROR(Run(found->pack, about));
      } else if (named) {
        left_out_ += about.size();
      } else {
        FailAll(id, about);
      }
    }
    std::ranges::sort(totals_.failures, {}, [](const Failure& one) { return one.failure.line; });
    return {};
  }

  Status Run(const policy::Pack& pack, const std::vector<policy::Case>& cases) {
    SR_ASSIGN_OR_RETURN(policy::CaseReport report, policy::RunCases(pack, tested_.available, cases));
    totals_.passed += report.passed;
    for (policy::CaseFailure& failure : report.failures)
      totals_.failures.push_back({pack.id, std::move(failure)});
    return {};
  }

  [[nodiscard]] const Totals& totals() const { return totals_; }
  [[nodiscard]] std::size_t left_out() const { return left_out_; }

 private:
  void FailAll(const std::string& id, const std::vector<policy::Case>& cases) {
    for (const policy::Case& one : cases) {
      totals_.failures.push_back(
          {id,
           {.id = one.id,
            .line = one.line,
            .expected = one.expected ? std::string(policy::Name(*one.expected)) : "malformed",
            .actual = "no pack '" + id + "' is installed",
            .decision = {}}});
    }
  }

  const TestedPacks& tested_;
  Totals totals_;
  std::size_t left_out_ = 0;
};

Status RunTable(const std::string& path, ByteView csv, const TestedPacks& tested, bool named, TestRun& run) {
  auto cases = policy::ParseCases(csv);
  if (!cases) return std::unexpected(std::move(cases).error().With(path));
  const bool names_packs = !cases->empty() && !cases->front().pack.empty();
  if (names_packs) return run.RunByPack(*cases, named);
  if (named && tested.packs.size() == 1) return run.Run(tested.packs.front().pack, *cases);
  return Fail(ErrorCode::kInvalidArgument, "the cases of " + path + " do not say which pack they are about",
              "name exactly one PACK");
}

void Tell(Output& output, const Failure& one) {
  const policy::CaseFailure& failure = one.failure;
  output.Line(Printable("FAILED " + failure.id + ", line " + std::to_string(failure.line)));
  output.Line(Printable("    expected " + failure.expected));
  output.Line(Printable("    actual   " + failure.actual));
  envelope::ObjectBuilder members;
  members.String("pack", one.pack)
      .String("id", failure.id)
      .Integer("line", failure.line)
      .String("expected", failure.expected)
      .String("actual", failure.actual);
  if (failure.decision) {
    for (const std::string& line : policy::Explain(*failure.decision))
      output.Line(Printable("      " + line));
    members.Value("decision", policy::DecisionJson(*failure.decision));
  }
  output.Object("failed_case", std::move(members));
}

Status Report(Output& output, const TestRun& run) {
  const Totals& totals = run.totals();
  for (const Failure& failure : totals.failures) Tell(output, failure);
  if (run.left_out() > 0)
    output.Note(Count(run.left_out(), "case") + " about packs that were not named: left out");
  output.Line(std::to_string(totals.passed) + " passed, " + std::to_string(totals.failures.size()) +
              " failed");
  envelope::ObjectBuilder members;
  members.Integer("passed", totals.passed).Integer("failed", totals.failures.size());
  output.Object("test", std::move(members));
  if (totals.passed + totals.failures.size() == 0)
    return Fail(ErrorCode::kInternal, "no case was asked, so nothing was tested",
                "name the packs that the table is about, or none");
  if (totals.failures.empty()) return {};
  return Fail(ErrorCode::kInternal, Count(totals.failures.size(), "case") + " failed",
              "correct the pack, or the cases");
}

Status Run(Session& session, const Arguments& arguments) {
  const std::vector<std::string> names = arguments.All("PACK");
  SR_ASSIGN_OR_RETURN(const TestedPacks tested, ReadTestedPacks(session, names));
  TestRun run(tested);
  if (const auto path = arguments.Optional("cases")) {
    SR_ASSIGN_OR_RETURN(const Bytes csv, ReadWhole(session.files(), *path, kMaxCases));
    SR_RETURN_IF_ERROR(RunTable(*path, csv, tested, !names.empty(), run));
  } else {
    SR_RETURN_IF_ERROR(run.RunOwnCases());
  }
  return Report(session.output(), run);
}

}  // namespace

constexpr Command kPolicyTest = {
    .name = "policy test",
    .summary = "hold packs against tables of cases",
    .description =
        "Asks each question of a table and compares the answer. Without --cases: the cases that come with "
        "each pack. A table whose ids are PACK:NUMBER may be about several packs; a table whose columns are "
        "facts is about the one PACK that is named. docs/POLICY.md tells both forms.\n\n"
        "The last line is \"N passed, M failed\"; before it stands each case that failed, with the answer, "
        "its rules and citations. Exits with 0 if all pass, 1 if one fails, 3 if the table does not parse. "
        "Needs no home.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
