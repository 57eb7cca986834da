#include "strongroom/log/receipt.h"

#include "strongroom/crypto/hash.h"
#include "strongroom/log/merkle.h"
#include "strongroom/log/tlog_proof.h"

namespace strongroom::log {

Expected<ProvenRecord> VerifyReceipt(ByteView record, std::string_view proof,
                                     const envelope::NoteKey& log_key) {
  SR_ASSIGN_OR_RETURN(const TlogProof parts, ParseTlogProof(proof));
  if (parts.extra) {
    return Fail(ErrorCode::kMalformed,
                "tlog proof of a receipt has an extra line, for which nothing vouches");
  }
  ProvenRecord proven;
  proven.index = parts.index;
  SR_ASSIGN_OR_RETURN(proven.record, ParseAccessRecord(record));
  SR_ASSIGN_OR_RETURN(proven.checkpoint, VerifyCheckpoint(parts.checkpoint_note, log_key));
  SR_RETURN_IF_ERROR(VerifyInclusion(crypto::MerkleLeafHash(record), parts.index, proven.checkpoint.size,
                                     parts.hashes, proven.checkpoint.root));
  return proven;
}

Digest Receipt::leaf_hash() const {
  return crypto::MerkleLeafHash(record_bytes_);
}

std::string Receipt::ProofText() const {
  return SerializeTlogProof({index_, proof_, checkpoint_note_, std::nullopt});
}

}  // namespace strongroom::log
