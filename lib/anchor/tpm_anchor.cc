#include "strongroom/anchor/tpm_anchor.h"

#include <utility>

#include "anchor/anchor_state.h"
#include "strongroom/base/file_lock.h"
#include "strongroom/secret/secret_file.h"
#include "strongroom/tpm/nv.h"

namespace strongroom::anchor {
namespace {

constexpr std::uint64_t kMaxStateSize = std::uint64_t{1} << 20;
constexpr std::size_t kKeySize = tpm::kMaxNvAuthSize;
constexpr std::uint32_t kFirstHandle = 0x01805200;

// Errors of parts, in terms of the anchor: what is gone was taken away, and whatever cannot be asked does not
// vouch for the log.
Error Unusable(Error cause) {
  if (cause.code == ErrorCode::kRolledBack) return cause;
  Error error = std::move(cause).With("the log's anchor in the TPM");
  switch (error.code) {
    case ErrorCode::kAltered:
    case ErrorCode::kMalformed:
    case ErrorCode::kNotFound:
      error.code = ErrorCode::kAltered;
      break;
    default:
      error.code = ErrorCode::kLogUnavailable;
  }
  if (error.next.empty())
    error.next = "'strongroom log anchor' shows it; 'strongroom log anchor --remove' does without it";
  return error;
}

template <typename T>
Expected<T> OrUnusable(Expected<T> result) {
  if (!result) return std::unexpected(Unusable(std::move(result).error()));
  return result;
}

std::string KeyPath(const std::string& path) {
  return path + ".key";
}

// None if there is no such file.
Expected<std::optional<AnchorState>> ReadState(FileSystem& files, const std::string& path) {
  const auto bytes = ReadWhole(files, path, kMaxStateSize);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return std::optional<AnchorState>();
  if (!bytes) return std::unexpected(bytes.error());
  auto state = ParseAnchorState(*bytes);
  if (!state) return std::unexpected(std::move(state).error().With(path));
  return *std::move(state);
}

Error NotSet() {
  return {ErrorCode::kNotFound, "the log is not anchored in a TPM", "strongroom log anchor --tpm"};
}

Status RemoveAnchorFiles(FileSystem& files, const std::string& path) {
  for (const std::string& file : {path, KeyPath(path)}) {
    const Status removed = files.Remove(file);
    if (!removed && removed.error().code != ErrorCode::kNotFound) return removed;
  }
  return files.SyncDirectory(ParentDirectory(path));
}

// Work is one look at an anchor, or one change of it, under its lock: the file as it stands and the TPM.
class Work {
 public:
  // Nothing where no anchor is set.
  static Expected<std::optional<Work>> Begin(FileSystem& files, const std::string& path) {
    // Where there is none, not even the lock's file is to be made.
    SR_ASSIGN_OR_RETURN(const auto seen, ReadState(files, path));
    if (!seen) return std::optional<Work>();
    SR_ASSIGN_OR_RETURN(FileLock lock, FileLock::Take(files, path + ".lock"));
    SR_ASSIGN_OR_RETURN(auto state, ReadState(files, path));
    if (!state) return std::optional<Work>();
    return Work(files, path, std::move(lock), *std::move(state));
  }
  Work(FileSystem& files, std::string path, FileLock lock, AnchorState state)
      : files_(&files), path_(std::move(path)), lock_(std::move(lock)), state_(std::move(state)) {}

  [[nodiscard]] const AnchorState& state() const { return state_; }

  Status RequireMade() const {
    if (state_.anchored) return {};
    return Fail(ErrorCode::kLogUnavailable, "it was being made or removed, and that was cut off",
                "'strongroom log anchor --tpm' makes it, 'strongroom log anchor --remove' removes it");
  }

  Status OpenTpm(const TpmOpener& tpm) {
    if (session_) return {};
    context_.reset();  // some TPMs take one connection at a time
    SR_ASSIGN_OR_RETURN(const SecretBytes key, ReadSecretFile(*files_, KeyPath(path_), kKeySize));
    SR_ASSIGN_OR_RETURN(tpm::Context context, tpm());
    context_.emplace(std::move(context));
    SR_ASSIGN_OR_RETURN(tpm::NvSession session, tpm::NvSession::Open(*context_, state_.root, key));
    session_.emplace(std::move(session));
    return {};
  }

  Expected<Reached> Compare() {
    SR_ASSIGN_OR_RETURN(const std::uint64_t count, session_->ReadCounter(state_.Counter()));
    SR_ASSIGN_OR_RETURN(const Digest chain, session_->ReadChain(state_.Chain()));
    return anchor::Compare(state_, count, chain);
  }

  // Does what is left of the pending step, if there is one.
  Status Complete(Reached reached) {
    if (!state_.pending) return {};
    const Step next = state_.Next();
    if (reached == Reached::kAnchored) SR_RETURN_IF_ERROR(session_->Increment(state_.Counter()));
    if (reached != Reached::kPending) SR_RETURN_IF_ERROR(session_->Extend(state_.Chain(), next.Extension()));
    state_.anchored = next;
    state_.pending.reset();
    return Write();
  }

  Status Anchor(const log::Checkpoint& checkpoint) {
    state_.pending = checkpoint;
    SR_RETURN_IF_ERROR(Write());
    return Complete(Reached::kAnchored);
  }

  // Makes the indices and anchors the first checkpoint by them.
  Status Make(const log::Checkpoint& head) {
    SR_RETURN_IF_ERROR(session_->Define(state_.Counter()));
    SR_RETURN_IF_ERROR(session_->Define(state_.Chain()));
    SR_RETURN_IF_ERROR(session_->Increment(state_.Counter()));
    SR_ASSIGN_OR_RETURN(const std::uint64_t count, session_->ReadCounter(state_.Counter()));
    const Step first{count, {}, head};
    SR_RETURN_IF_ERROR(session_->Extend(state_.Chain(), first.Extension()));
    state_.anchored = first;
    return Write();
  }

  Status Write() const { return WriteDurably(*files_, path_, AsBytes(SerializeAnchorState(state_))); }

  // From here on the anchor is half made, until the files are gone.
  Status MarkUnfinished() {
    state_.anchored.reset();
    state_.pending.reset();
    return Write();
  }

  Status UndefineIndices() {
    for (const tpm::NvIndex& index : {state_.Counter(), state_.Chain()}) {
      const Status undefined = session_->Undefine(index);
      if (!undefined && undefined.error().code != ErrorCode::kNotFound) return undefined;
    }
    return {};
  }

  Status RemoveFiles() const { return RemoveAnchorFiles(*files_, path_); }

 private:
  FileSystem* files_;
  std::string path_;
  FileLock lock_;
  AnchorState state_;
  std::optional<tpm::Context> context_;
  std::optional<tpm::NvSession> session_;
};

// Takes away what was made, as far as that is possible.
Expected<std::optional<Error>> Discard(Work& work, const TpmOpener& tpm) {
  SR_RETURN_IF_ERROR(work.MarkUnfinished());
  Status undefined = work.OpenTpm(tpm);
  if (undefined) undefined = work.UndefineIndices();
  SR_RETURN_IF_ERROR(work.RemoveFiles());
  if (undefined) return std::optional<Error>();
  return std::optional<Error>(std::move(undefined).error());
}

// The key, and then the file of an anchor that is not made yet, so that what is made can always be found.
Expected<AnchorState> Plan(FileSystem& files, const std::string& path, const TpmOpener& tpm,
                           std::uint64_t every) {
  SR_ASSIGN_OR_RETURN(tpm::Context context, tpm());
  AnchorState state;
  state.every = every;
  SR_ASSIGN_OR_RETURN(state.root, tpm::FindStorageRoot(context));
  SR_ASSIGN_OR_RETURN(state.handle, tpm::FindFreeNvPair(context, kFirstHandle));
  SR_RETURN_IF_ERROR(WriteDurably(files, KeyPath(path), SecretBytes::Random(kKeySize).Expose()));
  return state;
}

Error Exists() {
  return {ErrorCode::kExists, "the log is anchored in the TPM already",
          "'strongroom log anchor --remove' first"};
}

Status RemoveHalfMade(FileSystem& files, const std::string& path, const TpmOpener& tpm) {
  SR_ASSIGN_OR_RETURN(auto work, OrUnusable(Work::Begin(files, path)));
  if (!work) return {};
  if (work->state().anchored) return std::unexpected(Exists());
  SR_RETURN_IF_ERROR(Discard(*work, tpm));
  return {};
}

}  // namespace

Expected<bool> TpmAnchor::IsSet() const {
  SR_ASSIGN_OR_RETURN(const auto state, OrUnusable(ReadState(*files_, path_)));
  return state.has_value();
}

Status TpmAnchor::Set(const log::Checkpoint& head, std::uint64_t every) {
  SR_RETURN_IF_ERROR(RemoveHalfMade(*files_, path_, tpm_));
  SR_ASSIGN_OR_RETURN(FileLock lock, FileLock::Take(*files_, path_ + ".lock"));
  SR_ASSIGN_OR_RETURN(const bool set_meanwhile, IsSet());
  if (set_meanwhile) return std::unexpected(Exists());
  SR_ASSIGN_OR_RETURN(AnchorState state, Plan(*files_, path_, tpm_, every));
  Work work(*files_, path_, std::move(lock), std::move(state));
  Status made = work.Write();
  if (made) made = work.OpenTpm(tpm_);
  if (made) made = work.Make(head);
  if (made) return {};
  static_cast<void>(Discard(work, tpm_));
  return made;
}

Expected<Standing> TpmAnchor::Read() const {
  const auto read = [this]() -> Expected<Standing> {
    SR_ASSIGN_OR_RETURN(auto work, Work::Begin(*files_, path_));
    if (!work) return std::unexpected(NotSet());
    SR_RETURN_IF_ERROR(work->RequireMade());
    SR_RETURN_IF_ERROR(work->OpenTpm(tpm_));
    SR_ASSIGN_OR_RETURN(const Reached reached, work->Compare());
    const AnchorState& state = work->state();
    const Step step = reached == Reached::kPending ? state.Next() : *state.anchored;
    return Standing{step.checkpoint, step.count, state.handle, state.every};
  };
  SR_ASSIGN_OR_RETURN(const bool set, IsSet());
  if (!set) return std::unexpected(NotSet());
  return OrUnusable(read());
}

Status TpmAnchor::Check(const LogHolds& holds) const {
  const auto check = [&]() -> Status {
    SR_ASSIGN_OR_RETURN(auto work, Work::Begin(*files_, path_));
    if (!work) return {};
    SR_RETURN_IF_ERROR(work->RequireMade());
    SR_RETURN_IF_ERROR(work->OpenTpm(tpm_));
    SR_ASSIGN_OR_RETURN(const Reached reached, work->Compare());
    const AnchorState& state = work->state();
    const log::Checkpoint& newest = state.pending ? *state.pending : state.anchored->checkpoint;
    for (const log::Checkpoint& checkpoint : {state.anchored->checkpoint, newest}) {
      if (const Status held = holds(checkpoint); !held) {
        return std::unexpected(Error(ErrorCode::kRolledBack, "the log does not hold the " +
                                                                 std::to_string(checkpoint.size) +
                                                                 " entries that were anchored")
                                   .Because(held.error().message));
      }
    }
    return work->Complete(reached);
  };
  return OrUnusable(check());
}

Status TpmAnchor::Advance(const log::Checkpoint& checkpoint) const {
  const auto is_due = [&](const AnchorState& state) {
    const std::uint64_t anchored = state.anchored->checkpoint.size;
    return checkpoint.size > anchored && checkpoint.size - anchored >= state.every;
  };
  const auto advance = [&]() -> Status {
    SR_ASSIGN_OR_RETURN(auto work, Work::Begin(*files_, path_));
    if (!work) return {};
    SR_RETURN_IF_ERROR(work->RequireMade());
    if (!work->state().pending && !is_due(work->state())) return {};
    SR_RETURN_IF_ERROR(work->OpenTpm(tpm_));
    SR_ASSIGN_OR_RETURN(const Reached reached, work->Compare());
    SR_RETURN_IF_ERROR(work->Complete(reached));
    return is_due(work->state()) ? work->Anchor(checkpoint) : Status();
  };
  return OrUnusable(advance());
}

Expected<std::optional<Error>> TpmAnchor::Remove() const {
  auto work = OrUnusable(Work::Begin(*files_, path_));
  if (!work && work.error().code == ErrorCode::kAltered) {
    SR_RETURN_IF_ERROR(RemoveAnchorFiles(*files_, path_));
    return std::optional<Error>(std::move(work).error());
  }
  if (!work) return std::unexpected(std::move(work).error());
  if (!*work) return std::unexpected(NotSet());
  return Discard(**work, tpm_);
}

}  // namespace strongroom::anchor
