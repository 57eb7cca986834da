// strongroom policy screen.
#include "policy_question.h"
#include "screening_facts.h"
#include "units.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {{.name = "NAME", .help = "the party to screen", .optional = true}};
constexpr Option kOptions[] = {
    {.name = "list",
     .value = "FILE",
     .help =
         "the Consolidated Screening List, in JSON as it was downloaded; else the one installed in the home",
     .completion = Completion::kFile},
    {.name = "downloaded",
     .value = "TIME",
     .help = "when the file of --list or --install was downloaded, 2026-11-21 or 2026-11-21T19:43:00Z"},
    {.name = "address", .value = "TEXT", .help = "an address of the party, in one line", .repeatable = true},
    {.name = "threshold", .value = "N", .help = "report matches of N points or more, 70 to 100; else 88"},
    {.name = "at", .value = "TIME", .help = "judge the list's age as of this time; else now"},
    {.name = "install",
     .value = "FILE",
     .help = "screen nobody: check this list and keep it in the home, for decisions of this node",
     .completion = Completion::kFile},
};
constexpr Example kExamples[] = {
    {"strongroom policy screen --list consolidated.json --downloaded 2026-11-21 'Example Trading One'",
     "is anybody of that name listed?"},
    {"strongroom policy screen 'Example Trading One' --address '100 Example Road, Exampleville'",
     "the same, against the installed list, by address too"},
    {"strongroom policy screen --install consolidated.json --downloaded 2026-11-21T06:00:00Z",
     "let packs that ask for screening use it"},
};

envelope::ObjectBuilder ListMembers(const policy::ScreeningList& list) {
  envelope::ObjectBuilder counts;
  for (const auto& [name, count] : list.CountByList()) counts.Integer(name, count);
  envelope::ObjectBuilder members;
  members.Digest("sha256", list.digest()).Time("downloaded", list.downloaded()).Time("date", list.date());
  members.Integer("entries", list.entries().size())
      .Bool("whole", list.whole())
      .Value("by_list", counts.Build());
  return members;
}

std::string ListText(const policy::ScreeningList& list) {
  std::string counts;
  for (const auto& [name, count] : list.CountByList())
    counts += (counts.empty() ? "" : ", ") + name + " " + std::to_string(count);
  return "list of " + ToRfc3339(list.date()) + ", downloaded " + ToRfc3339(list.downloaded()) + "\nSHA-256 " +
         Hex(list.digest()) + "\n" + Count(list.entries().size(), "entry", "entries") + ": " + counts;
}

Status Install(Session& session, const Arguments& arguments) {
  for (const char* other : {"NAME", "list", "address", "threshold", "at"}) {
    if (arguments.Has(other))
      return Fail(ErrorCode::kInvalidArgument,
                  "--install screens nobody: leave " + std::string(other) + " out");
  }
  SR_ASSIGN_OR_RETURN(const home::Home home, session.OpenHome());
  SR_ASSIGN_OR_RETURN(const policy::ScreeningList list,
                      InstallScreening(session, home, arguments.Text("install"), arguments));
  session.output().Line("installed: " + ListText(list));
  session.output().Object("installed", ListMembers(list));
  const std::string worthless = WhyItClearsNobody(list, session.clock().Now());
  if (!worthless.empty()) session.output().Warn("this list clears nobody: " + worthless);
  return {};
}

Expected<policy::ScreeningList> ListToUse(Session& session, const Arguments& arguments) {
  if (const auto path = arguments.Optional("list")) return ReadScreeningList(session, *path, arguments);
  if (arguments.Has("downloaded"))
    return Fail(ErrorCode::kInvalidArgument, "--downloaded is given without --list or --install");
  SR_ASSIGN_OR_RETURN(const home::Home home, session.OpenHome());
  SR_ASSIGN_OR_RETURN(auto installed, LoadScreening(session.files(), home));
  if (installed) return *std::move(installed);
  return Fail(ErrorCode::kNotFound, "no screening list is installed in " + home.path(),
              "give --list FILE --downloaded TIME");
}

envelope::ObjectBuilder MatchMembers(const policy::ScreeningMatch& match) {
  envelope::ObjectBuilder members;
  members.Integer("score", match.score).String("list", match.entry->list).String("id", match.entry->id);
  members.String("name", match.entry->name).String("by", policy::Name(match.by));
  members.String("listed", match.listed).String("screened", match.screened);
  members.String("notice", match.entry->notice).String("url", match.entry->url);
  members.String("start_date", match.entry->start_date).String("end_date", match.entry->end_date);
  members.String("license_requirement", match.entry->license_requirement);
  return std::move(members.String("license_policy", match.entry->license_policy));
}

void ReportMatches(Output& output, const std::vector<policy::ScreeningMatch>& matches) {
  Table table({"SCORE", "LIST", "BY", "LISTED", "ENTRY", "NOTICE"}, {true});
  for (const policy::ScreeningMatch& match : matches) {
    table.Row({std::to_string(match.score), match.entry->list, std::string(policy::Name(match.by)),
               Printable(match.listed), Printable(match.entry->name), Printable(match.entry->notice)});
    output.Object("match", MatchMembers(match));
  }
  if (!matches.empty()) output.Line(table.Render());
}

// Done only where nothing matches and that is worth something.
Status Verdict(Output& output, const std::vector<policy::ScreeningMatch>& matches,
               const std::string& worthless) {
  if (!worthless.empty()) output.Warn(worthless);
  if (matches.empty() && worthless.empty()) {
    output.Line("nothing on it matches");
    return {};
  }
  Error error(ErrorCode::kDenied, "this list clears nobody", "download the whole list again");
  if (!worthless.empty()) error.why.push_back(worthless);
  if (matches.empty()) return std::unexpected(std::move(error));
  error.message = Count(matches.size(), "match", "matches") + " for a person to clear";
  error.next = "compare the party with the entry and its notice before anything else is done";
  return std::unexpected(std::move(error));
}

Status ScreenParty(Session& session, const Arguments& arguments) {
  if (!arguments.Has("NAME"))
    return Fail(ErrorCode::kInvalidArgument, "there is nobody to screen", "give a NAME, or --install FILE");
  SR_ASSIGN_OR_RETURN(const auto threshold,
                      arguments.Number("threshold", policy::kMinScreeningThreshold, 100));
  SR_ASSIGN_OR_RETURN(const Timestamp at, TimeAsked(session, arguments));
  SR_ASSIGN_OR_RETURN(const policy::ScreeningList list, ListToUse(session, arguments));
  SR_ASSIGN_OR_RETURN(
      const auto matches,
      policy::Screen(list, {.name = arguments.Text("NAME"), .addresses = arguments.All("address")},
                     static_cast<int>(threshold.value_or(policy::kScreeningThreshold))));
  ReportMatches(session.output(), matches);
  session.output().Line(ListText(list));
  session.output().Object("screening", std::move(ListMembers(list).Integer("matches", matches.size())));
  return Verdict(session.output(), matches, WhyItClearsNobody(list, at));
}

Status Screen(Session& session, const Arguments& arguments) {
  return arguments.Has("install") ? Install(session, arguments) : ScreenParty(session, arguments);
}

}  // namespace

constexpr Command kPolicyScreen = {
    .name = "policy screen",
    .summary = "does a party resemble one on a screening list? exit 0 only if none",
    .description =
        "Compares a name, and addresses if given, with every name, alias and address of the Consolidated "
        "Screening List, which you download from its publisher: none comes with the program. Matches are "
        "shown "
        "with their scores, 0 to 100; docs/SCREENING.md says how they come about.\n\n"
        "A match is no finding: a person must clear it. Nor is the absence of one: the list says nothing "
        "about who "
        "owns a party. A list that is older than 7 days, or is only a part, clears nobody: that exits with 5 "
        "as a match does.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Screen,
};

}  // namespace strongroom::cli
