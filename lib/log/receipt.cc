#include "strongroom/log/receipt.h"

#include "strongroom/crypto/hash.h"
#include "strongroom/log/merkle.h"
#include "strongroom/log/tlog_proof.h"

namespace strongroom::log {

Expected<Receipt> Receipt::Verify(ByteView record, std::string_view proof, const envelope::NoteKey& log_key) {
  SR_ASSIGN_OR_RETURN(TlogProof parts, ParseTlogProof(proof));
  if (parts.extra) {
    return Fail(ErrorCode::kMalformed,
                "tlog proof of a receipt has an extra line, for which nothing vouches");
  }
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
  return SerializeTlogProof({index_, proof_, checkpoint_note_, std::nullopt});
}

}  // namespace strongroom::log
