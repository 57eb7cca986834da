#include "strongroom/log/checkpoint.h"

#include <algorithm>
#include <array>

#include "log/c2sp_lines.h"

namespace strongroom::log {
namespace {

std::unexpected<Error> BadCheckpoint(std::string_view why) {
  return Fail(ErrorCode::kMalformed, "checkpoint " + std::string(why));
}

}  // namespace

std::string CheckpointText(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" + Base64(checkpoint.root) + "\n";
}

Expected<Checkpoint> ParseCheckpointText(std::string_view text) {
  const auto origin = TakeLine(text);
  const auto size = TakeLine(text);
  const auto root = TakeLine(text);
  if (!origin || !size || !root) return BadCheckpoint("has fewer than three lines");
  if (origin->empty()) return BadCheckpoint("has no origin");
  if (!text.empty()) return BadCheckpoint("has more than three lines");
  const auto number = ParseDecimal(*size);
  if (!number) return BadCheckpoint("has a size that is not a number");
  const auto digest = ParseBase64Digest(*root);
  if (!digest) return BadCheckpoint("has a root that is not the base64 of 32 bytes");
  return Checkpoint{std::string(*origin), *number, *digest};
}

Expected<std::string> SignCheckpoint(const Checkpoint& checkpoint, const crypto::Ed25519PrivateKey& key) {
  return SignCheckpoint(checkpoint, std::array{&key});
}

Expected<std::string> SignCheckpoint(const Checkpoint& checkpoint,
                                     std::span<const crypto::Ed25519PrivateKey* const> keys) {
  envelope::Note note{CheckpointText(checkpoint), {}};
  for (const crypto::Ed25519PrivateKey* key : keys) {
    SR_ASSIGN_OR_RETURN(envelope::Note signed_note, envelope::SignNote(note.text, checkpoint.origin, *key));
    note.signatures.push_back(std::move(signed_note.signatures.front()));
  }
  return envelope::SerializeNote(note);
}

Expected<Checkpoint> VerifyCheckpoint(const envelope::Note& note,
                                      std::span<const envelope::NoteKey> log_keys) {
  SR_ASSIGN_OR_RETURN(const std::vector<std::size_t> signers, envelope::VerifyNote(note, log_keys));
  SR_ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpointText(note.text));
  const auto is_its_log = [&](std::size_t i) { return log_keys[i].name == checkpoint.origin; };
  if (std::ranges::none_of(signers, is_its_log)) {
    return BadCheckpoint("is of '" + checkpoint.origin + "' and not of '" + log_keys[signers[0]].name + "'");
  }
  return checkpoint;
}

Expected<Checkpoint> VerifyCheckpoint(std::string_view note, const envelope::NoteKey& log_key) {
  return VerifyCheckpoint(note, std::array{log_key});
}

Expected<Checkpoint> VerifyCheckpoint(std::string_view note, std::span<const envelope::NoteKey> log_keys) {
  SR_ASSIGN_OR_RETURN(const envelope::Note parsed, envelope::ParseNote(note, kMaxCheckpointSize));
  return VerifyCheckpoint(parsed, log_keys);
}

}  // namespace strongroom::log
