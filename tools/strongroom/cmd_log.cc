// strongroom log show, verify.
#include <deque>

#include "session.h"
#include "strongroom/log/log.h"
#include "units.h"

namespace strongroom::cli {
namespace {

constexpr std::size_t kMaxCheckpoint = 64 << 10;

constexpr Option kShowOptions[] = {
    {.name = "last", .value = "N", .help = "only the last N records"},
};
constexpr Example kShowExamples[] = {
    {"strongroom log show --last 10", "the latest accesses and refusals"},
    {"strongroom log show --json", "every record in full, one a line"},
};
constexpr Option kVerifyOptions[] = {
    {.name = "old",
     .value = "FILE",
     .help = "a signed checkpoint kept from before, which the log must extend; else the one that the home "
             "remembers",
     .completion = Completion::kFile},
    {.name = "log",
     .value = "DIR",
     .help = "the log's directory, for an auditor without the home; needs --key",
     .completion = Completion::kDirectory},
    {.name = "key", .value = "VKEY", .help = "the log's verifier key, with --log"},
};
constexpr Example kVerifyExamples[] = {
    {"strongroom log verify", "is every record as it was written?"},
    {"strongroom log verify --log copy/log --key VKEY --old checkpoint.2026-10",
     "an auditor's check of a copy, against a checkpoint kept elsewhere"},
};

struct LogPlace {
  std::string directory;
  envelope::NoteKey key;
  std::optional<log::Checkpoint> remembered;
};

Expected<LogPlace> HomeLog(const home::Home& home) {
  SR_ASSIGN_OR_RETURN(envelope::NoteKey key, home.LogKey());
  return LogPlace{.directory = home.LogDirectory(), .key = std::move(key), .remembered = std::nullopt};
}

std::string Shorten(const std::string& text, std::size_t most) {
  return text.size() <= most ? text : text.substr(0, most - 3) + "...";
}

std::vector<std::string> Cells(std::uint64_t index, const log::AccessRecord& record) {
  const bool named = record.bundle && record.bundle->id;
  std::string rules;
  if (record.decision) {
    for (const log::DecisionStep& step : record.decision->path)
      rules += (rules.empty() ? "" : " ") + step.rule;
  }
  const bool by_rule = record.reasons.empty() || (record.outcome == log::Outcome::kRefuse && !rules.empty());
  const std::string why = by_rule ? rules : record.reasons.front();
  return {std::to_string(index),
          ToRfc3339(record.time),
          std::string(log::Name(record.action)),
          std::string(log::Name(record.outcome)),
          named ? Hex(*record.bundle->id).substr(0, 12) : "-",
          record.keyslot ? record.keyslot->kind + " " + std::to_string(record.keyslot->index) : "-",
          record.place ? record.place->country + " (" + record.place->basis + ")" : "-",
          Printable(Shorten(why, 100))};
}

Status Emit(Output& output, std::uint64_t index, const log::AccessRecord& record) {
  SR_ASSIGN_OR_RETURN(envelope::Json json, envelope::ParseJson(log::SerializeAccessRecord(record)));
  envelope::ObjectBuilder members;
  members.Integer("index", index).Value("record", std::move(json));
  output.Object("record", std::move(members));
  return {};
}

Status Show(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const auto last, arguments.Number("last", 1, UINT64_MAX));
  SR_ASSIGN_OR_RETURN(const home::Home home, session.OpenHome());
  SR_ASSIGN_OR_RETURN(const LogPlace place, HomeLog(home));
  std::deque<std::pair<std::uint64_t, log::AccessRecord>> records;
  const auto verified = log::VerifyLog(session.files(), place.directory, place.key, place.remembered,
                                       [&](std::uint64_t index, const log::AccessRecord& record) {
                                         records.emplace_back(index, record);
                                         if (last && records.size() > *last) records.pop_front();
                                       });
  Table table({"#", "TIME", "ACTION", "OUTCOME", "BUNDLE", "KEYSLOT", "PLACE", "WHY"}, {true});
  for (const auto& [index, record] : records) {
    table.Row(Cells(index, record));
    SR_RETURN_IF_ERROR(Emit(session.output(), index, record));
  }
  session.output().Line(table.Render());
  if (!verified) return std::unexpected(verified.error());
  return {};
}

Expected<LogPlace> PlaceToVerify(Session& session, const Arguments& arguments) {
  if (arguments.Has("log") != arguments.Has("key"))
    return Fail(ErrorCode::kInvalidArgument, "--log and --key go together");
  LogPlace place;
  if (arguments.Has("log")) {
    auto key = envelope::ParseNoteKey(arguments.Text("key"));
    if (!key) return std::unexpected(AsUsage(std::move(key).error()).With("--key"));
    place = {.directory = arguments.Text("log"), .key = *std::move(key), .remembered = std::nullopt};
  } else {
    SR_ASSIGN_OR_RETURN(const home::Home home, session.OpenHome());
    SR_ASSIGN_OR_RETURN(place, HomeLog(home));
    auto remembered = home.RememberedCheckpoint();
    if (!remembered && !arguments.Has("old")) return std::unexpected(std::move(remembered).error());
    if (remembered) place.remembered = *std::move(remembered);
  }
  if (const auto old = arguments.Optional("old")) {
    SR_ASSIGN_OR_RETURN(const Bytes note, ReadWhole(session.files(), *old, kMaxCheckpoint));
    auto checkpoint = log::VerifyCheckpoint(AsText(note), place.key);
    if (!checkpoint) return std::unexpected(std::move(checkpoint).error().With(*old));
    place.remembered = *std::move(checkpoint);
  }
  return place;
}

Status Verify(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const LogPlace place, PlaceToVerify(session, arguments));
  SR_ASSIGN_OR_RETURN(const log::LogVerification verified,
                      log::VerifyLog(session.files(), place.directory, place.key, place.remembered));
  Output& output = session.output();
  output.Line("every record and signature holds\nlog      " + verified.checkpoint.origin + "\nrecords  " +
              std::to_string(verified.checkpoint.size) + "\nroot     " + Hex(verified.checkpoint.root) +
              "\nanchor   " + verified.anchor +
              (place.remembered ? " of " + Count(place.remembered->size, "record") : ""));
  if (verified.unacknowledged_bytes > 0) {
    output.Note(Count(verified.unacknowledged_bytes, "byte") +
                " at the end are what a stopped writer left: nobody was answered for them");
  }
  if (!place.remembered)
    output.Warn("nothing anchors this log: a shorter, older copy of it would look as good");
  envelope::ObjectBuilder members;
  members.String("origin", verified.checkpoint.origin)
      .Integer("size", verified.checkpoint.size)
      .Digest("root", verified.checkpoint.root);
  members.String("anchor", verified.anchor).Integer("unacknowledged_bytes", verified.unacknowledged_bytes);
  output.Object("log", std::move(members));
  return {};
}

}  // namespace

constexpr Command kLogShow = {
    .name = "log show",
    .summary = "show the access records",
    .description =
        "One line for each seal, open, list and refusal, with the bundle's id, the keyslot, the place and "
        "the reason. Records name bundles by id, never "
        "by label or file name. With --json, each record in full.\n\nThe log is checked while it is read: if "
        "anything in it is wrong, the command fails after showing it.",
    .positionals = {},
    .options = kShowOptions,
    .examples = kShowExamples,
    .run = Show,
};

constexpr Command kLogVerify = {
    .name = "log verify",
    .summary = "check the log, from the bytes on the disk alone",
    .description =
        "Derives everything anew: every record, every signed checkpoint, the order of times, and that "
        "nothing was taken off the end since the checkpoint "
        "that the home, or --old, remembers. Names the exact record that is wrong, and says what anchors the "
        "log against being rolled back.",
    .positionals = {},
    .options = kVerifyOptions,
    .examples = kVerifyExamples,
    .run = Verify,
};

}  // namespace strongroom::cli
