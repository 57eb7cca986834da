#include "strongroom/bundle/seal.h"

#include <algorithm>
#include <utility>

#include "bundle/journal.h"
#include "bundle/partial.h"
#include "bundle/seal_run.h"
#include "bundle/source.h"
#include "bundle/work_lock.h"
#include "strongroom/crypto/hash.h"

namespace strongroom::bundle {
namespace {

// Beside the directory and not in it, so that the rename which completes the bundle leaves nothing to clean
// up inside.
std::string JournalOf(const std::string& output) {
  return PartialOf(output) + ".journal";
}

Status CheckOptions(const SealOptions& options) {
  if (options.parity) SR_RETURN_IF_ERROR(CheckParity(*options.parity));
  if (options.shard_size != 0) SR_RETURN_IF_ERROR(PlanShards(0, options.shard_size));
  return {};
}

// A bundle inside its own source would be a part of the model at the next seal.
Status CheckOutside(FileSystem& files, const Source& source, const std::string& output) {
  if (source.single_file) return {};
  SR_ASSIGN_OR_RETURN(const FileIdentity root, files.Stat(source.root));
  std::string folder = JoinPath(ParentDirectory(output), ".");
  SR_ASSIGN_OR_RETURN(FileIdentity here, files.Stat(folder));
  while (here.device != root.device || here.inode != root.inode) {
    const FileIdentity below = here;
    folder = JoinPath(folder, "..");
    SR_ASSIGN_OR_RETURN(here, files.Stat(folder));
    if (here.device == below.device && here.inode == below.inode) return {};
  }
  return Fail(ErrorCode::kInvalidArgument, output + ": lies inside the model that is to be sealed",
              "choose an output outside " + source.root);
}

std::unexpected<Error> CannotResume(const SealOptions& options, ErrorCode code, const std::string& why) {
  return Fail(code, PartialOf(options.output) + ": cannot be continued: " + why, "start anew with --force");
}

// Whether a journal belongs to this source and these options.
Status CheckResumable(const SealOptions& options, const JournalStart& start, const Digest& fingerprint) {
  if (start.shard_size != options.shard_size || start.parity != options.parity) {
    return CannotResume(options, ErrorCode::kInvalidArgument,
                        "it was begun with another shard size or parity");
  }
  if (start.fingerprint != fingerprint) {
    return CannotResume(options, ErrorCode::kAltered, "the source has changed since it was begun");
  }
  return {};
}

}  // namespace

struct Sealer::State {
  State(FileSystem& f, WorkLock l, SealOptions o, Source s)
      : files(f),
        lock(std::move(l)),
        options(std::move(o)),
        source(std::move(s)),
        totals(source.totals()),
        start{{}, BundleKey::Random(), {}, 0, {}} {}

  FileSystem& files;
  const WorkLock lock;
  SealOptions options;
  Source source;
  SealTotals totals;
  JournalStart start;
  JournalContents contents;
  std::unique_ptr<Journal> journal;
  std::uint64_t resumed_size = 0;

  // Takes over what an interrupted run left; false if there is nothing to take.
  Expected<bool> Resume(const WrappingKey& journal_key);
  Status Begin(const WrappingKey& journal_key);
};

Expected<bool> Sealer::State::Resume(const WrappingKey& journal_key) {
  SR_ASSIGN_OR_RETURN(const bool partial, Exists(files, PartialOf(options.output)));
  if (!partial) return false;
  SR_ASSIGN_OR_RETURN(auto opened, Journal::Open(files, JournalOf(options.output), journal_key));
  if (!opened) return false;
  SR_RETURN_IF_ERROR(CheckResumable(options, opened->start, source.Fingerprint()));
  start = std::move(opened->start);
  contents = std::move(opened->contents);
  journal = std::move(opened->journal);
  const auto store = store::MakeDirectoryStore(files, PartialOf(options.output));
  std::uint64_t blocks = 0;
  for (const FinishedFile& shard : FinishedShards(*store, contents)) blocks += shard.coded_sizes.size();
  for (BlockCursor cursor(source); blocks > 0 && !cursor.done(); --blocks) resumed_size += cursor.Next().size;
  return true;
}

Status Sealer::State::Begin(const WrappingKey& journal_key) {
  const std::string partial = PartialOf(options.output);
  crypto::RandomFill(start.instance);
  start.fingerprint = source.Fingerprint();
  start.shard_size = options.shard_size;
  start.parity = options.parity;
  SR_RETURN_IF_ERROR(files.RemoveTree(partial));
  SR_RETURN_IF_ERROR(files.MakeDirectory(partial, 0700));
  SR_ASSIGN_OR_RETURN(journal, Journal::Create(files, JournalOf(options.output), journal_key, start));
  return {};
}

Expected<SealTotals> SurveySource(FileSystem& files, const std::string& source, bool opaque) {
  SR_ASSIGN_OR_RETURN(const Source scanned, ScanSource(files, source, opaque));
  return scanned.totals();
}

Sealer::Sealer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Sealer::~Sealer() = default;

Expected<std::unique_ptr<Sealer>> Sealer::Start(FileSystem& files, SealOptions options,
                                                const WrappingKey& journal_key) {
  options.output = WithoutSlashes(options.output);
  SR_RETURN_IF_ERROR(CheckOptions(options));
  SR_ASSIGN_OR_RETURN(WorkLock lock, WorkLock::Take(files, options.output));
  SR_RETURN_IF_ERROR(CheckFree(files, options.output, "seal", options.resume, options.force));
  SR_ASSIGN_OR_RETURN(Source source, ScanSource(files, options.source, options.opaque));
  SR_RETURN_IF_ERROR(CheckOutside(files, source, options.output));
  auto state = std::make_unique<State>(files, std::move(lock), std::move(options), std::move(source));
  bool resumed = false;
  if (state->options.resume) {
    SR_ASSIGN_OR_RETURN(resumed, state->Resume(journal_key));
  }
  if (!resumed) SR_RETURN_IF_ERROR(state->Begin(journal_key));
  return std::unique_ptr<Sealer>(new Sealer(std::move(state)));
}

const Instance& Sealer::instance() const {
  return state_->start.instance;
}

const BundleKey& Sealer::bundle_key() const {
  return state_->start.key;
}

const SealTotals& Sealer::totals() const {
  return state_->totals;
}

bool Sealer::resumed() const {
  return state_->resumed_size > 0;
}

std::uint64_t Sealer::resumed_size() const {
  return state_->resumed_size;
}

Expected<SealedFiles> Sealer::Run(const ProgressFunction& progress, std::stop_token stop) {
  ProgressMeter meter(progress, state_->totals.plaintext_size);
  meter.Add(state_->resumed_size);
  const SealJob job{.files = state_->files,
                    .options = state_->options,
                    .source = state_->source,
                    .key = state_->start.key,
                    .instance = state_->start.instance,
                    .directory = PartialOf(state_->options.output),
                    .journal = *state_->journal};
  return SealRun(job, std::move(state_->contents), meter, std::move(stop)).Run();
}

Status Sealer::Finish(ByteView manifest_envelope, ByteView keyslots_envelope) {
  FileSystem& files = state_->files;
  const std::string &output = state_->options.output, partial = PartialOf(output);
  SR_RETURN_IF_ERROR(WriteDurably(files, JoinPath(partial, kManifestName), manifest_envelope));
  SR_RETURN_IF_ERROR(WriteDurably(files, JoinPath(partial, kKeyslotsName), keyslots_envelope));
  SR_RETURN_IF_ERROR(Publish(files, output, state_->options.force));
  SR_RETURN_IF_ERROR(files.Remove(JournalOf(output)));
  SR_RETURN_IF_ERROR(files.RemoveTree(partial));
  return files.SyncDirectory(ParentDirectory(output));
}

}  // namespace strongroom::bundle
