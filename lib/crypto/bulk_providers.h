// The concrete providers, for MakeBulkCrypto to choose from.
#ifndef STRONGROOM_CRYPTO_BULK_PROVIDERS_H_
#define STRONGROOM_CRYPTO_BULK_PROVIDERS_H_

#include <memory>

#include "strongroom/crypto/bulk.h"

namespace strongroom::crypto {

std::shared_ptr<const BulkCrypto> MakeOpenSslBulk();

// kUnsupported where the processor lacks AVX-512, VAES or VPCLMULQDQ, or the library fails its own power-up
// test.
Expected<std::shared_ptr<const BulkCrypto>> MakeIpsecMbBulk();

}  // namespace strongroom::crypto

#endif  // STRONGROOM_CRYPTO_BULK_PROVIDERS_H_
