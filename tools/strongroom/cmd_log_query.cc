// strongroom log query: the records about one bundle, and the proof that they are all.
#include <algorithm>
#include <set>

#include "log_answer_text.h"
#include "log_entry_text.h"
#include "log_source.h"
#include "log_trust.h"
#include "cosigners.h"
#include "strongroom/log/completeness.h"
#include "unlock_options.h"

namespace strongroom::cli {
namespace {

constexpr std::array<Option, 3> kOwnOptions = {{
    {.name = "bundle",
     .value = "ID",
     .help = "the bundle's id, or its instance, which all of its records have; without --complete the first "
             "digits suffice",
     .required = true},
    {.name = "complete", .help = "prove that no record is missing"},
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .help = "write the proof, for log verify-query; with --complete",
     .completion = Completion::kFile},
}};
constexpr auto kOptions = Join(kOwnOptions, kLogSourceOptions);
constexpr Example kExamples[] = {
    {"strongroom log query --bundle 5f3a", "every access to the bundle whose id begins so"},
    {"strongroom log query --bundle ID --complete -o answer", "the same, with a proof for an auditor"},
    {"strongroom log verify-query answer --key VKEY", "what the auditor does"},
};

// PrefixMatch finds records by the first digits of an id or an instance, and which these were.
class PrefixMatch {
 public:
  explicit PrefixMatch(std::string prefix) : prefix_(std::move(prefix)) {}

  bool Matches(const log::AccessRecord& record) {
    if (!record.bundle) return false;
    const bool by_instance = Take(record.bundle->instance);
    return (record.bundle->id && Take(*record.bundle->id)) || by_instance;
  }

  // kInvalidArgument if the digits are the first of more than one.
  [[nodiscard]] Status CheckUnique() const {
    if (keys_.size() < 2) return {};
    Error error(ErrorCode::kInvalidArgument, "more than one bundle's id or instance begins with " + prefix_,
                "give more digits");
    for (const Digest& key : keys_) error.why.push_back(Hex(key));
    return std::unexpected(std::move(error));
  }

 private:
  bool Take(const Digest& key) {
    if (!Hex(key).starts_with(prefix_)) return false;
    keys_.insert(key);
    return true;
  }

  std::string prefix_;
  std::set<Digest> keys_;
};

Expected<std::string> ReadPrefix(const std::string& text) {
  std::string digits = text;
  for (char& c : digits) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  }
  const bool hexadecimal = digits.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (hexadecimal && !digits.empty() && digits.size() <= 2 * sizeof(Digest)) return digits;
  return Fail(ErrorCode::kInvalidArgument,
              "--bundle must be up to 64 hexadecimal digits, not '" + text + "'");
}

struct Found {
  std::uint64_t index;
  log::AccessRecord record;
};

Status List(Session& session, const LogSource& source, std::string prefix) {
  SR_ASSIGN_OR_RETURN(log::LogReader reader, source.Open());
  PrefixMatch match(std::move(prefix));
  std::vector<Found> found;
  SR_RETURN_IF_ERROR(reader.Visit(0, reader.head().size, [&](std::uint64_t index, ByteView bytes) -> Status {
    SR_ASSIGN_OR_RETURN(const log::Entry entry, ParseEntryAt(index, bytes));
    const auto* record = std::get_if<log::AccessRecord>(&entry);
    if (record != nullptr && match.Matches(*record)) found.push_back({index, *record});
    return {};
  }));
  SR_RETURN_IF_ERROR(match.CheckUnique());
  Table table = LogEntryTable();
  for (const Found& each : found) {
    table.Row(LogEntryRow(each.index, each.record));
    if (!session.output().json()) continue;
    SR_RETURN_IF_ERROR(EmitLogEntry(session.output(), each.index, log::SerializeAccessRecord(each.record)));
  }
  session.output().Line(table.Render());
  return {};
}

// The proof is made under the published checkpoint, for that may be cosigned.
Status Answer(Session& session, const LogSource& source, const Digest& key,
              const std::optional<std::string>& path) {
  SR_ASSIGN_OR_RETURN(PublishedLog log, source.OpenPublished());
  SR_RETURN_IF_ERROR(source.CheckRemembered(log.reader));
  SR_ASSIGN_OR_RETURN(log::LogReader reader, log::LogReader::Open(source.tiles(), log.note, source.keys()));
  SR_ASSIGN_OR_RETURN(const log::CompletenessProof proof, log::BuildCompletenessProof(reader, key));
  const log::WitnessPolicy nobody;
  SR_ASSIGN_OR_RETURN(const log::CompleteAnswer answer,
                      log::VerifyCompleteness(proof, {.key = key}, source.keys(), nobody, std::nullopt));
  if (path) {
    SR_RETURN_IF_ERROR(WriteDurably(session.files(), *path, AsBytes(log::SerializeCompletenessProof(proof))));
  }
  SR_RETURN_IF_ERROR(ReportAnswer(session.output(), key, answer, nobody));
  // Which policy must be met is for the recipient to say; that of the home tells whether its own would be.
  SR_ASSIGN_OR_RETURN(const log::WitnessPolicy policy, ReadHomePolicy(session, source.home()));
  if (!log::VerifyWitnessedCheckpoint(log.note, source.keys(), policy, std::nullopt))
    session.output().Warn("no quorum of the home's witnesses has cosigned the checkpoint of this answer");
  return {};
}

Status QueryComplete(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const Digest key, ParseBundleKey(arguments.Text("bundle"), "--bundle"));
  const auto path = arguments.Optional("output");
  if (path && session.files().Stat(*path))
    return Fail(ErrorCode::kExists, *path + " is there already", "choose another name with --output");
  SR_ASSIGN_OR_RETURN(const LogSource source, LogSource::Choose(session, arguments));
  return source.Explain(Answer(session, source, key, path));
}

Status Query(Session& session, const Arguments& arguments) {
  if (arguments.Has("complete")) return QueryComplete(session, arguments);
  if (arguments.Has("output"))
    return Fail(ErrorCode::kInvalidArgument, "--output is for the proof that --complete makes");
  SR_ASSIGN_OR_RETURN(std::string prefix, ReadPrefix(arguments.Text("bundle")));
  SR_ASSIGN_OR_RETURN(const LogSource source, LogSource::Choose(session, arguments));
  return source.Explain(List(session, source, std::move(prefix)));
}

}  // namespace

constexpr Command kLogQuery = {
    .name = "log query",
    .summary = "every record about one bundle, with a proof that none is missing",
    .description =
        "Shows the records that name a bundle, by its id or its instance. The id is in the records since the "
        "bundle was sealed; the instance is in all of them.\n\nWith --complete, the answer comes with a "
        "proof that it leaves nothing out, made from the index that the log commits to. -o writes it to a "
        "file that anybody can check with log verify-query, offline and with the log's verifier key alone. "
        "It is made under the newest published checkpoint and says nothing of what was logged later. "
        "docs/LOG.md says what an operator who lies can still do, and who notices.",
    .positionals = {},
    .options = kOptions,
    .examples = kExamples,
    .run = Query,
};

}  // namespace strongroom::cli
