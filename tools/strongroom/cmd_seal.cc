// strongroom seal: makes a bundle of a model.
#include <algorithm>

#include "embedded_node.h"
#include "keyslot_options.h"
#include "seal_request.h"
#include "units.h"
#include "unlock_options.h"

namespace strongroom::cli {
namespace {

constexpr Positional kPositionals[] = {
    {.name = "PATH", .help = "the model: a directory or one file", .completion = Completion::kFile}};

constexpr auto kOptions = Join(
    kKeyslotOptions,
    std::array<Option, 12>{{
        {.name = "output",
         .letter = 'o',
         .value = "BUNDLE",
         .help = "the bundle to make; must not exist",
         .required = true,
         .completion = Completion::kDirectory},
        {.name = "facts",
         .value = "FILE",
         .help = "what the model is, for the policy: TOML with a table [model]",
         .completion = Completion::kFile},
        {.name = "policy",
         .value = "PACK",
         .help = "a pack that must permit each opening, ID or AUTHORITY/ID; PACK@frozen means this version "
                 "alone",
         .repeatable = true},
        {.name = "enforced",
         .help = "allow no cooperative keyslots (tpm, recovery) in this bundle, now or later"},
        {.name = "supersedes",
         .value = "BUNDLE",
         .help = "a later seal of that bundle's model: same series, next sequence",
         .completion = Completion::kDirectory},
        {.name = "shard-size",
         .value = "SIZE",
         .help = "the most that one shard file holds (default 256MiB, more for very large models)"},
        {.name = "parity",
         .value = "N/K",
         .help = "K parity files for each N shards: any K of them can be rebuilt"},
        {.name = "opaque",
         .help = "seal malformed safetensors and GGUF files as plain bytes instead of refusing them"},
        {.name = "sha256", .help = "put each file's SHA-256 into the manifest too"},
        {.name = "resume", .help = "continue what an interrupted seal left"},
        {.name = "force", .letter = 'f', .help = "replace BUNDLE; discard what an interrupted seal left"},
        {.name = "dry-run",
         .letter = 'n',
         .help = "say what would be sealed, for whom and under which policy; write nothing"},
    }});

constexpr Example kExamples[] = {
    {"strongroom seal model -o model.bundle --facts facts.toml --policy allied-nations --to tpm --to "
     "recovery:pass.txt --generate-recovery",
     "to this machine's TPM and a passphrase"},
    {"strongroom seal model -o model.bundle --facts facts.toml --policy allied-nations --to tpm --parity "
     "10/2",
     "with two parity files for every ten shards"},
    {"strongroom seal model -o model.bundle --facts facts.toml --policy allied-nations --to tpm --dry-run",
     "only say what would happen"},
};

std::string Parity(const std::optional<bundle::ParitySpec>& parity) {
  return parity ? std::to_string(parity->parity) + " parity files for each " + std::to_string(parity->data) +
                      " shards"
                : "no parity: damage cannot be repaired";
}

Status DryRun(Session& session, const SealPlan& plan) {
  SR_ASSIGN_OR_RETURN(
      const bundle::SealTotals totals,
      bundle::SurveySource(session.files(), plan.request.options.source, plan.request.options.opaque));
  Output& output = session.output();
  output.Line("would seal " + Printable(plan.request.label) + ": " + Count(totals.files, "file") + " with " +
              Count(totals.tensors, "tensor") + ", " + FormatSize(totals.plaintext_size));
  output.Line("into       " + Printable(plan.request.options.output) +
              ", smaller than the model as its weights allow, plus at most 3% of padding");
  output.Line("parity     " + Parity(plan.request.options.parity));
  for (const std::string& to : plan.keyslots.to) output.Line("keyslot    " + Printable(to) + ", cooperative");
  for (const bundle::PackPin& pack : plan.request.packs) {
    output.Line("policy     " + pack.id +
                (pack.rule == bundle::PackPin::Rule::kFrozen ? ", version " : ", from version ") +
                std::to_string(pack.min_version));
  }
  output.Line("Nothing was written.");
  envelope::ObjectBuilder members;
  members.String("label", plan.request.label)
      .Integer("files", totals.files)
      .Integer("tensors", totals.tensors)
      .Integer("bytes", totals.plaintext_size);
  members.Strings("keyslots", plan.keyslots.to);
  output.Object("dry_run", std::move(members));
  return {};
}

std::uint64_t ParitySize(const bundle::Manifest& manifest) {
  std::uint64_t size = 0;
  for (const bundle::Subject& subject : manifest.subjects)
    size += subject.name.starts_with("parity/") ? subject.size : 0;
  return size;
}

std::string Sizes(const node::SealResult& result) {
  const std::uint64_t parity = ParitySize(result.manifest);
  const std::uint64_t sealed = result.size - parity;
  const double ratio = static_cast<double>(result.totals.plaintext_size) /
                       static_cast<double>(std::max<std::uint64_t>(1, sealed));
  return FormatSize(result.totals.plaintext_size) + " to " + FormatSize(sealed) + " (" + Fixed(ratio, 2) +
         " times smaller) in " + Count(result.manifest.shards(), "shard") +
         (parity > 0 ? ", and " + FormatSize(parity) + " of parity" : "");
}

void Tell(Output& output, const std::string& bundle, const node::SealResult& result) {
  const bundle::Manifest& manifest = result.manifest;
  output.Line("sealed  " + Printable(manifest.label) + " into " + Printable(bundle) + "\nsize    " +
              Sizes(result));
  envelope::Json::Array slots;
  for (const keyslot::Keyslot& slot : result.keyslots) {
    output.Line((slots.empty() ? "slots   " : "        ") + std::to_string(slots.size()) + ": " +
                Describe(slot));
    slots.push_back(KeyslotJson(slot, slots.size()));
  }
  output.Line("bundle  " + Hex(result.bundle_id));
  envelope::ObjectBuilder members;
  members.String("bundle", bundle)
      .Digest("bundle_id", result.bundle_id)
      .String("label", manifest.label)
      .Integer("bytes", result.totals.plaintext_size);
  members.Integer("sealed_bytes", result.size)
      .Integer("parity_bytes", ParitySize(manifest))
      .Integer("shards", manifest.shards())
      .Integer("files", result.totals.files)
      .Integer("tensors", result.totals.tensors);
  members.String("series", Hex(manifest.series))
      .Integer("sequence", manifest.sequence)
      .Value("keyslots", std::move(slots));
  output.Object("sealed", std::move(members));
  output.Note("next: strongroom verify " + bundle + ", and try an opening before you delete the original");
}

Status Run(Session& session, const Arguments& arguments) {
  SR_ASSIGN_OR_RETURN(const KeyslotPlan keyslots, ReadKeyslotPlan(session, arguments));
  SR_ASSIGN_OR_RETURN(const auto embedded, EmbeddedNode::Open(session));
  SR_ASSIGN_OR_RETURN(SealPlan plan, ReadSealPlan(session, *embedded, arguments, keyslots));
  WarnOfPlan(session, keyslots);
  WarnOfPolicy(session, *embedded, plan);
  if (arguments.Has("dry-run")) return DryRun(session, plan);

  SR_ASSIGN_OR_RETURN(const crypto::Ed25519PrivateKey owner_key, embedded->home().OwnerKey());
  SR_ASSIGN_OR_RETURN(const crypto::P256PrivateKey policy_key, embedded->home().PolicyKey());
  SR_ASSIGN_OR_RETURN(const WrappingKey journal_key, embedded->home().JournalKey());
  plan.request.owner_key = &owner_key;
  plan.request.journal_key = &journal_key;
  SR_ASSIGN_OR_RETURN(plan.request.keyslots, PrepareKeyslots(session, keyslots, policy_key.public_key()));
  const std::string output = plan.request.options.output;
  const Interrupt::Graceful graceful(session.interrupt());
  Progress progress = session.NewProgress("seal");
  auto result = node::Seal(
      embedded->node(), std::move(plan.request),
      [&](const bundle::Progress& at) { progress.Update(at.done, at.total); }, session.interrupt().token());
  if (!result) {
    Error error = std::move(result).error();
    if (error.code == ErrorCode::kInterrupted)
      error.next = "the same command with --resume continues: " + output + ".partial is kept";
    return std::unexpected(std::move(error));
  }
  for (const std::string& warning : result->warnings) session.output().Warn(warning);
  Tell(session.output(), output, *result);
  return {};
}

}  // namespace

constexpr Command kSeal = {
    .name = "seal",
    .summary = "encrypt, compress and shard a model into a bundle",
    .description =
        "Makes a directory that only the named keyslots open, and only where every named pack permits. "
        "Nothing in it tells a file name, a tensor name or "
        "a shape. The facts and the label in FILE are not secret: they are signed into the manifest, for the "
        "policy.\n\n"
        "*.safetensors and GGUF files are parsed, so that tensors can be read alone; a malformed one stops "
        "the seal. Everything else is sealed as bytes. "
        "Modes, empty directories and links inside the model survive.\n\n"
        "The work is in BUNDLE.partial until everything is durable. After an interruption the same command "
        "with --resume continues by whole shards.\n\n"
        "tpm and recovery keyslots are cooperative: who is root on that machine, or knows the passphrase, "
        "can go around this program, its policy and its log.",
    .positionals = kPositionals,
    .options = kOptions,
    .examples = kExamples,
    .run = Run,
};

}  // namespace strongroom::cli
