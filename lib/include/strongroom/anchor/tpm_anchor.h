// An anchor against rollback in the TPM. A counter there rises, and a chain there takes in the log's
// checkpoint, each time the log is anchored; a file beside the log says which checkpoint that was. Whoever
// puts back an older copy of log and file cannot put back the TPM.
//
// What the chain takes in is SHA-256("strongroom.tpm-anchor.v1\n" || COUNT || "\n" || the checkpoint's text).
//
// To anchor a checkpoint: the file takes it up as pending, durably; the counter is incremented; the chain is
// extended; the file has it as anchored. Counter and chain show after which of these steps a process was
// stopped, and the rest is done when the anchor is next looked at. Nothing but the steps of a checkpoint that
// the file holds as pending explains a difference; any other is kRolledBack.
//
// PATH is the file, canonical JSON; PATH.key the 32 bytes of the indices' authorization value, mode 0600;
// PATH.lock is locked while one process looks or changes. docs/LOG.md says what such an anchor is worth.
#ifndef STRONGROOM_ANCHOR_TPM_ANCHOR_H_
#define STRONGROOM_ANCHOR_TPM_ANCHOR_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "strongroom/base/file.h"
#include "strongroom/log/checkpoint.h"
#include "strongroom/tpm/context.h"

namespace strongroom::anchor {

using TpmOpener = std::function<Expected<tpm::Context>()>;

// Whether the log has at least that many entries, and had that root when it had no more of them. Any error
// means that it did not.
using LogHolds = std::function<Status(const log::Checkpoint&)>;

inline constexpr std::uint64_t kMaxEvery = 1'000'000;

// What the TPM vouches for.
struct Standing {
  log::Checkpoint checkpoint;  // which the log must hold
  std::uint64_t count = 0;     // the counter's value
  std::uint32_t counter = 0;   // its NV handle; the chain's is the next one
  std::uint64_t every = 1;     // see Set
};

// TpmAnchor is the anchor of one log. It keeps nothing between calls, so that several processes may use one.
// Where none is set, Check and Advance do nothing. Errors of all calls: kRolledBack if the TPM is ahead of
// the file or not on its way; kAltered if an index is gone or is another, or the file does not parse;
// kLogUnavailable if the TPM does not answer or the anchor is half made. Not thread-safe.
class TpmAnchor {
 public:
  // `files` must outlive it. `tpm` is called by each call that needs the TPM, and the TPM is closed again.
  TpmAnchor(FileSystem& files, std::string path, TpmOpener tpm)
      : files_(&files), path_(std::move(path)), tpm_(std::move(tpm)) {}

  // Whether there is one, or half of one.
  [[nodiscard]] Expected<bool> IsSet() const;

  // Set makes the two indices and anchors `head` by them. Advance then waits until the log has grown by
  // `every` entries, 1 to kMaxEvery. kExists if an anchor is set; half of one is made anew. kUnavailable if
  // the TPM has no room. What it made before it failed is taken away again.
  Status Set(const log::Checkpoint& head, std::uint64_t every);

  // Read tells what the TPM vouches for, and changes nothing. kNotFound if no anchor is set.
  Expected<Standing> Read() const;

  // Check holds the TPM, the file and the log against each other, and does what a stopped process left
  // undone.
  Status Check(const LogHolds& holds) const;

  // Advance anchors a checkpoint of a log that Check has passed. An older checkpoint than the anchored one,
  // or one that `every` does not ask for yet, is left out.
  Status Advance(const log::Checkpoint& checkpoint) const;

  // Remove takes the indices from the TPM and the files away. Where the TPM does not give an index up, the
  // files go all the same, and the value says why it did not; so where the file does not say which they are.
  // kNotFound if no anchor is set.
  Expected<std::optional<Error>> Remove() const;

 private:
  FileSystem* files_;
  std::string path_;
  TpmOpener tpm_;
};

}  // namespace strongroom::anchor

#endif  // STRONGROOM_ANCHOR_TPM_ANCHOR_H_
