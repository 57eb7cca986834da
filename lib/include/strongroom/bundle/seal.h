// Sealing: from a model's files to a bundle. The steps, so that a keyslot can be made before the long work
// and the manifest signed after it:
//
//   auto sealer = Sealer::Start(files, options);      // reads the names, draws instance and bundle key,
//   makes OUTPUT.partial
//   ... make keyslots for sealer->bundle_key() ...
//   auto sealed = sealer->Run(progress, stop);        // codes, encrypts, hashes, writes; everything durable
//   when it returns
//   ... sign a manifest that names sealed->subjects; sign the keyslots ...
//   sealer->Finish(manifest, keyslots);               // writes both, and gives the bundle its name
//
// A sealer that is dropped, or killed, leaves OUTPUT.partial and its journal, from which a later one resumes.
#ifndef STRONGROOM_BUNDLE_SEAL_H_
#define STRONGROOM_BUNDLE_SEAL_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "strongroom/base/error.h"
#include "strongroom/base/file.h"
#include "strongroom/bundle/layout.h"
#include "strongroom/bundle/manifest.h"
#include "strongroom/bundle/progress.h"
#include "strongroom/crypto/bulk.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom::bundle {

struct SealOptions {
  std::string source;  // a directory or one file
  std::string output;  // must not exist unless `force`
  std::shared_ptr<const crypto::BulkCrypto> bulk;
  unsigned threads = 0;          // 0: all cores; at most 64
  std::uint64_t shard_size = 0;  // bytes of a shard at most; 0: 256 MiB, more for very large models
  std::optional<ParitySpec> parity{};
  bool opaque = false;        // seal malformed safetensors and GGUF files as bytes
  bool resume = false;        // continue what an interrupted run left, if it left anything
  bool force = false;         // replace OUTPUT, discard OUTPUT.partial
  bool plain_sha256 = false;  // SHA-256 of each file in the manifest beside its root
};

struct SealTotals {
  std::uint64_t files = 0, directories = 0, symlinks = 0, tensors = 0, blocks = 0;
  std::uint64_t plaintext_size = 0;
};

// What Run made, for the manifest.
struct SealedFiles {
  std::vector<Subject> subjects;  // sorted by name
  Digest commitment{};
  std::uint64_t plaintext_size = 0;
  std::uint64_t size = 0;  // of all subjects together
};

// SurveySource reads names and headers of a source and writes nothing. kInvalidArgument, naming the path, for
// what a bundle cannot hold: links that leave the source, devices, sockets; kMalformed, naming path and
// offset, for defective weights unless `opaque`; kNotFound if there is no such source.
Expected<SealTotals> SurveySource(FileSystem& files, const std::string& source, bool opaque);

class Sealer {
 public:
  // Start surveys the source and makes OUTPUT.partial and its journal, whose frames are encrypted under
  // `journal_key`: give the same key to resume. Besides SurveySource's errors: kExists if OUTPUT or (without
  // resume) OUTPUT.partial is there; kAltered if the source changed since the run that is resumed; kNoKey if
  // the journal was written under another key. `files` must outlive the sealer.
  static Expected<std::unique_ptr<Sealer>> Start(FileSystem& files, SealOptions options,
                                                 const WrappingKey& journal_key);
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;
  ~Sealer();

  [[nodiscard]] const Instance& instance() const;
  [[nodiscard]] const BundleKey& bundle_key() const;
  [[nodiscard]] const SealTotals& totals() const;
  [[nodiscard]] bool resumed() const;                // whether a former run's work is used
  [[nodiscard]] std::uint64_t resumed_size() const;  // bytes of plaintext that need not be read again

  // Run does the work. kInterrupted when stopped; kUnavailable when the disk is full; kAltered if the source
  // changes meanwhile. After a failure the sealer is of no more use, but a new one can resume.
  Expected<SealedFiles> Run(const ProgressFunction& progress, std::stop_token stop);

  // Finish writes the two envelopes, makes all names durable and renames OUTPUT.partial to OUTPUT.
  Status Finish(ByteView manifest_envelope, ByteView keyslots_envelope);

 private:
  struct State;
  explicit Sealer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_SEAL_H_
