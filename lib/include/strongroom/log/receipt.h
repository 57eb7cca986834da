// Receipts: a record is in a log for good. And their proofs, for whoever holds no more than the log's key.
#ifndef STRONGROOM_LOG_RECEIPT_H_
#define STRONGROOM_LOG_RECEIPT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/envelope/note.h"
#include "strongroom/log/checkpoint.h"
#include "strongroom/log/record.h"

namespace strongroom::log {

class Appender;

// Receipt is a record that is durable in a log, with the inclusion proof and the signed checkpoint that show
// it. Nobody but a log makes one, once the record is durable, so that a function that takes a Receipt needs
// no check of its own. A value type.
class Receipt {
 public:
  [[nodiscard]] const AccessRecord& record() const { return record_; }
  [[nodiscard]] const Bytes& record_bytes() const { return record_bytes_; }
  [[nodiscard]] Digest leaf_hash() const;
  [[nodiscard]] std::uint64_t index() const { return index_; }
  [[nodiscard]] const Checkpoint& checkpoint() const { return checkpoint_; }
  [[nodiscard]] const std::string& checkpoint_note() const { return checkpoint_note_; }
  // The proof as a C2SP tlog-proof@v1 text (extension .tlog-proof). The record is kept beside it.
  [[nodiscard]] std::string ProofText() const;

 private:
  friend class Appender;
  Receipt() = default;

  AccessRecord record_;
  Bytes record_bytes_;
  std::uint64_t index_ = 0;
  std::vector<Digest> proof_;
  Checkpoint checkpoint_;
  std::string checkpoint_note_;
};

// What the proof of a receipt shows elsewhere and later. It opens nothing: that takes a Receipt.
struct ProvenRecord {
  AccessRecord record;
  std::uint64_t index = 0;
  Checkpoint checkpoint;
};

// VerifyReceipt checks a record's bytes and its proof against the log's key. kMalformed if either does not
// parse, kUntrusted or kAltered if the checkpoint is not signed by this key, kAltered if the record is not at
// that index of the log.
Expected<ProvenRecord> VerifyReceipt(ByteView record, std::string_view proof,
                                     const envelope::NoteKey& log_key);

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_RECEIPT_H_
