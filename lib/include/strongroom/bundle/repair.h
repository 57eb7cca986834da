// Repairing a bundle without a key: damaged, missing or cut shards and parity files are rebuilt from the
// others of their group, leaf by leaf, and .leaves files from what they describe. docs/FORMAT.md section 11.
#ifndef STRONGROOM_BUNDLE_REPAIR_H_
#define STRONGROOM_BUNDLE_REPAIR_H_

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "strongroom/base/error.h"
#include "strongroom/bundle/manifest.h"
#include "strongroom/bundle/progress.h"
#include "strongroom/bundle/verify.h"
#include "strongroom/crypto/bulk.h"
#include "strongroom/store/store.h"

namespace strongroom::bundle {

struct RepairedFile {
  std::string name;
  std::uint64_t leaves = 0;  // rebuilt; the others were good
};

struct Unrepairable {
  std::string name;
  std::string why;
};

struct RepairReport {
  std::vector<RepairedFile> repaired;
  std::vector<Unrepairable> unrepairable;

  // kAltered, naming the first file and the reason, if anything could not be repaired.
  [[nodiscard]] Status status() const;
};

// Repair mends what `findings` (of Verify) names. Each file is rebuilt under a temporary name, held against its
// signed root, and only then takes the place of the damaged one. A file that the manifest does not name is left
// alone and reported. Fails itself when stopped (kInterrupted), or when the store cannot be written (kUnavailable,
// kInternal).
Expected<RepairReport> Repair(store::Store& store, const VerifiedManifest& manifest,
                              const VerifyReport& findings, const VerifyOptions& options,
                              const ProgressFunction& progress, std::stop_token stop);

}  // namespace strongroom::bundle

#endif  // STRONGROOM_BUNDLE_REPAIR_H_
