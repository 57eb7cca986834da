// strongroom log prove: a record, and the proof that it is in the log, in two files for whoever has the log's
// key.
#include "cosigners.h"
#include "log_source.h"
#include "strongroom/log/tlog_proof.h"
#include "units.h"
#include "unlock_options.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "INDEX", .help = "the record's number, as log show tells it"}};
constexpr std::array<Option, 1> kOwnOptions = {{
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .help = "writes FILE.json and FILE.tlog-proof; else record-INDEX",
     .completion = Completion::kFile},
}};
constexpr auto kOptions = Join(kOwnOptions, kLogSourceOptions);
constexpr Example kExamples[] = {
    {"strongroom log prove 17", "record-17.json and record-17.tlog-proof, for an auditor"},
    {"strongroom log verify-proof record-17.json record-17.tlog-proof --key VKEY", "what the auditor does"},
};

// The proof under the published checkpoint, for that may be cosigned; under the head for a record that is
// newer.
Expected<log::TlogProof> ProveBest(PublishedLog& log, std::uint64_t index) {
  if (index >= log.checkpoint.size) return log.reader.Prove(index);
  log::TlogProof proof{.index = index, .hashes = {}, .checkpoint_note = log.note, .extra = std::nullopt};
  log::TiledTree tree(log.reader.tiles(), log.checkpoint.size);
  SR_ASSIGN_OR_RETURN(proof.hashes, tree.InclusionProof(index));
  return proof;
}

Status RefuseExisting(FileSystem& files, const std::string& path) {
  if (!files.Stat(path)) return {};
  return Fail(ErrorCode::kExists, path + " is there already", "choose another name with --output");
}

struct Paths {
  std::string record, proof;
};

Status WriteProof(Session& session, const LogSource& source, std::uint64_t index, const Paths& paths) {
  SR_ASSIGN_OR_RETURN(PublishedLog log, source.OpenPublished());
  SR_RETURN_IF_ERROR(source.CheckRemembered(log.reader));
  SR_ASSIGN_OR_RETURN(const Bytes entry, log.reader.Entry(index));
  SR_ASSIGN_OR_RETURN(const log::TlogProof proof, ProveBest(log, index));
  SR_ASSIGN_OR_RETURN(const log::WitnessedCheckpoint shown,
                      log::VerifyTlogProof(proof, entry, source.keys(), log::WitnessPolicy(), std::nullopt));
  SR_RETURN_IF_ERROR(WriteDurably(session.files(), paths.record, entry));
  SR_RETURN_IF_ERROR(WriteDurably(session.files(), paths.proof, AsBytes(log::SerializeTlogProof(proof))));
  session.output().Line(paths.record + " and " + paths.proof + " show that record " + std::to_string(index) +
                        " is among the " + Count(shown.checkpoint.size, "record") + " of " +
                        Printable(shown.checkpoint.origin));
  envelope::ObjectBuilder members;
  members.Integer("index", index)
      .Integer("size", shown.checkpoint.size)
      .String("origin", shown.checkpoint.origin)
      .String("record", paths.record)
      .String("proof", paths.proof);
  session.output().Object("proof", std::move(members));
  // Which policy must be met is for the recipient to say; that of the home tells whether its own would be.
  SR_ASSIGN_OR_RETURN(const log::WitnessPolicy policy, ReadHomePolicy(session, source.home()));
  if (!log::VerifyTlogProof(proof, entry, source.keys(), policy, std::nullopt))
    session.output().Warn("no quorum of the home's witnesses has cosigned a checkpoint over this record yet");
  return {};
}

Status Prove(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const auto index, arguments.Number("INDEX", 0, UINT64_MAX));
  const std::string name = arguments.Optional("output").value_or("record-" + std::to_string(*index));
  if (name == "-") {
    return Fail(ErrorCode::kInvalidArgument, "a record and its proof are two files, and no stream",
                "name them with --output FILE; strongroom log show --index " + std::to_string(*index) +
                    " --json prints the record");
  }
  const Paths paths{name + ".json", name + ".tlog-proof"};
  SR_RETURN_IF_ERROR(RefuseExisting(session.files(), paths.record));
  SR_RETURN_IF_ERROR(RefuseExisting(session.files(), paths.proof));
  SR_ASSIGN_OR_RETURN(const LogSource source, LogSource::Choose(session, arguments));
  return source.Explain(WriteProof(session, source, *index, paths));
}

}  // namespace

constexpr Command kLogProve = {
    .name = "log prove",
    .summary = "write a record and the proof that it is in the log",
    .description =
        "Writes two files: FILE.json is the record, byte for byte as it stands in the log, and "
        "FILE.tlog-proof the proof in the text form of c2sp.org/tlog-proof. Whoever has both and the log's "
        "verifier key needs neither the log nor a network to check them, with log verify-proof or by another "
        "program.\n\nThe proof is made under the newest published checkpoint, with the cosignatures that it "
        "has; under the log's newest one for a record that is not published yet. Standard output, as '-', is "
        "refused: it is one stream.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Prove,
};

}  // namespace strongroom::cli
