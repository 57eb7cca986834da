#include "strongroom/log/witness.h"

#include "strongroom/log/merkle.h"

namespace strongroom::log {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kSizeText = "text/x.tlog.size";

AddCheckpointAnswer Refuse(int status, std::string_view why) {
  return {status, std::string(kText), std::string(why) + "\n", std::nullopt, std::nullopt};
}

AddCheckpointAnswer Conflict(std::uint64_t size) {
  return {409, std::string(kSizeText), std::to_string(size) + "\n", std::nullopt, std::nullopt};
}

// Whether the proof leads from the last tree cosigned to this one; the sizes are in order.
Status CheckExtends(const WitnessedTree& last, const Checkpoint& checkpoint, std::span<const Digest> proof) {
  if (last.size > 0) return VerifyConsistency(last.size, last.root, checkpoint.size, checkpoint.root, proof);
  if (!proof.empty()) return Fail(ErrorCode::kAltered, "a proof from size 0 must be empty");
  if (checkpoint.size == 0 && checkpoint.root != JoinSubtrees({})) {
    return Fail(ErrorCode::kAltered, "the root of size 0 is not that of the empty tree");
  }
  return {};
}

AddCheckpointAnswer CosignTree(const envelope::Note& note, const Checkpoint& checkpoint,
                               const Witness& witness, WitnessState state, Timestamp now) {
  const auto cosignature = Cosign(note.text, witness.name, *witness.key, now);
  if (!cosignature) return Refuse(500, cosignature.error().message);
  state.insert_or_assign(checkpoint.origin, WitnessedTree{checkpoint.size, checkpoint.root, now});
  return {200, std::string(kText), envelope::SerializeNoteSignature(*cosignature), std::move(state),
          std::nullopt};
}

}  // namespace

AddCheckpointAnswer AnswerAddCheckpoint(std::string_view body, const Witness& witness,
                                        const WitnessState& state, Timestamp now) {
  const auto request = ParseAddCheckpointRequest(body);
  if (!request) return Refuse(400, request.error().message);
  const auto note = envelope::ParseNote(request->checkpoint_note, kMaxCheckpointSize);
  if (!note) return Refuse(400, note.error().message);
  const auto claimed = ParseCheckpointText(note->text);
  if (!claimed) return Refuse(400, claimed.error().message);

  std::vector<envelope::NoteKey> keys;
  for (const envelope::NoteKey& key : witness.logs) {
    if (key.name == claimed->origin) keys.push_back(key);
  }
  if (keys.empty()) return Refuse(404, "this witness does not know the log");
  const auto checkpoint = VerifyCheckpoint(*note, keys);
  if (!checkpoint) return Refuse(403, checkpoint.error().message);

  if (request->old_size > checkpoint->size) return Refuse(400, "the old size is above the checkpoint's");
  const auto found = state.find(checkpoint->origin);
  const WitnessedTree last = found == state.end() ? WitnessedTree{} : found->second;
  if (request->old_size != last.size) return Conflict(last.size);
  if (const Status extends = CheckExtends(last, *checkpoint, request->proof); !extends) {
    AddCheckpointAnswer answer = Refuse(422, extends.error().message);
    if (ShowsFork(last.size, last.root, checkpoint->size, checkpoint->root, request->proof))
      answer.fork = Fork{*checkpoint, last.size};
    return answer;
  }
  if (now < last.cosigned_at) return Refuse(503, "the witness's clock is before its last cosignature");
  return CosignTree(*note, *checkpoint, witness, state, now);
}

}  // namespace strongroom::log
