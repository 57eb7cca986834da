// strongroom open: the model's files, decrypted, in a directory.
#include "embedded_node.h"
#include "output_path.h"
#include "strongroom/bundle/open.h"
#include "units.h"
#include "unlock_options.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "BUNDLE", .help = "the bundle's directory", .completion = Completion::kDirectory}};

constexpr auto kOptions =
    Join(kUnlockOptions, std::array<Option, 5>{{
                             {.name = "output",
                              .letter = 'o',
                              .value = "DIR",
                              .help = "where the files go; must not exist",
                              .required = true,
                              .completion = Completion::kDirectory},
                             {.name = "only",
                              .value = "GLOB",
                              .help = "only paths that match, where * and ? match / too",
                              .repeatable = true},
                             {.name = "resume", .help = "continue in what an interrupted run left"},
                             {.name = "force", .letter = 'f', .help = "replace DIR"},
                             {.name = "dry-run",
                              .letter = 'n',
                              .help = "check signatures, log and policy; touch no TPM, ask no passphrase, "
                                      "write nothing, not even a record"},
                         }});

constexpr Example kExamples[] = {
    {"strongroom open model.bundle -o model", "by this machine's TPM"},
    {"strongroom open model.bundle -o model --via recovery:passphrase.txt", "by a recovery passphrase"},
    {"strongroom open model.bundle -o part --only '*.json'", "only some files"},
    {"strongroom open model.bundle -o model --approval pcrs.approval",
     "after a firmware update that the owner approved"},
};

Status CheckOutput(FileSystem& files, const std::string& output, const Arguments& arguments) {
  const auto exists = [&](const std::string& path) { return files.Stat(path).has_value(); };
  if (arguments.Has("force")) return {};
  if (exists(output))
    return Fail(ErrorCode::kExists, output + " exists", "choose another directory, or --force to replace it");
  if (!arguments.Has("resume") && exists(output + ".partial")) {
    return Fail(ErrorCode::kExists, output + ".partial exists: an earlier run was interrupted",
                "--resume continues it, --force discards it");
  }
  return {};
}

// Takes away decrypted files that nobody is going to continue from.
Status Discard(FileSystem& files, const std::string& directory) {
  SR_RETURN_IF_ERROR(files.RemoveTree(directory + ".partial"));
  const auto removed = files.Remove(directory + ".partial.note");
  return removed || removed.error().code == ErrorCode::kNotFound ? Status() : removed;
}

Status DryRun(Session& session, const EmbeddedNode& embedded, const node::OpenRequest& request) {
  Output& output = session.output();
  SR_ASSIGN_OR_RETURN(const node::VerifiedBundle verified,
                      node::VerifyBundle(embedded.node(), request.bundle, request.expected_id));
  SR_ASSIGN_OR_RETURN(const release::Decision decision, node::Preview(embedded.node(), request));
  if (decision.outcome != release::Outcome::kPermit) return std::unexpected(release::Refusal(decision));
  output.Line("manifest  signed by a trusted owner; bundle " + Hex(verified.manifest.bundle_id));
  std::size_t index = 0;
  for (const keyslot::Keyslot& slot : verified.keyslots.slots)
    output.Line("keyslot   " + std::to_string(index++) + ": " + Describe(slot));
  output.Line("log       can be written\npolicy    permits:");
  for (const release::Finding& finding : decision.path)
    output.Line("          " + Printable(release::ToLine(finding)));
  output.Line("Nothing was written, recorded or unlocked.");
  envelope::ObjectBuilder members;
  members.Digest("bundle_id", verified.manifest.bundle_id).String("outcome", release::Name(decision.outcome));
  output.Object("dry_run", std::move(members));
  return {};
}

void Tell(Output& output, const std::string& directory, const node::UnlockedBundle& unlocked,
          const bundle::OpenTotals& totals) {
  output.Line("opened " + Printable(unlocked.verified.manifest.manifest.label) + " into " +
              Printable(directory) + ": " + Count(totals.files, "file") + ", " + FormatSize(totals.size) +
              ", by keyslot " + std::to_string(unlocked.keyslot));
  for (const std::string& obligation : unlocked.decision.obligations)
    output.Note("obligation: " + Printable(obligation));
  for (const std::string& flag : unlocked.decision.flags) output.Note("note: " + Printable(flag));
  envelope::ObjectBuilder members;
  members.String("output", directory)
      .Digest("bundle_id", unlocked.verified.manifest.bundle_id)
      .Integer("keyslot", unlocked.keyslot);
  members.Integer("files", totals.files)
      .Integer("bytes", totals.size)
      .Integer("resumed_files", totals.resumed_files);
  members.Strings("obligations", unlocked.decision.obligations).Strings("flags", unlocked.decision.flags);
  output.Object("opened", std::move(members));
}

Status Run(Session& session, const Arguments& arguments) {
  const std::string directory = arguments.Path("output");
  SR_ASSIGN_OR_RETURN(const node::OpenRequest request,
                      ReadOpenRequest(session, arguments, log::Action::kOpen));
  SR_ASSIGN_OR_RETURN(const unsigned threads, session.Threads());
  const bundle::OpenOptions options = {.only = arguments.All("only"),
                                       .resume = arguments.Has("resume"),
                                       .force = arguments.Has("force"),
                                       .threads = threads};
  SR_ASSIGN_OR_RETURN(const auto embedded, EmbeddedNode::Open(session));
  SR_RETURN_IF_ERROR(CheckOutput(session.files(), directory, arguments));
  for (const std::string& other : {request.bundle, embedded->home().path()})
    SR_RETURN_IF_ERROR(CheckApart(directory, other));
  if (arguments.Has("dry-run")) return DryRun(session, *embedded, request);

  SR_ASSIGN_OR_RETURN(const node::OpenedBundle opened, node::Open(embedded->node(), request));
  for (const std::string& warning : opened.unlocked.warnings) session.output().Warn(warning);
  const Interrupt::Graceful graceful(session.interrupt());
  Progress progress = session.NewProgress("open");
  auto totals = bundle::OpenInto(
      *opened.bundle, session.files(), directory, options,
      [&](const bundle::Progress& at) { progress.Update(at.done, at.total); }, session.interrupt().token());
  if (!totals) {
    Error error = std::move(totals).error();
    if (error.code == ErrorCode::kInterrupted)
      error.next = "the same command with --resume continues: " + directory + ".partial is kept";
    // Other errors may come before DIR.partial is this run's own.
    const bool damaged = error.code == ErrorCode::kAltered || error.code == ErrorCode::kTruncated;
    if (damaged && !options.resume) SR_RETURN_IF_ERROR(Discard(session.files(), directory));
    return std::unexpected(std::move(error));
  }
  Tell(session.output(), directory, opened.unlocked, *totals);
  return {};
}

}  // namespace

constexpr Command kOpen = {
    .name = "open",
    .summary = "decrypt a bundle into a directory, if the policy permits",
    .description =
        "In this order: the signatures of manifest and keyslots are verified, the access log must be "
        "writable, the policy packs that the owner named are "
        "asked, the access is recorded, and only then a keyslot is opened and the files are decrypted. What "
        "fails first decides the exit status.\n\n"
        "Every block is held against the owner's signed hashes before a byte of it is used. The files appear "
        "under DIR when all of them are right; until "
        "then they are in DIR.partial. open never repairs: strongroom repair does.\n\n"
        "tpm and recovery keyslots are cooperative: who is root on this machine, or knows the passphrase, "
        "can go around this program.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
