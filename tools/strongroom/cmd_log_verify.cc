// strongroom log verify: everything of a log anew, from its bytes and its public key.
#include "log_entry_text.h"
#include "log_source.h"
#include "log_witnesses.h"
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
  log::WitnessPolicy policy;
  log::WitnessedCheckpoint witnessed;
};

// The checkpoint of --old, or what the home remembers of its log.
struct Older {
  std::optional<log::Checkpoint> checkpoint;
  std::string what;
};

Expected<Older> ReadOlder(Session& session, const Arguments& arguments, const LogSource& source) {
  if (const auto path = arguments.Optional("old")) {
    SR_ASSIGN_OR_RETURN(const Bytes bytes, ReadWhole(session.files(), *path, log::kMaxCheckpointSize));
    auto note = envelope::ParseNote(AsText(bytes), log::kMaxCheckpointSize);
    if (!note) return std::unexpected(std::move(note).error().With(*path));
    auto checkpoint = log::VerifyCheckpoint(*note, source.keys());
    if (!checkpoint) return std::unexpected(std::move(checkpoint).error().With(*path));
    return Older{*std::move(checkpoint), "older checkpoint"};
  }
  if (!source.home()) return Older{};
  SR_ASSIGN_OR_RETURN(log::Checkpoint checkpoint, source.home()->RememberedCheckpoint());
  return Older{std::move(checkpoint), "remembered checkpoint"};
}

// EntryOrder holds entries to what their writer holds them to: each parses, and none is before another.
class EntryOrder {
 public:
  Status Take(std::uint64_t index, ByteView bytes) {
    const auto entry = ParseEntryAt(index, bytes);
    if (!entry) return Fail(ErrorCode::kAltered, entry.error().message);
    const Timestamp time = log::TimeOf(*entry);
    if (last_ && time < *last_) {
      return Fail(ErrorCode::kAltered,
                  "entry " + std::to_string(index) + ": its time is before that of the entry before it");
    }
    last_ = time;
    return {};
  }

 private:
  std::optional<Timestamp> last_;
};

// The journal is the log, and the other files derive from it, so that what is wrong with them alone can be
// mended.
Error DerivedOnly(Error error, const std::string& directory) {
  error.message = "the journal holds, but not what is derived from it for readers: public: " + error.message;
  error.next = "remove " + JoinPath(directory, "resume") + ": the next append makes those files anew";
  return error;
}

Status VerifyJournal(Session& session, const LogSource& source, const Older& older, std::uint64_t expected,
                     Findings& findings) {
  Progress progress = session.NewProgress("journal", ProgressUnit::kRecords);
  SR_ASSIGN_OR_RETURN(const log::LogVerification verified,
                      log::VerifyLog(session.files(), *source.directory(), source.keys().back(),
                                     older.checkpoint, [&](std::uint64_t index, const log::AccessRecord&) {
                                       progress.Update(index, expected);
                                     }));
  findings.unacknowledged_bytes = verified.unacknowledged_bytes;
  return {};
}

Status VerifyPublished(Session& session, const LogSource& source, const log::Checkpoint& head) {
  Progress progress = session.NewProgress("tiles", ProgressUnit::kRecords);
  EntryOrder order;
  return log::VerifyTiles(source.tiles(), head.size, head.root,
                          [&](std::uint64_t index, ByteView bytes) -> Status {
                            progress.Update(index, head.size);
                            return order.Take(index, bytes);
                          });
}

Status VerifyEverything(Session& session, const LogSource& source, const Older& older, Findings& findings) {
  auto opened = source.OpenPublished();
  if (source.directory()) {
    const std::uint64_t expected = opened ? opened->reader.head().size : 0;
    SR_RETURN_IF_ERROR(VerifyJournal(session, source, older, expected, findings));
    if (!opened) return std::unexpected(DerivedOnly(std::move(opened).error(), *source.directory()));
  }
  if (!opened) return std::unexpected(std::move(opened).error());
  findings.head = opened->reader.head();
  findings.published = opened->checkpoint.size;
  auto tiles = VerifyPublished(session, source, findings.head);
  if (!tiles && source.directory())
    return std::unexpected(DerivedOnly(std::move(tiles).error(), *source.directory()));
  if (!tiles) return tiles;
  if (!source.directory() && older.checkpoint)
    SR_RETURN_IF_ERROR(opened->reader.CheckExtends(*older.checkpoint));
  SR_ASSIGN_OR_RETURN(findings.witnessed, log::VerifyWitnessedCheckpoint(opened->note, source.keys(),
                                                                         findings.policy, std::nullopt));
  return {};
}

void Tell(Output& output, const Findings& findings) {
  Table table({"log", Printable(findings.head.origin)});
  table.Row({"records", std::to_string(findings.head.size)});
  table.Row({"root", Hex(findings.head.root)});
  if (findings.published != findings.head.size) table.Row({"published", Count(findings.published, "record")});
  const std::string witnesses = WitnessText(findings.policy, findings.witnessed);
  if (!witnesses.empty()) table.Row({"witnesses", witnesses});
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
      .Integer("unacknowledged_bytes", findings.unacknowledged_bytes);
  output.Object("log", std::move(members));
}

Status Verify(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const LogSource source, LogSource::Choose(session, arguments));
  SR_ASSIGN_OR_RETURN(const Older older, ReadOlder(session, arguments, source));
  Findings findings;
  SR_ASSIGN_OR_RETURN(findings.policy, ChoosePolicy(session, arguments, source.home()));
  SR_RETURN_IF_ERROR(VerifyEverything(session, source, older, findings));
  if (older.checkpoint)
    findings.anchors.push_back(older.what + " of " + Count(older.checkpoint->size, "record"));
  if (!findings.witnessed.cosignatures.empty())
    findings.anchors.push_back("witnesses of " + Count(findings.published, "record"));
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
