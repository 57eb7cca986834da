#include "anchor/anchor_state.h"

#include <array>
#include <limits>

#include "strongroom/anchor/tpm_anchor.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/envelope/json.h"

namespace strongroom::anchor {
namespace {

using envelope::ObjectBuilder;
using envelope::ObjectReader;

constexpr std::string_view kType = "strongroom.tpm-anchor.v1";
constexpr std::size_t kMaxNameSize = 66;  // of the longest hash, behind its algorithm
constexpr std::uint64_t kMaxCount = std::numeric_limits<std::uint64_t>::max() - 1;

Expected<log::Checkpoint> TakeCheckpoint(ObjectReader& reader, std::string_view name) {
  SR_ASSIGN_OR_RETURN(const std::string text, reader.String(name, log::kMaxCheckpointSize));
  auto checkpoint = log::ParseCheckpointText(text);
  if (!checkpoint) return reader.Refuse(name, checkpoint.error().message);
  return checkpoint;
}

Expected<tpm::StorageRoot> TakeRoot(ObjectReader reader) {
  tpm::StorageRoot root;
  SR_ASSIGN_OR_RETURN(root.handle, reader.Integer<std::uint32_t>("handle"));
  if (root.handle != tpm::kStorageRootTemplate && root.handle != tpm::kPersistentStorageRoot)
    return reader.Refuse("handle", "is not that of a storage root");
  SR_ASSIGN_OR_RETURN(root.name, reader.Bytes("name", kMaxNameSize));
  SR_RETURN_IF_ERROR(reader.Finish());
  return root;
}

Expected<Step> TakeStep(ObjectReader reader) {
  Step step;
  SR_ASSIGN_OR_RETURN(step.count, reader.Integer<std::uint64_t>("count", 1, kMaxCount));
  SR_ASSIGN_OR_RETURN(step.before, reader.Digest("before"));
  SR_ASSIGN_OR_RETURN(step.checkpoint, TakeCheckpoint(reader, "checkpoint"));
  SR_RETURN_IF_ERROR(reader.Finish());
  return step;
}

std::unexpected<Error> RolledBack(std::string message) {
  return Fail(ErrorCode::kRolledBack, std::move(message),
              "put the newest copy of the home back; where there is none, 'strongroom log anchor --remove "
              "--force' goes on from this one and records that it did");
}

}  // namespace

Digest Step::Extension() const {
  return crypto::Sha256(
      AsBytes(std::string(kType) + "\n" + std::to_string(count) + "\n" + log::CheckpointText(checkpoint)));
}

Digest Step::After() const {
  const Digest extension = Extension();
  const std::array<ByteView, 2> pieces = {before, extension};
  return crypto::Sha256(pieces);
}

std::string SerializeAnchorState(const AnchorState& state) {
  ObjectBuilder root;
  root.Integer("handle", state.root.handle).Bytes("name", state.root.name);
  ObjectBuilder members;
  members.String("type", kType).Integer("handle", state.handle).Value("storage_root", root.Build());
  members.Integer("every", state.every);
  if (state.anchored) {
    ObjectBuilder step;
    step.Integer("count", state.anchored->count).Digest("before", state.anchored->before);
    step.String("checkpoint", log::CheckpointText(state.anchored->checkpoint));
    members.Value("anchored", step.Build());
  }
  if (state.pending) members.String("pending", log::CheckpointText(*state.pending));
  return envelope::CanonicalJson(members.Build());
}

Expected<AnchorState> ParseAnchorState(ByteView bytes) {
  SR_ASSIGN_OR_RETURN(const envelope::Json json, envelope::ParseCanonicalJson(bytes));
  SR_ASSIGN_OR_RETURN(ObjectReader reader, ObjectReader::Open(json, "anchor"));
  SR_RETURN_IF_ERROR(reader.Constant("type", kType));
  AnchorState state;
  SR_ASSIGN_OR_RETURN(state.handle,
                      reader.Integer<std::uint32_t>("handle", tpm::kFirstOwnerNv, tpm::kLastOwnerNv - 1));
  SR_ASSIGN_OR_RETURN(ObjectReader root, reader.Object("storage_root"));
  SR_ASSIGN_OR_RETURN(state.root, TakeRoot(std::move(root)));
  SR_ASSIGN_OR_RETURN(state.every, reader.Integer<std::uint64_t>("every", 1, kMaxEvery));
  SR_ASSIGN_OR_RETURN(auto anchored, reader.OptionalObject("anchored"));
  if (anchored) {
    SR_ASSIGN_OR_RETURN(state.anchored, TakeStep(*std::move(anchored)));
  }
  if (reader.Has("pending")) {
    SR_ASSIGN_OR_RETURN(state.pending, TakeCheckpoint(reader, "pending"));
    if (!state.anchored) return reader.Refuse("pending", "stands without anything anchored before it");
  }
  SR_RETURN_IF_ERROR(reader.Finish());
  return state;
}

Expected<Reached> Compare(const AnchorState& state, std::uint64_t count, const Digest& chain) {
  const Step& anchored = *state.anchored;
  if (count == anchored.count && chain == anchored.After()) return Reached::kAnchored;
  if (state.pending && count == anchored.count + 1) {
    if (chain == anchored.After()) return Reached::kCounted;
    if (chain == state.Next().After()) return Reached::kPending;
  }
  const std::string counts = "the TPM has counted to " + std::to_string(count) + ", and this home to " +
                             std::to_string(anchored.count);
  if (count > anchored.count) {
    return RolledBack(counts + ": the log went on after this copy of the home was made");
  }
  if (count < anchored.count) {
    return RolledBack(counts + ": the TPM's own memory is an older copy");
  }
  return RolledBack(counts + " too, but by other checkpoints of the log");
}

}  // namespace strongroom::anchor
