// HpkeSeal with the ephemeral key given, as known answers need it.
#ifndef STRONGROOM_CRYPTO_HPKE_SEAL_H_
#define STRONGROOM_CRYPTO_HPKE_SEAL_H_

#include "strongroom/crypto/hpke.h"

namespace strongroom::crypto {

// A key and nonce follow from the ephemeral key: one that is used twice breaks both messages.
Expected<Bytes> HpkeSealWith(const X25519PrivateKey& ephemeral, const X25519PublicKey& recipient,
                             ByteView info, ByteView aad, ByteView plaintext);

}  // namespace strongroom::crypto

#endif  // STRONGROOM_CRYPTO_HPKE_SEAL_H_
