// strongroom log verify-proof: a record and its proof, checked offline with the log's public key.
#include "log_entry_text.h"
#include "log_trust.h"
#include "cosigners.h"
#include "strongroom/log/tlog_proof.h"
#include "units.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "RECORD", .help = "the record, as log prove wrote it", .completion = Completion::kFile},
    {.name = "PROOF", .help = "its proof, a .tlog-proof file", .completion = Completion::kFile},
};
constexpr Option kOptions[] = {
    {.name = "key",
     .value = "VKEY",
     .help = "the log's verifier key, from anybody but who gave you the proof; else the home's",
     .repeatable = true},
    kPolicyOption,
    {.name = "expect-bundle",
     .value = "ID",
     .help = "refuse a record that is not about the bundle of this id or instance"},
    {.name = "expect-index", .value = "N", .help = "refuse a record that is not at this place of the log"},
};
constexpr Example kExamples[] = {
    {"strongroom log verify-proof record-17.json record-17.tlog-proof --key VKEY",
     "is this record in that log?"},
    {"strongroom log verify-proof r.json r.tlog-proof --key VKEY --policy witnesses --expect-bundle ID",
     "and is it about this bundle, and did enough witnesses see the log?"},
};

Expected<log::TlogProof> ReadProof(Session& session, const std::string& path) {
  SR_ASSIGN_OR_RETURN(const Bytes text, ReadWhole(session.files(), path, log::kMaxTlogProofSize));
  auto proof = log::ParseTlogProof(AsText(text));
  if (!proof) return std::unexpected(std::move(proof).error().With(path));
  if (!proof->extra) return proof;
  return Fail(ErrorCode::kMalformed, path + ": it has an extra line, for which nothing vouches");
}

// What was asked about, beyond being in the log.
struct Expectation {
  std::optional<Digest> bundle;
  std::optional<std::uint64_t> index;
};

Expected<Expectation> ReadExpectation(const Arguments& arguments) {
  Expectation expected;
  SR_ASSIGN_OR_RETURN(expected.index, arguments.Number("expect-index", 0, UINT64_MAX));
  if (const auto text = arguments.Optional("expect-bundle")) {
    SR_ASSIGN_OR_RETURN(expected.bundle, ParseBundleKey(*text, "--expect-bundle"));
  }
  return expected;
}

Status CheckExpected(const Expectation& expected, std::uint64_t index, const log::Entry& entry) {
  if (expected.index && *expected.index != index) {
    return Fail(ErrorCode::kAltered, "the proof is of record " + std::to_string(index) + ", not of record " +
                                         std::to_string(*expected.index));
  }
  if (!expected.bundle) return {};
  const auto* record = std::get_if<log::AccessRecord>(&entry);
  if (record == nullptr || !record->bundle) return Fail(ErrorCode::kAltered, "the record is about no bundle");
  if (record->bundle->instance == *expected.bundle || record->bundle->id == *expected.bundle) return {};
  return Fail(ErrorCode::kAltered,
              "the record is about another bundle, of instance " + Hex(record->bundle->instance));
}

void Tell(Output& output, const LogTrust& trust, const log::WitnessedCheckpoint& shown) {
  const std::string witnesses = WitnessText(trust.policy, shown);
  Table table({"log", Printable(shown.checkpoint.origin)});
  table.Row({"records", std::to_string(shown.checkpoint.size)});
  table.Row({"root", Hex(shown.checkpoint.root)});
  table.Row({"witnesses", witnesses.empty() ? "none asked for" : witnesses});
  output.Line("the record is in the log\n" + table.Render());
  envelope::ObjectBuilder members;
  members.String("origin", shown.checkpoint.origin)
      .Integer("size", shown.checkpoint.size)
      .Digest("root", shown.checkpoint.root)
      .Value("witnesses", WitnessJson(trust.policy, shown));
  output.Object("log", std::move(members));
}

Status VerifyProof(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const Expectation expected, ReadExpectation(arguments));
  SR_ASSIGN_OR_RETURN(const LogTrust trust, ReadLogTrust(session, arguments));
  const std::string record_path = arguments.Text("RECORD");
  SR_ASSIGN_OR_RETURN(const Bytes bytes, ReadWhole(session.files(), record_path, log::kMaxRecordSize));
  SR_ASSIGN_OR_RETURN(const log::TlogProof proof, ReadProof(session, arguments.Text("PROOF")));
  const auto entry = log::ParseEntry(bytes);
  if (!entry) return std::unexpected(Error(entry.error()).With(record_path));
  SR_ASSIGN_OR_RETURN(const log::WitnessedCheckpoint shown,
                      log::VerifyTlogProof(proof, bytes, trust.keys, trust.policy, std::nullopt));
  SR_RETURN_IF_ERROR(CheckSucceeded(session, trust, proof.checkpoint_note));
  SR_RETURN_IF_ERROR(CheckExpected(expected, proof.index, *entry));
  Tell(session.output(), trust, shown);
  SR_ASSIGN_OR_RETURN(const std::string text, LogEntryText(proof.index, bytes));
  session.output().Line("\n" + text);
  return EmitLogEntry(session.output(), proof.index, bytes);
}

}  // namespace

constexpr Command kLogVerifyProof = {
    .name = "log verify-proof",
    .summary = "check that a record is in a log, offline",
    .description =
        "Takes a record and its proof, as log prove writes them, and the log's verifier key, and needs "
        "nothing "
        "else: neither the log nor a network, nor a home if --key is given. Shows what is proven: the log, "
        "the "
        "record's place in it, who cosigned and when, and everything that the record says.\n\nA proof shows "
        "that "
        "these bytes are in that log, and not that they are what you asked about: read the record, or say "
        "what "
        "it must be about with --expect-bundle and --expect-index.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = VerifyProof,
};

}  // namespace strongroom::cli
