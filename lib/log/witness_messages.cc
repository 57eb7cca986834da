// The texts of witnessing: a request, the answer to it as a log reads it, and a witness's state.
#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <utility>

#include "log/c2sp_lines.h"
#include "strongroom/log/witness.h"

namespace strongroom::log {
namespace {

constexpr std::string_view kOldPrefix = "old ";
constexpr std::size_t kMaxProofHashes = 63;
constexpr std::string_view kStateVersion = "strongroom.witness.v1";

std::unexpected<Error> BadRequest(std::string_view why) {
  return Fail(ErrorCode::kMalformed, "add-checkpoint request " + std::string(why));
}

std::unexpected<Error> BadState(std::string_view why) {
  return Fail(ErrorCode::kMalformed, "witness state " + std::string(why));
}

Expected<std::pair<std::string, WitnessedTree>> TakeTree(std::string_view& text) {
  const auto origin = TakeLine(text);
  const auto size_line = TakeLine(text);
  const auto root_line = TakeLine(text);
  const auto time_line = TakeLine(text);
  if (!origin || !size_line || !root_line || !time_line) return BadState("is cut short");
  const auto size = ParseDecimal(*size_line);
  const auto root = ParseBase64Digest(*root_line);
  const auto time = ParseDecimal(*time_line);
  const auto is_late = [](std::uint64_t t) { return t > std::numeric_limits<std::int64_t>::max(); };
  if (!size || !root || !time || is_late(*time)) return BadState("has a tree that does not parse");
  return std::pair(std::string(*origin),
                   WitnessedTree{*size, *root, Timestamp{static_cast<std::int64_t>(*time)}});
}

// Why a witness did not cosign. What else it says is not repeated: it may be anything.
Error Refusal(int status) {
  const auto refusal = [&](ErrorCode code, std::string_view why) {
    return Error(code, "the witness answered " + std::to_string(status) + ": " + std::string(why));
  };
  switch (status) {
    case 400:
      return refusal(ErrorCode::kInvalidArgument, "it could not read the request");
    case 403:
      return refusal(ErrorCode::kUntrusted, "it does not trust the key that signed the checkpoint");
    case 404:
      return refusal(ErrorCode::kNotFound, "it does not know the log");
    case 409:
      return refusal(ErrorCode::kAltered, "it knows another tree, and does not say of what size");
    case 422:
      return refusal(ErrorCode::kAltered, "the checkpoint does not extend the one that it cosigned last");
    default:
      return refusal(ErrorCode::kUnavailable, "it did not cosign");
  }
}

// Of all cosignatures by a key, those that a note has and those that were added, leaves the latest. One that
// does not verify is none.
void KeepLatest(const CosignerKey& key, const std::vector<envelope::NoteSignature>& added,
                envelope::Note& note) {
  std::optional<std::pair<Timestamp, envelope::NoteSignature>> latest;
  const auto consider = [&](const envelope::NoteSignature& signature) {
    const auto verified = VerifyCosignatures({note.text, {signature}}, std::array{key});
    if (!verified || verified->empty()) return;
    const Timestamp time = verified->front().time;
    if (!latest || time > latest->first) latest.emplace(time, signature);
  };
  std::ranges::for_each(note.signatures, consider);
  std::ranges::for_each(added, consider);
  std::erase_if(note.signatures, [&](const envelope::NoteSignature& signature) {
    return signature.name == key.name && signature.key_id == key.id();
  });
  if (latest) note.signatures.push_back(std::move(latest->second));
}

Expected<std::string> AddCosignatures(std::string_view checkpoint_note, std::string_view lines,
                                      std::span<const CosignerKey> witnesses) {
  SR_ASSIGN_OR_RETURN(envelope::Note note, envelope::ParseNote(checkpoint_note, kMaxCheckpointSize));
  SR_ASSIGN_OR_RETURN(const envelope::Note answered,
                      envelope::ParseNote(note.text + "\n" + std::string(lines), kMaxCheckpointSize));
  if (answered.text != note.text) return Fail(ErrorCode::kMalformed, "the answer is not signature lines");
  SR_ASSIGN_OR_RETURN(const std::vector<Cosignature> cosignatures, VerifyCosignatures(answered, witnesses));
  if (cosignatures.empty()) {
    return Fail(ErrorCode::kUntrusted, "the answer holds no cosignature by a known witness");
  }
  for (const Cosignature& by : cosignatures) KeepLatest(witnesses[by.key], answered.signatures, note);
  if (note.signatures.size() > envelope::kMaxNoteSignatures) {
    return Fail(ErrorCode::kMalformed, "the checkpoint would have more than " +
                                           std::to_string(envelope::kMaxNoteSignatures) + " signatures");
  }
  return envelope::SerializeNote(note);
}

}  // namespace

std::string SerializeAddCheckpointRequest(const AddCheckpointRequest& request) {
  std::string body = std::string(kOldPrefix) + std::to_string(request.old_size) + "\n";
  for (const Digest& hash : request.proof) body += Base64(hash) + "\n";
  return body + "\n" + request.checkpoint_note;
}

Expected<AddCheckpointRequest> ParseAddCheckpointRequest(std::string_view body) {
  if (body.size() > kMaxAddCheckpointRequest) return BadRequest("is too long");
  AddCheckpointRequest request;
  auto line = TakeLine(body);
  if (!line || !line->starts_with(kOldPrefix)) return BadRequest("does not begin with the old size");
  const auto old_size = ParseDecimal(line->substr(kOldPrefix.size()));
  if (!old_size) return BadRequest("has an old size that is not a number");
  request.old_size = *old_size;
  for (line = TakeLine(body); line && !line->empty(); line = TakeLine(body)) {
    if (request.proof.size() == kMaxProofHashes) return BadRequest("has more than 63 hashes");
    const auto hash = ParseBase64Digest(*line);
    if (!hash) return BadRequest("has a line that is not a hash");
    request.proof.push_back(*hash);
  }
  if (!line || body.empty()) return BadRequest("has no checkpoint");
  request.checkpoint_note = body;
  return request;
}

std::string SerializeWitnessState(const WitnessState& state) {
  std::string text = std::string(kStateVersion) + "\n";
  for (const auto& [origin, tree] : state) {
    text += CheckpointText({origin, tree.size, tree.root}) + std::to_string(tree.cosigned_at.seconds) + "\n";
  }
  return text;
}

Expected<WitnessState> ParseWitnessState(std::string_view text) {
  if (TakeLine(text) != kStateVersion) return BadState("does not begin with its version");
  WitnessState state;
  while (!text.empty()) {
    SR_ASSIGN_OR_RETURN(auto tree, TakeTree(text));
    if (!envelope::IsNoteKeyName(tree.first)) return BadState("has an origin that is no log's name");
    if (!state.empty() && state.rbegin()->first >= tree.first) return BadState("is not in order of origins");
    state.insert(std::move(tree));
  }
  return state;
}

Expected<AddCheckpointOutcome> ReadAddCheckpointAnswer(std::string_view checkpoint_note, int status,
                                                       std::string_view body,
                                                       std::span<const CosignerKey> witnesses) {
  if (status == 200) {
    SR_ASSIGN_OR_RETURN(std::string note, AddCosignatures(checkpoint_note, body, witnesses));
    return AddCheckpointOutcome{std::move(note), std::nullopt};
  }
  const auto size = body.ends_with('\n') ? ParseDecimal(body.substr(0, body.size() - 1)) : std::nullopt;
  if (status == 409 && size) return AddCheckpointOutcome{"", size};
  return std::unexpected(Refusal(status));
}

}  // namespace strongroom::log
