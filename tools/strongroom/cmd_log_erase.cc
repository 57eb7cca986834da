// strongroom log erase: the contents of sealed parts, for good.
#include <algorithm>
#include <set>

#include "log_anchors.h"
#include "log_source.h"
#include "strongroom/log/sealed_files.h"
#include "units.h"

namespace strongroom::cli {
namespace {

constexpr std::size_t kCommitmentDigits = 64;

constexpr Positional kPositionals[] = {
    {.name = "WHAT",
     .help = "the number of a record, for all its sealed parts, or the commitment of one part",
     .optional = true},
};
constexpr Option kOptions[] = {
    {.name = "yes", .letter = 'y', .help = "erase: without it, only say what would be erased"},
    {.name = "orphans",
     .help = "instead: documents that no record commits to, which a stopped append left, older than an hour"},
};
constexpr Example kExamples[] = {
    {"strongroom log erase 17", "what would be erased of record 17"},
    {"strongroom log erase 17 --yes", "erase its sealed parts"},
    {"strongroom log erase --orphans --yes", "sweep up after appends that were stopped"},
};

// What is asked for: a record, or one commitment.
struct Wanted {
  std::optional<std::uint64_t> index;
  std::string commitment;
  [[nodiscard]] bool Matches(std::uint64_t of, const log::SealedPart& part) const {
    return index ? of == *index : Hex(part.commitment) == commitment;
  }
};

struct Target {
  std::uint64_t index = 0;
  log::SealedPart part;
  bool is_there = false;
  [[nodiscard]] std::string ToText() const {
    return std::string(log::Name(part.part)) + " of record " + std::to_string(index) + ", " +
           Hex(part.commitment);
  }
};

Expected<Wanted> ReadWanted(const Arguments& arguments) {
  const std::string text = arguments.Text("WHAT");
  if (text.size() == kCommitmentDigits) return Wanted{.index = std::nullopt, .commitment = text};
  const auto index = arguments.Number("WHAT", 0, UINT64_MAX);
  if (index && *index) return Wanted{.index = **index, .commitment = {}};
  return Fail(ErrorCode::kInvalidArgument,
              text.empty() ? "nothing says what to erase"
                           : "'" + text + "' is neither a record's number nor a commitment",
              "name a record's number, a commitment of 64 hexadecimal digits, or --orphans");
}

// Reads and verifies the whole log: nothing is erased on the word of a log that does not hold.
Status VerifyHomeLog(Session& session, const home::Home& home, const log::RecordVisitor& visit) {
  SR_ASSIGN_OR_RETURN(const std::vector<envelope::NoteKey> keys, home.LogKeys());
  SR_ASSIGN_OR_RETURN(const log::Checkpoint remembered, home.RememberedCheckpoint());
  SR_RETURN_IF_ERROR(log::VerifyLog(session.files(), home.LogDirectory(), keys, remembered, visit));
  return {};
}

// What is there still, and what is gone although no record says that it was erased.
Expected<std::vector<Target>> FindTargets(Session& session, const home::Home& home, const Wanted& wanted) {
  std::vector<Target> targets;
  std::set<Digest> erased;
  SR_RETURN_IF_ERROR(VerifyHomeLog(session, home, [&](std::uint64_t index, const log::AccessRecord& record) {
    for (const Digest& commitment : log::ErasedCommitments(record)) erased.insert(commitment);
    for (const log::SealedPart& part : record.sealed)
      if (wanted.Matches(index, part)) targets.push_back({index, part, false});
  }));
  const std::string what = wanted.index ? "record " + std::to_string(*wanted.index) : wanted.commitment;
  if (targets.empty()) return Fail(ErrorCode::kNotFound, "no sealed part of the log is that of " + what);
  for (Target& target : targets) {
    target.is_there =
        session.files().Stat(log::SealedPath(home.LogDirectory(), target.part.commitment)).has_value();
  }
  std::erase_if(targets, [&](const Target& target) {
    return !target.is_there && erased.contains(target.part.commitment);
  });
  if (targets.empty())
    return Fail(ErrorCode::kNotFound, "the sealed parts of " + what + " were erased before");
  return targets;
}

// The trace comes first: what was erased without one would look like a loss.
Status RecordErasure(Session& session, home::Home& home, const std::vector<Target>& targets) {
  SR_ASSIGN_OR_RETURN(const std::shared_ptr<log::Log> log, OpenAnchoredLog(session, home));
  log::AccessRecord record;
  record.action = log::Action::kErase;
  record.outcome = log::Outcome::kPermit;
  for (const Target& target : targets)
    record.reasons.push_back(log::ErasureReason(target.index, target.part));
  SR_ASSIGN_OR_RETURN(const log::Receipt receipt, log->Append(std::move(record)));
  return KeepCheckpoint(session, home, receipt);
}

void Tell(Output& output, const Target& target, bool erased) {
  output.Line((erased ? "erased        " : "would be erased  ") + target.ToText() +
              (target.is_there ? "" : " (its document was gone already)"));
  envelope::ObjectBuilder members;
  members.Integer("index", target.index)
      .String("part", log::Name(target.part.part))
      .Digest("commitment", target.part.commitment)
      .Bool("erased", erased)
      .Bool("was_missing", !target.is_there);
  output.Object("sealed_part", std::move(members));
}

Status EraseParts(Session& session, home::Home& home, const Wanted& wanted, bool confirmed) {
  SR_ASSIGN_OR_RETURN(const std::vector<Target> targets, FindTargets(session, home, wanted));
  if (confirmed) SR_RETURN_IF_ERROR(RecordErasure(session, home, targets));
  for (const Target& target : targets) {
    if (confirmed && target.is_there) {
      SR_RETURN_IF_ERROR(log::EraseSealed(session.files(), home.LogDirectory(), target.part.commitment));
    }
    Tell(session.output(), target, confirmed);
  }
  if (confirmed) return {};
  return Fail(ErrorCode::kInvalidArgument, "nothing was erased: it cannot be undone",
              "say --yes to erase what is listed");
}

Status EraseOrphans(Session& session, const home::Home& home, bool confirmed) {
  SR_ASSIGN_OR_RETURN(auto check, log::SealedPartsCheck::Begin(session.files(), home.LogDirectory()));
  SR_RETURN_IF_ERROR(VerifyHomeLog(session, home, [&](std::uint64_t index, const log::AccessRecord& record) {
    check.Take(index, record);
  }));
  const std::vector<Digest> orphans = std::move(check).Finish().orphans;
  std::uint64_t swept = 0;
  if (confirmed) {
    SR_ASSIGN_OR_RETURN(
        swept, log::SweepOrphans(session.files(), home.LogDirectory(), orphans, session.clock().Now()));
  }
  session.output().Line(Count(orphans.size(), "document") + " that no record commits to, " +
                        std::to_string(swept) + " erased");
  session.output().Object(
      "orphans",
      std::move(envelope::ObjectBuilder().Integer("found", orphans.size()).Integer("erased", swept)));
  return {};
}

Status Run(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(home::Home home, session.OpenHome());
  if (arguments.Has("orphans")) {
    if (arguments.Has("WHAT"))
      return Fail(ErrorCode::kInvalidArgument, "--orphans goes without a record or commitment");
    return EraseOrphans(session, home, arguments.Has("yes"));
  }
  SR_ASSIGN_OR_RETURN(const Wanted wanted, ReadWanted(arguments));
  return EraseParts(session, home, wanted, arguments.Has("yes"));
}

}  // namespace

constexpr Command kLogErase = {
    .name = "log erase",
    .summary = "erase what is sealed in access records, for good",
    .description =
        "Removes the sealed parts of one record, or one of them, so that no auditor can read them any more. "
        "The record itself, its proof and the commitment stay as they are: that there was an access cannot "
        "be erased. The erasure is recorded in the log before it is done.\n\nThe whole log is verified "
        "first, "
        "and "
        "nothing but documents that its records commit to is touched. Copies elsewhere, such as backups, are "
        "not reached. Documents that are gone although no record says so, which log verify complains of, are "
        "put "
        "on record as erased.\n\nWithout --yes it says what would be erased, and ends with exit code 2.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
