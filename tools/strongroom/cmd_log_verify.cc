// strongroom log verify: everything of a log anew, from its bytes and its public key.
#include <algorithm>

#include "auditor_view.h"
#include "cosigners.h"
#include "log_anchors.h"
#include "log_entry_text.h"
#include "log_source.h"
#include "strongroom/log/entry_audit.h"
#include "strongroom/log/log.h"
#include "units.h"
#include "unlock_options.h"

namespace strongroom::cli {
namespace {

constexpr std::array<Option, 2> kOwnOptions = {{
    {.name = "old",
     .value = "FILE",
     .help = "a signed checkpoint kept from before, which the log must extend; else the one that the home "
             "remembers",
     .completion = Completion::kFile},
    kPolicyOption,
}};
constexpr auto kOptions = Join(kOwnOptions, kLogSourceOptions);
constexpr Example kExamples[] = {
    {"strongroom log verify", "is every record as it was written?"},
    {"strongroom log verify --log copy/log --key VKEY --old checkpoint.2026-10",
     "an auditor's check of a copy, against a checkpoint kept elsewhere"},
    {"strongroom log verify --url https://log.example.com/ --key VKEY --policy witnesses",
     "a published log, and whether enough witnesses saw it"},
};

// What holds.
struct Findings {
  log::Checkpoint head;
  std::uint64_t published = 0;             // entries under the published checkpoint
  std::vector<std::string> anchors;        // what speaks against a rollback
  std::uint64_t unacknowledged_bytes = 0;  // at the end of the journal
  log::SealedPartsReport sealed;           // where the log's own directory is at hand
  log::WitnessPolicy policy;
  log::WitnessedCheckpoint witnessed;
};

// The checkpoint of --old, or what the home remembers of its log.
struct Older {
  std::optional<log::Checkpoint> checkpoint;
  bool given = false;  // by --old
};

Expected<Older> ReadOlder(Session& session, const Arguments& arguments, const LogSource& source) {
  if (const auto path = arguments.Optional("old")) {
    SR_ASSIGN_OR_RETURN(const Bytes bytes, ReadWhole(session.files(), *path, log::kMaxCheckpointSize));
    auto checkpoint = log::VerifyCheckpoint(AsText(bytes), source.keys());
    if (!checkpoint) return std::unexpected(std::move(checkpoint).error().With(*path));
    return Older{*std::move(checkpoint), true};
  }
  if (!source.home()) return Older{};
  SR_ASSIGN_OR_RETURN(log::Checkpoint checkpoint, source.home()->RememberedCheckpoint());
  return Older{std::move(checkpoint), false};
}

Status TakeEntry(log::EntryAudit& audit, std::uint64_t index, ByteView bytes) {
  const auto entry = ParseEntryAt(index, bytes);
  if (!entry) return Fail(ErrorCode::kAltered, entry.error().message);
  Status taken = audit.Take(index, *entry);
  if (!taken) return std::unexpected(std::move(taken).error().With("entry " + std::to_string(index)));
  return taken;
}

// Holds the entries and tiles of a copy to its checkpoint, and the log to an older one.
Status VerifyCopy(Session& session, const LogSource& source, PublishedLog& log, const Older& older) {
  const log::Checkpoint& head = log.reader.head();
  Progress progress = session.NewProgress("entries", ProgressUnit::kRecords);
  log::EntryAudit audit(source.keys());
  SR_RETURN_IF_ERROR(log::VerifyTiles(source.tiles(), head.size, head.root,
                                      [&](std::uint64_t index, ByteView bytes) -> Status {
                                        progress.Update(index, head.size);
                                        return TakeEntry(audit, index, bytes);
                                      }));
  SR_ASSIGN_OR_RETURN(const envelope::Note note,
                      envelope::ParseNote(log.reader.head_note(), log::kMaxCheckpointSize));
  SR_ASSIGN_OR_RETURN(const std::vector<std::size_t> signers, envelope::VerifyNote(note, source.keys()));
  SR_RETURN_IF_ERROR(audit.CheckHead(signers));
  return older.checkpoint ? log.reader.CheckExtends(*older.checkpoint) : Status();
}

Expected<log::LogVerification> VerifyJournal(Session& session, const LogSource& source, const Older& older,
                                             std::uint64_t expected, log::SealedPartsCheck& sealed) {
  Progress progress = session.NewProgress("journal", ProgressUnit::kRecords);
  return log::VerifyLog(session.files(), *source.directory(), source.keys(), older.checkpoint,
                        [&](std::uint64_t index, const log::AccessRecord& record) {
                          progress.Update(index, expected);
                          sealed.Take(index, record);
                        });
}

// Holds what is derived from a journal that is right to that: entries need no second look.
Status VerifyDerived(Session& session, const LogSource& source, const Expected<PublishedLog>& log) {
  if (!log) return std::unexpected(log.error());
  const log::Checkpoint& head = log->reader.head();
  Progress progress = session.NewProgress("tiles", ProgressUnit::kRecords);
  return log::VerifyTiles(source.tiles(), head.size, head.root, [&](std::uint64_t index, ByteView) -> Status {
    progress.Update(index, head.size);
    return {};
  });
}

// The journal is the log, and the other files derive from it, so that what is wrong with them alone can be
// mended.
Error DerivedOnly(Error error, const LogSource& source) {
  error.message = "the journal holds, but not what is derived from it for readers: " + error.message;
  error.next = source.HowDerivedFilesAreMended();
  return error;
}

// Looks at every anchor of the home's log. The reader's head may be older than the journal's, which
// `verified` is.
Status CheckAnchors(Session& session, const home::Home& home, log::LogReader& reader,
                    const log::Checkpoint& verified, Findings& findings) {
  const auto holds = [&](const log::Checkpoint& older) {
    return older == verified ? Status() : reader.CheckExtends(older);
  };
  for (AnchorFinding& anchor : DescribeAnchors(session, home, holds)) {
    if (anchor.error) return std::unexpected(std::move(*anchor.error).With(anchor.text));
    findings.anchors.push_back(std::move(anchor.text));
  }
  return {};
}

Status VerifyOwn(Session& session, const LogSource& source, const Older& older, Expected<PublishedLog>& log,
                 Findings& findings) {
  const std::uint64_t expected = log ? log->reader.head().size : 0;
  SR_ASSIGN_OR_RETURN(auto sealed, log::SealedPartsCheck::Begin(session.files(), *source.directory()));
  SR_ASSIGN_OR_RETURN(const log::LogVerification verified,
                      VerifyJournal(session, source, older, expected, sealed));
  findings.sealed = std::move(sealed).Finish();
  SR_RETURN_IF_ERROR(CheckSealedParts(findings.sealed));
  findings.unacknowledged_bytes = verified.unacknowledged_bytes;
  if (auto derived = VerifyDerived(session, source, log); !derived)
    return std::unexpected(DerivedOnly(std::move(derived).error(), source));
  if (!source.home() || older.given) return {};
  return CheckAnchors(session, *source.home(), log->reader, verified.checkpoint, findings);
}

void Tell(Output& output, const Findings& findings) {
  Table table({"log", Printable(findings.head.origin)});
  table.Row({"records", std::to_string(findings.head.size)});
  table.Row({"root", Hex(findings.head.root)});
  if (findings.published != findings.head.size) table.Row({"published", Count(findings.published, "record")});
  const std::string witnesses = WitnessText(findings.policy, findings.witnessed);
  if (!witnesses.empty()) table.Row({"witnesses", witnesses});
  const std::string sealed = SealedPartsText(findings.sealed);
  if (!sealed.empty()) table.Row({"sealed", sealed});
  table.Row({"anchor", findings.anchors.empty() ? "none" : findings.anchors.front()});
  for (std::size_t i = 1; i < findings.anchors.size(); ++i) table.Row({"", findings.anchors[i]});
  output.Line("every record and signature holds\n" + table.Render());
  if (findings.unacknowledged_bytes > 0) {
    output.Note(Count(findings.unacknowledged_bytes, "byte") +
                " at the end of the journal are what a stopped writer left: nobody was answered for them");
  }
  if (findings.anchors.empty())
    output.Warn("nothing anchors this log: a shorter, older copy of it would look as good");
}

void Emit(Output& output, const Findings& findings) {
  envelope::ObjectBuilder members;
  members.String("origin", findings.head.origin)
      .Integer("size", findings.head.size)
      .Digest("root", findings.head.root)
      .Integer("published", findings.published)
      .Strings("anchors", findings.anchors)
      .String("anchor", findings.anchors.empty() ? "none" : findings.anchors.front())
      .Value("witnesses", WitnessJson(findings.policy, findings.witnessed))
      .Integer("unacknowledged_bytes", findings.unacknowledged_bytes)
      .Value("sealed_parts", SealedPartsJson(findings.sealed));
  output.Object("log", std::move(members));
}

Status Verify(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const LogSource source, LogSource::Choose(session, arguments));
  SR_ASSIGN_OR_RETURN(const Older older, ReadOlder(session, arguments, source));
  Findings findings;
  SR_ASSIGN_OR_RETURN(findings.policy, ChoosePolicy(session, arguments, source.home()));
  // Before the journal, so that a writer who appends meanwhile does no harm.
  Expected<PublishedLog> log = source.OpenPublished();
  if (source.directory()) {
    SR_RETURN_IF_ERROR(VerifyOwn(session, source, older, log, findings));
  } else {
    if (!log) return std::unexpected(std::move(log).error());
    SR_RETURN_IF_ERROR(VerifyCopy(session, source, *log, older));
  }
  if (older.given)
    findings.anchors.push_back("older checkpoint of " + Count(older.checkpoint->size, "record"));
  findings.head = log->reader.head();
  findings.published = log->checkpoint.size;
  SR_ASSIGN_OR_RETURN(findings.witnessed, log::VerifyWitnessedCheckpoint(log->note, source.keys(),
                                                                         findings.policy, std::nullopt));
  const std::string witnesses = "witnesses of " + Count(findings.published, "record");
  const bool is_named = std::ranges::find(findings.anchors, witnesses) != findings.anchors.end();
  if (!findings.witnessed.cosignatures.empty() && !is_named) findings.anchors.push_back(witnesses);
  Tell(session.output(), findings);
  Emit(session.output(), findings);
  return {};
}

}  // namespace

constexpr Command kLogVerify = {
    .name = "log verify",
    .summary = "check a whole log, from its bytes and its public key alone",
    .description =
        "Derives everything anew: every record, every signed checkpoint, the order of times, every tile, and "
        "that nothing was taken off the end since the checkpoint that the home, or --old, remembers. Names "
        "the exact record or tile that is wrong, and says what anchors the log against being rolled back: "
        "none, where nobody but the log itself remembers it.\n\nA log's own directory is checked from its "
        "journal, and then the files that are derived from it for readers; a published copy, or a log behind "
        "a URL, from its entry bundles. With --policy, a quorum of witnesses must have cosigned the "
        "published "
        "checkpoint.",
    .positionals = {},
    .options = kOptions,
    .examples = kExamples,
    .run = Verify,
};

}  // namespace strongroom::cli
