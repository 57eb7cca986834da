#include "strongroom/log/tlog_proof.h"

#include "log/c2sp_lines.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/log/merkle.h"

namespace strongroom::log {
namespace {

constexpr std::string_view kVersion = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtraPrefix = "extra ";
constexpr std::string_view kIndexPrefix = "index ";
constexpr std::size_t kMaxProofHashes = 64;

std::unexpected<Error> BadProofText(std::string_view why) {
  return Fail(ErrorCode::kMalformed, "tlog proof " + std::string(why));
}

}  // namespace

std::string SerializeTlogProof(const TlogProof& proof) {
  std::string text = std::string(kVersion) + "\n";
  if (proof.extra) text += std::string(kExtraPrefix) + Base64(*proof.extra) + "\n";
  text += std::string(kIndexPrefix) + std::to_string(proof.index) + "\n";
  for (const Digest& hash : proof.hashes) text += Base64(hash) + "\n";
  return text + "\n" + proof.checkpoint_note;
}

Expected<TlogProof> ParseTlogProof(std::string_view text) {
  if (text.size() > kMaxTlogProofSize) return BadProofText("is too long");
  if (TakeLine(text) != kVersion) return BadProofText("does not begin with its version");
  TlogProof proof;
  auto line = TakeLine(text);
  if (line && line->starts_with(kExtraPrefix)) {
    auto extra = FromBase64(line->substr(kExtraPrefix.size()));
    if (!extra || extra->empty()) return BadProofText("has an extra line that is not base64");
    proof.extra = std::move(*extra);
    line = TakeLine(text);
  }
  if (!line || !line->starts_with(kIndexPrefix)) return BadProofText("has no index line");
  const auto index = ParseDecimal(line->substr(kIndexPrefix.size()));
  if (!index) return BadProofText("has an index that is not a number");
  proof.index = *index;
  for (line = TakeLine(text); line && !line->empty(); line = TakeLine(text)) {
    if (proof.hashes.size() == kMaxProofHashes) return BadProofText("has too many hashes");
    const auto hash = ParseBase64Digest(*line);
    if (!hash) return BadProofText("has a line that is not a hash");
    proof.hashes.push_back(*hash);
  }
  if (!line || text.empty()) return BadProofText("has no checkpoint");
  proof.checkpoint_note = text;
  return proof;
}

Expected<WitnessedCheckpoint> VerifyTlogProof(const TlogProof& proof, ByteView entry,
                                              std::span<const envelope::NoteKey> log_keys,
                                              const WitnessPolicy& policy,
                                              const std::optional<Freshness>& freshness) {
  SR_ASSIGN_OR_RETURN(WitnessedCheckpoint witnessed,
                      VerifyWitnessedCheckpoint(proof.checkpoint_note, log_keys, policy, freshness));
  SR_RETURN_IF_ERROR(VerifyInclusion(crypto::MerkleLeafHash(entry), proof.index, witnessed.checkpoint.size,
                                     proof.hashes, witnessed.checkpoint.root));
  return witnessed;
}

}  // namespace strongroom::log
