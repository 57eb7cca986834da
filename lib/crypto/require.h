// What to do when something fails that can fail only for want of memory or by a defect of ours.
#ifndef STRONGROOM_CRYPTO_REQUIRE_H_
#define STRONGROOM_CRYPTO_REQUIRE_H_

#include <cstdlib>

namespace strongroom::crypto {

// Going on could release bytes that were not encrypted or not verified, so the process ends.
inline void Require(bool succeeded) {
  if (!succeeded) std::abort();
}

}  // namespace strongroom::crypto

#endif  // STRONGROOM_CRYPTO_REQUIRE_H_
