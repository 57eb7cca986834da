// The two halves of HKDF with SHA-256, for protocols that put something between them.
#ifndef STRONGROOM_CRYPTO_HKDF_H_
#define STRONGROOM_CRYPTO_HKDF_H_

#include "strongroom/base/bytes.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom::crypto {

// RFC 5869 sections 2.2 and 2.3; `length` at most 255 * 32 (the process ends otherwise).
SecretBytes HkdfExtractSha256(ByteView salt, ByteView key);
SecretBytes HkdfExpandSha256(ByteView key, ByteView info, std::size_t length);

}  // namespace strongroom::crypto

#endif  // STRONGROOM_CRYPTO_HKDF_H_
