// strongroom log checkpoint.
#include "session.h"
#include "witnesses.h"

namespace strongroom::cli {
namespace {

constexpr Option kCheckpointOptions[] = {
    {.name = "cosign",
     .help = "ask the witnesses that the file 'witnesses' in the home names, and publish what they cosign"},
};
constexpr Example kCheckpointExamples[] = {
    {"strongroom log checkpoint > checkpoint.2026-11",
     "keep it elsewhere: 'log verify --old' holds the log to it"},
    {"strongroom log checkpoint --cosign", "have the witnesses cosign what the log holds now"},
};

Status Show(Output& output, const std::string& note) {
  output.Line(note.ends_with('\n') ? std::string_view(note).substr(0, note.size() - 1) : note);
  SR_ASSIGN_OR_RETURN(const envelope::Note parsed, envelope::ParseNote(note, log::kMaxCheckpointSize));
  SR_ASSIGN_OR_RETURN(const log::Checkpoint checkpoint, log::ParseCheckpointText(parsed.text));
  envelope::ObjectBuilder members;
  members.String("origin", checkpoint.origin)
      .Integer("size", checkpoint.size)
      .Digest("root", checkpoint.root)
      .String("note", note);
  output.Object("checkpoint", std::move(members));
  return {};
}

void Report(Output& output, const log::WitnessPolicy::Witness& witness, const Status& outcome) {
  const std::string why = outcome ? "" : outcome.error().message;
  output.Note(Printable(witness.name + " (" + witness.operator_name + "): " + (outcome ? "cosigned" : why)));
  envelope::ObjectBuilder members;
  members.String("name", witness.name)
      .String("operator", witness.operator_name)
      .Bool("cosigned", outcome.has_value());
  if (!outcome) members.String("code", Name(outcome.error().code)).String("why", why);
  output.Object("asked_witness", std::move(members));
}

Status Cosign(Session& session, const home::Home& home) {
  SR_ASSIGN_OR_RETURN(const auto policy, ReadWitnessPolicy(session.files(), home));
  if (!policy) {
    return Fail(ErrorCode::kNotFound,
                home.PathOf("witnesses") + " is not there, so that there is nobody to ask",
                "write a policy file with the witnesses: docs/LOG.md");
  }
  SR_ASSIGN_OR_RETURN(const std::int64_t max_age, home.WitnessesMaxAge());
  SR_ASSIGN_OR_RETURN(const CosigningRun run,
                      CosignNewest(session.files(), home, session.clock(), *policy, max_age));
  for (std::size_t i = 0; i < run.cosigning.outcomes.size(); ++i) {
    Report(session.output(), policy->witnesses()[i], run.cosigning.outcomes[i]);
  }
  if (!run.quorum) return std::unexpected(QuorumError(*policy, run));
  return Show(session.output(), run.cosigning.note);
}

Status RunCheckpoint(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const home::Home home, session.OpenHome());
  if (arguments.Has("cosign")) return Cosign(session, home);
  SR_ASSIGN_OR_RETURN(const std::string note, NewestCheckpointNote(session.files(), home, session.clock()));
  return Show(session.output(), note);
}

}  // namespace

constexpr Command kLogCheckpoint = {
    .name = "log checkpoint",
    .summary = "print the log's newest checkpoint, cosigned if asked",
    .description =
        "Prints the signed checkpoint of the log: its name, its size, its root, and signatures. Whoever "
        "keeps it can "
        "tell later whether the log was changed or cut.\n\n"
        "With --cosign the witnesses of the home's policy are asked, all at once. Where a quorum cosigns, "
        "the checkpoint is published with their cosignatures; where it does not, the exit code is 11 and "
        "what was published before stays. Cosignatures from before count while they are no older than a "
        "release lets them be: an hour, or the seconds in the file 'witnesses.max-age' of the home. A "
        "witness that has seen more of this log than there is, or something else, "
        "is a sign "
        "that the log was put back from an older copy or forked: exit code 3.",
    .positionals = {},
    .options = kCheckpointOptions,
    .examples = kCheckpointExamples,
    .run = RunCheckpoint,
};

}  // namespace strongroom::cli
