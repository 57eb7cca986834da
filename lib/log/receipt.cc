#include "strongroom/log/receipt.h"

#include <algorithm>
#include <charconv>

#include "strongroom/crypto/hash.h"
#include "strongroom/log/merkle.h"

namespace strongroom::log {
namespace {

constexpr std::string_view kProofHeader = "c2sp.org/tlog-proof@v1\n";
constexpr std::string_view kIndexPrefix = "index ";
constexpr std::size_t kMaxProofHashes = 64;

struct ProofParts {
  std::uint64_t index = 0;
  std::vector<Digest> hashes;
  std::string checkpoint_note;
};

std::unexpected<Error> BadProofText(std::string_view why) {
  return Fail(ErrorCode::kMalformed, "tlog proof " + std::string(why));
}

Expected<std::uint64_t> ParseIndex(std::string_view line) {
  if (!line.starts_with(kIndexPrefix)) return BadProofText("has no index line");
  line.remove_prefix(kIndexPrefix.size());
  std::uint64_t index = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), index);
  if (error != std::errc() || std::to_string(index) != line) {
    return BadProofText("has an index that is not a number");
  }
  return index;
}

Expected<Digest> ParseHash(std::string_view line) {
  Digest digest{};
  const auto bytes = FromBase64(line);
  if (!bytes || bytes->size() != digest.size()) return BadProofText("has a line that is not a hash");
  std::ranges::copy(*bytes, digest.begin());
  return digest;
}

// Optional "extra" lines are refused: nothing vouches for them.
Expected<ProofParts> ParseProofText(std::string_view text) {
  if (!text.starts_with(kProofHeader)) return BadProofText("does not begin with its version");
  const std::size_t end = text.find("\n\n");
  if (end == std::string_view::npos || end < kProofHeader.size()) return BadProofText("has no checkpoint");
  ProofParts parts;
  parts.checkpoint_note = text.substr(end + 2);
  std::string_view lines = text.substr(kProofHeader.size(), end + 1 - kProofHeader.size());
  for (bool first = true; !lines.empty(); first = false) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(line.size() + 1);
    if (first) {
      SR_ASSIGN_OR_RETURN(parts.index, ParseIndex(line));
      continue;
    }
    if (parts.hashes.size() == kMaxProofHashes) return BadProofText("has too many hashes");
    SR_ASSIGN_OR_RETURN(parts.hashes.emplace_back(), ParseHash(line));
  }
  return parts;
}

}  // namespace

Expected<Receipt> Receipt::Verify(ByteView record, std::string_view proof, const envelope::NoteKey& log_key) {
  SR_ASSIGN_OR_RETURN(ProofParts parts, ParseProofText(proof));
  Receipt receipt;
  SR_ASSIGN_OR_RETURN(receipt.record_, ParseAccessRecord(record));
  SR_ASSIGN_OR_RETURN(receipt.checkpoint_, VerifyCheckpoint(parts.checkpoint_note, log_key));
  receipt.record_bytes_ = ToBytes(record);
  receipt.index_ = parts.index;
  receipt.proof_ = std::move(parts.hashes);
  receipt.checkpoint_note_ = std::move(parts.checkpoint_note);
  SR_RETURN_IF_ERROR(VerifyInclusion(receipt.leaf_hash(), receipt.index_, receipt.checkpoint_.size,
                                     receipt.proof_, receipt.checkpoint_.root));
  return receipt;
}

Digest Receipt::leaf_hash() const {
  return crypto::MerkleLeafHash(record_bytes_);
}

std::string Receipt::ProofText() const {
  std::string text(kProofHeader);
  text += std::string(kIndexPrefix) + std::to_string(index_) + "\n";
  for (const Digest& hash : proof_) text += Base64(hash) + "\n";
  return text + "\n" + checkpoint_note_;
}

}  // namespace strongroom::log
