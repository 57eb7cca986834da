// strongroom policy check, show.
#include <algorithm>

#include "policy_question.h"
#include "strongroom/policy/decision.h"
#include "strongroom/policy/pack_source.h"

namespace strongroom::cli {
namespace {

constexpr Option kCheckOptions[] = {
    kFactsOption,
    {.name = "pack",
     .value = "ID",
     .help = "ask this pack; all that are installed where none is given",
     .repeatable = true},
    kAtOption,
};
constexpr Example kCheckExamples[] = {
    {"strongroom policy check --facts question.toml", "may it be decrypted there, today?"},
    {"strongroom policy check --facts question.toml --pack allied-nations --at 2025-01-01 --json",
     "what one pack said at another time, for a program"},
};

constexpr Positional kShowPositionals[] = {{.name = "ID", .help = "the pack"}};
constexpr Option kShowOptions[] = {{.name = "source", .help = "the pack's own text, byte for byte"}};
constexpr Example kShowExamples[] = {{"strongroom policy show allied-nations", "its rules, with citations"}};

Expected<std::vector<const policy::Pack*>> Choose(const std::vector<policy::Pack>& installed,
                                                  const std::vector<std::string>& ids) {
  std::vector<const policy::Pack*> chosen;
  for (const policy::Pack& pack : installed) {
    if (ids.empty()) chosen.push_back(&pack);
  }
  for (const std::string& id : ids) {
    const auto found = std::ranges::find(installed, id, &policy::Pack::id);
    if (found == installed.end())
      return Fail(ErrorCode::kNotFound, "no pack '" + id + "' is installed", "strongroom policy list");
    chosen.push_back(&*found);
  }
  return chosen;
}

Status Check(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const policy::Facts facts, ReadQuestion(session, arguments));
  SR_ASSIGN_OR_RETURN(const auto installed, policy::LoadShippedPacks());
  SR_ASSIGN_OR_RETURN(const auto packs, Choose(installed, arguments.All("pack")));
  SR_ASSIGN_OR_RETURN(const Timestamp at, TimeAsked(session, arguments));
  const policy::Decision decision = policy::Evaluate(packs, facts, at);
  envelope::ObjectBuilder members;
  members.String("outcome", policy::Name(decision.outcome)).Value("decision", policy::DecisionJson(decision));
  session.output().Object("decision", std::move(members));
  for (const std::string& line : policy::Explain(decision)) session.output().Line(line);
  if (decision.outcome == policy::Outcome::kPermit) return {};
  Error error(ErrorCode::kDenied,
              "the policy does not permit this: " + std::string(policy::Name(decision.outcome)));
  for (const policy::Step& step : decision.path)
    error.why.push_back(step.pack + " " + step.rule + ": " + step.reason);
  return std::unexpected(std::move(error));
}

std::string Day(const std::optional<Timestamp>& time) {
  return time ? ToRfc3339(*time).substr(0, 10) : "";
}

std::string Windows(const policy::Rule& rule) {
  const auto one = [](std::string_view name, const policy::Window& window) {
    if (!window.from && !window.until) return std::string();
    return "    " + std::string(name) + (window.from ? " from " + ToRfc3339(*window.from) : "") +
           (window.until ? " until " + ToRfc3339(*window.until) : "") + "\n";
  };
  return one("in force", rule.in_force) + one("to be followed", rule.compliance) +
         one("enforced", rule.enforcement);
}

std::string Render(const policy::Rule& rule) {
  std::string text = "\n" + rule.id + " (" + std::string(policy::Name(rule.kind)) + ", " +
                     std::string(policy::Name(rule.status)) +
                     "): " + std::string(policy::Name(rule.outcome)) + "\n    " + rule.reason + "\n";
  for (const std::string& citation : rule.citations) text += "    [" + citation + "]\n";
  return text + Windows(rule);
}

envelope::Json RuleJson(const policy::Rule& rule) {
  envelope::ObjectBuilder members;
  members.String("id", rule.id)
      .String("kind", policy::Name(rule.kind))
      .String("status", policy::Name(rule.status));
  members.String("outcome", policy::Name(rule.outcome))
      .String("reason", rule.reason)
      .Strings("citations", rule.citations);
  return std::move(members).Build();
}

Status Show(Session& session, const Arguments& arguments) {
  const std::string id = arguments.Text("ID");
  const auto source = std::ranges::find(policy::ShippedPacks(), id, &policy::PackSource::id);
  if (source == policy::ShippedPacks().end())
    return Fail(ErrorCode::kNotFound, "no pack '" + id + "' is installed", "strongroom policy list");
  if (arguments.Has("source")) {
    session.output().Text(AsText(source->pack));
    return {};
  }
  SR_ASSIGN_OR_RETURN(const policy::Pack pack, policy::LoadPack(*source));
  std::string text =
      pack.id + " version " + std::to_string(pack.version) + " by " + pack.authority + "\n" + pack.title +
      "\nvalid from " + Day(pack.valid.from) + (pack.valid.until ? " until " + Day(pack.valid.until) : "") +
      "; checked against its sources on " + Day(pack.verified_on) + "\nSHA-256 " + Hex(pack.digest) + "\n";
  envelope::Json::Array rules;
  for (const policy::Rule& rule : pack.rules) {
    text += Render(rule);
    rules.push_back(RuleJson(rule));
  }
  for (const policy::RegionList& list : pack.lists)
    text += "\nlist " + list.id + ": " + list.title + " [" + list.citation + "]\n";
  session.output().Line(text);
  envelope::ObjectBuilder members;
  members.String("id", pack.id)
      .Integer("version", pack.version)
      .String("authority", pack.authority)
      .String("title", pack.title);
  members.Digest("digest", pack.digest)
      .OptionalTime("valid_from", pack.valid.from)
      .OptionalTime("valid_until", pack.valid.until);
  members.Value("rules", std::move(rules));
  session.output().Object("pack", std::move(members));
  return {};
}

}  // namespace

constexpr Command kPolicyCheck = {
    .name = "policy check",
    .summary = "ask the packs a question; exit 0 only on permit",
    .description =
        "Evaluates packs on the facts of a file and tells which rules decided, with citations, and which "
        "facts were missing. Needs no home, asks no TPM "
        "and opens nothing.\n\n"
        "The outcome is permit, needs_licence, deny or unknown; all but permit exit with 5. docs/POLICY.md "
        "lists the facts.",
    .positionals = {},
    .options = kCheckOptions,
    .examples = kCheckExamples,
    .run = Check,
};

constexpr Command kPolicyShow = {
    .name = "policy show",
    .summary = "read a pack: its rules, reasons and citations",
    .description = "Shows a pack for people, or with --source its text as it was written. Needs no home.",
    .positionals = kShowPositionals,
    .options = kShowOptions,
    .examples = kShowExamples,
    .run = Show,
};

}  // namespace strongroom::cli
