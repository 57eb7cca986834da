// Verifying a bundle without a key: every byte of every file against the sizes and roots that the owner
// signed.
#ifndef STRONGROOM_BUNDLE_VERIFY_H_
#define STRONGROOM_BUNDLE_VERIFY_H_

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "strongroom/base/error.h"
#include "strongroom/bundle/manifest.h"
#include "strongroom/bundle/progress.h"
#include "strongroom/crypto/bulk.h"
#include "strongroom/store/store.h"

namespace strongroom::bundle {

enum class Defect {
  kMissing,    // no such file
  kShort,      // ends before its signed size
  kLong,       // goes on after its signed size
  kDamaged,    // bytes differ from those that were signed
  kExtra,      // a file that the manifest does not name
  kUnreadable  // the store could not read it
};

struct Finding {
  std::string name;
  Defect defect = Defect::kDamaged;
  // The leaves (32 KiB windows) that differ, where the file's .leaves can be believed; `leaves_known` says
  // whether they could be told.
  std::vector<std::uint64_t> leaves{};
  bool leaves_known = false;

  [[nodiscard]] ErrorCode code() const;  // kTruncated, kAltered or kUnavailable
  [[nodiscard]] std::string message() const;
};

struct VerifyReport {
  std::vector<Finding> findings;  // in the order of the files' names
  std::uint64_t files = 0;        // checked
  std::uint64_t size = 0;         // bytes checked

  // The worst finding as an error (altered before truncated before unavailable), the others as its reasons;
  // success if there is none.
  [[nodiscard]] Status status() const;
};

struct VerifyOptions {
  std::shared_ptr<const crypto::BulkCrypto> bulk;
  unsigned threads = 0;  // 0: all cores; at most 64
};

// Verify checks every file that the manifest names. It fails itself only when stopped (kInterrupted) or when
// the store cannot be listed; what is wrong with the bundle is in the report.
Expected<VerifyReport> Verify(store::Store& store, const VerifiedManifest& manifest,
                              const VerifyOptions& options, const ProgressFunction& progress,
                              std::stop_token stop);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_VERIFY_H_
