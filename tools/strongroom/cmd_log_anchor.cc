// strongroom log anchor: the log held against rollback by this machine's TPM.
#include "log_anchors.h"
#include "units.h"

namespace strongroom::cli {
namespace {

constexpr Option kOptions[] = {
    {.name = "tpm", .help = "anchor the log by a counter and a chain in this machine's TPM"},
    {.name = "every",
     .value = "N",
     .help = "with --tpm: anchor anew after each N records, 1 to 1000000; else after each one"},
    {.name = "remove", .help = "take the anchor away, from the TPM too"},
    {.name = "force", .letter = 'f', .help = "with --remove: also an anchor that does not hold"},
};
constexpr Example kExamples[] = {
    {"strongroom log anchor", "what holds the log against being rolled back?"},
    {"strongroom log anchor --tpm", "from now on, an older copy of this home is refused"},
    {"strongroom log anchor --remove --force", "go on from a restored backup, and record it"},
};

void Emit(Output& output, std::string_view action, const anchor::Standing& standing) {
  envelope::ObjectBuilder members;
  members.String("action", action)
      .Integer("counter", standing.counter)
      .Integer("count", standing.count)
      .Integer("size", standing.checkpoint.size)
      .Integer("every", standing.every);
  output.Object("anchor", std::move(members));
}

// Says in the log what became of its anchor.
Expected<log::Receipt> Record(log::Log& log, std::string what) {
  log::AccessRecord record;
  record.action = log::Action::kAnchor;
  record.outcome = log::Outcome::kDone;
  record.reasons = {std::move(what)};
  return log.Append(std::move(record));
}

Status Show(Session& session, const home::Home& home) {
  SR_ASSIGN_OR_RETURN(const auto log, home.OpenLog(session.clock()));
  bool outside = false;
  std::optional<Error> failure;
  for (AnchorFinding& finding : DescribeAnchors(session, home, HeldBy(*log))) {
    session.output().Line(finding.text + (finding.error ? ": does not hold" : ": holds"));
    envelope::ObjectBuilder members;
    members.String("action", "show").String("text", finding.text).Bool("holds", !finding.error);
    session.output().Object("anchor", std::move(members));
    outside = outside || finding.outside_home;
    if (finding.error) failure = std::move(finding.error);
  }
  if (failure) return std::unexpected(*std::move(failure));
  if (!outside)
    session.output().Note(
        "Nothing outside this home anchors its log: an older copy of all of it would look as good.");
  return {};
}

Status WarnOfSoftware(Session& session) {
  SR_ASSIGN_OR_RETURN(const tpm::Context context, session.TpmOpener()());
  if (context.identity().is_software)
    session.output().Warn(
        "this TPM is a program: whoever copies its files back with the home rolls back both");
  return {};
}

Status Set(Session& session, home::Home& home, std::uint64_t every) {
  SR_RETURN_IF_ERROR(WarnOfSoftware(session));
  SR_ASSIGN_OR_RETURN(const auto log, session.OpenLog(home));
  anchor::TpmAnchor anchor = TpmAnchorOf(session, home);
  SR_RETURN_IF_ERROR(anchor.Set(log->checkpoint(), every));
  SR_ASSIGN_OR_RETURN(const anchor::Standing first, anchor.Read());
  SR_ASSIGN_OR_RETURN(
      const log::Receipt receipt,
      Record(*log, "the log is anchored by a counter of the TPM, at " + std::to_string(first.count)));
  SR_RETURN_IF_ERROR(KeepCheckpoint(session, home, receipt));
  SR_ASSIGN_OR_RETURN(const anchor::Standing standing, anchor.Read());
  session.output().Line("anchored by the TPM: counter at " + std::to_string(standing.count) + ", of " +
                        Count(standing.checkpoint.size, "record"));
  Emit(session.output(), "set", standing);
  session.output().Note("Copies of this home that were made before know nothing of it: make a new backup.");
  return {};
}

// What the record of a removal says of the anchor. Other messages may name files, and the log may be public.
std::string Removed(const Status& held) {
  const std::string removed = "the log's anchor in the TPM was removed";
  if (held) return removed;
  const Error& error = held.error();
  return removed + ", although it did not hold: " +
         (error.code == ErrorCode::kRolledBack ? error.message : std::string(Name(error.code)));
}

Status Remove(Session& session, home::Home& home, bool force) {
  SR_ASSIGN_OR_RETURN(const auto log, session.OpenLog(home));
  const anchor::TpmAnchor anchor = TpmAnchorOf(session, home);
  const auto set = anchor.IsSet();
  if (set && !*set) return Fail(ErrorCode::kNotFound, "the log is not anchored in a TPM");
  const Status held = anchor.Check(HeldBy(*log));
  if (!held && !force) {
    Error error = held.error();
    error.next = "see docs/OPERATIONS.md, 'After a backup was restored'; --force removes it all the same";
    return std::unexpected(std::move(error));
  }
  SR_ASSIGN_OR_RETURN(const log::Receipt receipt, Record(*log, Removed(held)));
  SR_RETURN_IF_ERROR(home.RememberCheckpoint(receipt));
  SR_ASSIGN_OR_RETURN(const std::optional<Error> left, anchor.Remove());
  if (left) session.output().Warn("the TPM still has the anchor's indices: " + left->message);
  session.output().Line("the log is no longer anchored in the TPM");
  envelope::ObjectBuilder members;
  members.String("action", "removed").Bool("held", held.has_value()).Bool("indices_left", left.has_value());
  session.output().Object("anchor", std::move(members));
  return {};
}

Status Run(Session& session, const Arguments& arguments) {
  const bool tpm = arguments.Has("tpm");
  const bool remove = arguments.Has("remove");
  if (tpm && remove) return Fail(ErrorCode::kInvalidArgument, "--tpm and --remove exclude each other");
  if (arguments.Has("every") && !tpm) return Fail(ErrorCode::kInvalidArgument, "--every goes with --tpm");
  if (arguments.Has("force") && !remove)
    return Fail(ErrorCode::kInvalidArgument, "--force goes with --remove");
  SR_ASSIGN_OR_RETURN(const auto every, arguments.Number("every", 1, anchor::kMaxEvery));
  SR_ASSIGN_OR_RETURN(home::Home home, session.OpenHome());
  if (tpm) return Set(session, home, every.value_or(1));
  if (remove) return Remove(session, home, arguments.Has("force"));
  return Show(session, home);
}

}  // namespace

constexpr Command kLogAnchor = {
    .name = "log anchor",
    .summary = "hold the log against rollback by this machine's TPM",
    .description =
        "Shows what speaks against an older copy of the log: the checkpoint that the home remembers, and the "
        "TPM if the log is anchored there.\n\nWith --tpm, a counter in the TPM rises, and a chain there "
        "takes "
        "in the log's checkpoint, before each record is answered for. An older copy of the home that is put "
        "back is refused from then on, with exit status 8 for whatever needs a key, and so is a home whose "
        "TPM does not answer. Each time costs the TPM two writes, some 100 ms and some of its life: --every "
        "N "
        "anchors each N records alone, and leaves up to N - 1 of them open to a rollback.\n\nWith --remove, "
        "the anchor is taken away. One that does not hold is removed with --force only. Setting and removing "
        "are records of the log. docs/LOG.md says what an anchor is worth, docs/OPERATIONS.md how to go on "
        "after a backup was restored.",
    .positionals = {},
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
