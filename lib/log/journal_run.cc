#include "log/journal_run.h"

#include <algorithm>

namespace strongroom::log {
namespace {

constexpr std::uint64_t kRunSize = 1 << 20;
static_assert(kRunSize >= kMaxFrameSize);
constexpr std::size_t kUsualFrameSize = 300;

Status VerifySigned(ByteView payload, std::span<const envelope::NoteKey> log_keys,
                    CheckedRun::CheckpointFrame& frame) {
  SR_ASSIGN_OR_RETURN(const envelope::Note note, envelope::ParseNote(AsText(payload), kMaxCheckpointSize));
  SR_ASSIGN_OR_RETURN(frame.signers, envelope::VerifyNote(note, log_keys));
  SR_ASSIGN_OR_RETURN(frame.checkpoint, ParseCheckpointText(note.text));
  const std::string& origin = log_keys.front().name;
  if (frame.checkpoint.origin == origin) return {};
  return Fail(ErrorCode::kMalformed,
              "checkpoint is of '" + frame.checkpoint.origin + "' and not of '" + origin + "'");
}

}  // namespace

Expected<Bytes> ReadRun(const File& journal, std::uint64_t offset, std::uint64_t end) {
  Bytes run(std::min(kRunSize, end - offset));
  SR_RETURN_IF_ERROR(journal.ReadAt(offset, run));
  if (const std::size_t whole = WholeFrames(run); whole != 0) run.resize(whole);
  return run;
}

CheckedRun CheckRun(ByteView run, std::uint64_t offset, std::span<const envelope::NoteKey> log_keys) {
  CheckedRun checked;
  checked.entries.reserve(run.size() / kUsualFrameSize);
  while (!run.empty()) {
    const auto frame = ReadFrame(run, offset);
    if (!frame) {
      checked.bad = {frame.error(), TypeOfDamagedFrame(run)};
      return checked;
    }
    if (frame->type == FrameType::kEntry) {
      checked.entries.push_back({frame->offset, frame->hash, ParseEntry(frame->payload)});
      if (!checked.entries.back().entry) return checked;
    } else {
      CheckedRun::CheckpointFrame& checkpoint = checked.checkpoints.emplace_back();
      checkpoint.entries_before = checked.entries.size();
      checkpoint.offset = frame->offset;
      checkpoint.end = frame->end;
      checkpoint.verified = VerifySigned(frame->payload, log_keys, checkpoint);
      if (!checkpoint.verified) return checked;
    }
    run = run.subspan(frame->end - offset);
    offset = frame->end;
  }
  return checked;
}

}  // namespace strongroom::log
