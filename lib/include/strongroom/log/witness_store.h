// A witness's directory: its key, the logs that it knows, and what it cosigned. Nothing of a network: whoever
// receives a request hands its body in.
//
//   witness                 the witness's verifier key (CosignerKey's text) and a newline
//   witness.key             seed of its Ed25519 key, 32 bytes, mode 0600
//   logs                    the keys of the logs that it knows, a vkey a line
//   state                   what it cosigned last of each log: SerializeWitnessState
//   checkpoints/<hex>       the newest cosigned checkpoint, under SHA-256 of the log's origin
//   lock, logs.lock         held by whoever cosigns, and by whoever changes `logs`
//
// `state` is never made anew: a witness that forgot what it cosigned could cosign a fork. For the same reason
// a log is never removed, only its keys are.
#ifndef STRONGROOM_LOG_WITNESS_STORE_H_
#define STRONGROOM_LOG_WITNESS_STORE_H_

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "strongroom/base/file.h"
#include "strongroom/log/witness.h"

namespace strongroom::log {

// CreateWitness makes a witness with a new key, whole or not at all. kExists if the directory is there,
// kInvalidArgument for a name that no key can have.
Expected<CosignerKey> CreateWitness(FileSystem& files, const std::string& directory, const std::string& name);

// TrustLog adds a log's key; a log may have several; one that the witness has already is no error. A witness
// that runs accepts the log from its next request on. DistrustLog takes a key away: kNotFound if it is not
// there. What was cosigned stays remembered. Both are kUnavailable while another process changes the same
// witness.
Status TrustLog(FileSystem& files, const std::string& directory, const envelope::NoteKey& log_key);
Status DistrustLog(FileSystem& files, const std::string& directory, const envelope::NoteKey& log_key);

// WitnessOverview is what a witness's directory says, as far as everybody may know.
struct WitnessOverview {
  CosignerKey key;
  std::vector<envelope::NoteKey> logs;
  WitnessState state;
};

// ReadWitness: kNotFound if there is no witness; kTruncated if its state is gone; kMalformed for a file that
// does not parse.
Expected<WitnessOverview> ReadWitness(FileSystem& files, const std::string& directory);

// WitnessStore cosigns. One at a time has a directory. Thread-safe.
class WitnessStore {
 public:
  // Open: the errors of ReadWitness; kUnavailable if another process has the witness; kAltered if key and
  // name do not belong together; kRolledBack if `state` is older than a checkpoint that stands beside it.
  // `files` must outlive the store.
  static Expected<std::unique_ptr<WitnessStore>> Open(FileSystem& files, const std::string& directory);

  [[nodiscard]] const CosignerKey& key() const { return overview_.key; }

  // AddCheckpoint answers a request as AnswerAddCheckpoint does; what it cosigned is durable when it returns.
  // An error means that nothing may be answered but 503: the disk failed. To ask again is safe.
  Expected<AddCheckpointAnswer> AddCheckpoint(std::string_view body, Timestamp now);

  // The newest cosigned checkpoint of a log, with the log's signatures and this witness's cosignature, by the
  // hexadecimal SHA-256 of the log's origin. kNotFound if there is none.
  Expected<std::string> NewestCheckpoint(std::string_view origin_hash) const;

 private:
  WitnessStore(FileSystem& files, std::string directory, WitnessOverview overview,
               crypto::Ed25519PrivateKey key, std::unique_ptr<File> lock);
  Status CheckStateIsNewest() const;
  Status Keep(const AddCheckpointAnswer& answer, std::string_view body);

  FileSystem* files_;
  std::string directory_;
  std::unique_ptr<File> lock_;
  crypto::Ed25519PrivateKey signing_key_;
  mutable std::mutex mutex_;  // of what follows, and of the files
  WitnessOverview overview_;
};

}  // namespace strongroom::log

#endif  // STRONGROOM_LOG_WITNESS_STORE_H_
