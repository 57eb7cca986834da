// strongroom policy check.
#include "pack_choice.h"
#include "policy_question.h"
#include "release_question.h"
#include "screening_facts.h"
#include "strongroom/policy/decision.h"
#include "strongroom/policy/fact_files.h"
#include "unlock_options.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "WHAT",
     .help = "a bundle: would this node get it? With --facts: a pack to ask, as by --pack",
     .optional = true,
     .repeatable = true,
     .completion = Completion::kDirectory}};
constexpr auto kOptions =
    Join(kScreeningOptions, std::array<Option, 3>{{
                                {.name = "facts",
                                 .value = "FILE",
                                 .help = "ask this question: facts as TOML; docs/POLICY.md lists them",
                                 .completion = Completion::kFile},
                                {.name = "pack",
                                 .value = "PACK",
                                 .help = "ask this pack, installed or a folder with pack.toml; every "
                                         "installed one where none is given, also those about other "
                                         "times and facts, so that seldom all permit",
                                 .repeatable = true,
                                 .completion = Completion::kDirectory},
                                kAtOption,
                            }});
constexpr Example kExamples[] = {
    {"strongroom policy check allied-nations --facts question.toml", "may it be decrypted there, today?"},
    {"strongroom policy check --facts question.toml --pack allied-nations --at 2025-01-01 --json",
     "what the pack said at another time, for a program"},
    {"strongroom policy check model.bundle", "would this node get it?"},
};

void Tell(Output& output, const policy::Decision& decision, envelope::ObjectBuilder members) {
  members.String("outcome", policy::Name(decision.outcome)).Value("decision", policy::DecisionJson(decision));
  output.Object("decision", std::move(members));
  for (const std::string& line : policy::Explain(decision)) output.Line(Printable(line));
}

Status ExitOf(const policy::Decision& decision, std::string next = {}) {
  if (decision.outcome == policy::Outcome::kPermit) return {};
  Error error(ErrorCode::kDenied,
              "the policy does not permit this: " + std::string(policy::Name(decision.outcome)),
              std::move(next));
  for (const policy::Step& step : decision.path) {
    if (step.outcome == decision.outcome)
      error.why.push_back(step.pack + " " + step.rule + ": " + policy::TellReason(step));
  }
  return std::unexpected(std::move(error));
}

std::vector<std::string> PacksNamed(const Arguments& arguments) {
  std::vector<std::string> names = arguments.All("WHAT");
  for (const std::string& name : arguments.All("pack")) names.push_back(name);
  return names;
}

Status CheckQuestion(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(policy::Facts facts, ReadQuestion(session, arguments));
  SR_RETURN_IF_ERROR(AddScreening(session, arguments, facts));
  SR_ASSIGN_OR_RETURN(const Timestamp at, TimeAsked(session, arguments));
  SR_ASSIGN_OR_RETURN(const PackChoice choice, ChoosePacks(session, PacksNamed(arguments)));
  SR_ASSIGN_OR_RETURN(const auto packs, policy::WithBases(choice.chosen, choice.available));
  const policy::Decision decision = policy::Evaluate(packs, facts, at);
  Tell(session.output(), decision, {});
  if (PacksNamed(arguments).empty()) {
    return ExitOf(decision,
                  "every installed pack was asked, also about other times and facts; name the packs to ask: "
                  "strongroom policy check PACK --facts FILE");
  }
  return ExitOf(decision, "strongroom policy explain tells what would change it");
}

void TellKeyslots(Output& output, const keyslot::KeyslotsDocument& keyslots) {
  std::size_t index = 0;
  for (const keyslot::Keyslot& slot : keyslots.slots)
    output.Line("keyslot " + std::to_string(index++) + ": " + Describe(slot));
}

Status CheckBundle(Session& session, const Arguments& arguments) {
  if (arguments.All("WHAT").size() > 1)
    return Fail(ErrorCode::kInvalidArgument, "one bundle is asked about at a time");
  for (const std::string_view option : {"pack", "screening", "downloaded"}) {
    if (arguments.Has(option))
      return Fail(ErrorCode::kInvalidArgument,
                  "--" + std::string(option) + " cannot stand beside a bundle, whose manifest says it");
  }
  SR_ASSIGN_OR_RETURN(const Timestamp at, TimeAsked(session, arguments));
  SR_ASSIGN_OR_RETURN(const auto embedded, EmbeddedNode::Open(session));
  SR_ASSIGN_OR_RETURN(const ReleaseQuestion question, ReadReleaseQuestion(*embedded, arguments.Path("WHAT")));
  SR_ASSIGN_OR_RETURN(const policy::Facts declared, ReadDeclaration(embedded->home()));
  SR_ASSIGN_OR_RETURN(const ReleaseAnswer answer,
                      AskForRelease(question, declared, embedded->GroundsWith(embedded->packs().packs), at));
  envelope::ObjectBuilder members;
  members.Digest("bundle_id", question.manifest.bundle_id)
      .String("label", question.manifest.label)
      .String("keyslot", answer.keyslot);
  Tell(session.output(), answer.decision, std::move(members));
  TellKeyslots(session.output(), question.keyslots);
  session.output().Line("asked about a " + answer.keyslot +
                        " keyslot; no TPM and no passphrase was asked, nothing was recorded");
  return ExitOf(answer.decision);
}

Status Run(Session& session, const Arguments& arguments) {
  if (arguments.Has("facts")) return CheckQuestion(session, arguments);
  if (arguments.Has("WHAT")) return CheckBundle(session, arguments);
  return Fail(ErrorCode::kInvalidArgument, "nothing is asked",
              "name a bundle, or a question by --facts FILE; strongroom policy show PACK --facts writes one "
              "to fill in");
}

}  // namespace

constexpr Command kPolicyCheck = {
    .name = "policy check",
    .summary = "ask the packs a question; exit 0 only on permit",
    .description =
        "With --facts: evaluates packs on the facts of a file, and the packs under them, and tells which "
        "rules decided, with citations, and which facts were missing. Needs no home.\n\n"
        "With a bundle: whether this node would get it. Its manifest is verified against the home's trust, "
        "and the packs that it names are asked about what node.toml declares and the licences on file. "
        "Nothing is recorded, and neither a TPM nor a passphrase is asked: open may still fail for want of a "
        "key.\n\n"
        "The outcome is permit, needs_licence, deny or unknown; all but permit exit with 5. docs/POLICY.md "
        "lists the facts.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
