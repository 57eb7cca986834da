#include "strongroom/log/checkpoint.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace strongroom::log {
namespace {

constexpr std::size_t kMaxCheckpointSize = 64 * 1024;

std::unexpected<Error> BadCheckpoint(std::string_view why) {
  return Fail(ErrorCode::kMalformed, "checkpoint " + std::string(why));
}

// Takes one line off the front of `text`, without its newline; kMalformed where there is none.
Expected<std::string_view> TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return BadCheckpoint("has fewer than three lines");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string CheckpointText(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" + Base64(checkpoint.root) + "\n";
}

Expected<Checkpoint> ParseCheckpointText(std::string_view text) {
  Checkpoint checkpoint;
  SR_ASSIGN_OR_RETURN(checkpoint.origin, TakeLine(text));
  SR_ASSIGN_OR_RETURN(const std::string_view size, TakeLine(text));
  SR_ASSIGN_OR_RETURN(const std::string_view root, TakeLine(text));
  if (checkpoint.origin.empty()) return BadCheckpoint("has no origin");
  if (!text.empty()) return BadCheckpoint("has more than three lines");
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), checkpoint.size);
  if (error != std::errc() || std::to_string(checkpoint.size) != size) {
    return BadCheckpoint("has a size that is not a number");
  }
  const auto digest = FromBase64(root);
  if (!digest || digest->size() != checkpoint.root.size()) {
    return BadCheckpoint("has a root that is not the base64 of 32 bytes");
  }
  std::ranges::copy(*digest, checkpoint.root.begin());
  return checkpoint;
}

Expected<std::string> SignCheckpoint(const Checkpoint& checkpoint, const crypto::Ed25519PrivateKey& key) {
  SR_ASSIGN_OR_RETURN(const envelope::Note note,
                      envelope::SignNote(CheckpointText(checkpoint), checkpoint.origin, key));
  return envelope::SerializeNote(note);
}

Expected<Checkpoint> VerifyCheckpoint(std::string_view note, const envelope::NoteKey& log_key) {
  SR_ASSIGN_OR_RETURN(const envelope::Note parsed, envelope::ParseNote(note, kMaxCheckpointSize));
  SR_RETURN_IF_ERROR(envelope::VerifyNote(parsed, std::array{log_key}));
  SR_ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpointText(parsed.text));
  if (checkpoint.origin != log_key.name) {
    return BadCheckpoint("is of '" + checkpoint.origin + "' and not of '" + log_key.name + "'");
  }
  return checkpoint;
}

}  // namespace strongroom::log
