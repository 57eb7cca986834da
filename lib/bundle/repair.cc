#include "strongroom/bundle/repair.h"
namespace strongroom::bundle {
Expected<RepairReport> Repair(store::Store&, const VerifiedManifest&, const VerifyReport&,
                              const VerifyOptions&, const ProgressFunction&, std::stop_token) {
  return RepairReport{};
}
}  // namespace strongroom::bundle
