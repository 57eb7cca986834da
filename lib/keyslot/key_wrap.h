// The bundle key under a keyslot's secret.
#ifndef STRONGROOM_KEYSLOT_KEY_WRAP_H_
#define STRONGROOM_KEYSLOT_KEY_WRAP_H_

#include <string_view>

#include "strongroom/keyslot/keyslots.h"
#include "strongroom/secret/secret_bytes.h"

namespace strongroom::keyslot {

// The context is label || instance. HKDF-SHA-256(secret, no salt, context) is the wrapping key; AES-256-GCM
// with a random nonce and the context as AAD wraps.
inline constexpr std::string_view kTpmSlotLabel = "strongroom tpm slot v1";
inline constexpr std::string_view kRecoverySlotLabel = "strongroom recovery slot v1";

Expected<WrappedKey> WrapBundleKey(const SecretBytes& secret, std::string_view label,
                                   const Instance& instance, const BundleKey& key);

// kAltered if the secret is not the one, or the wrapped key was altered.
Expected<BundleKey> UnwrapBundleKey(const SecretBytes& secret, std::string_view label,
                                    const Instance& instance, const WrappedKey& wrapped);

}  // namespace strongroom::keyslot

#endif  // STRONGROOM_KEYSLOT_KEY_WRAP_H_
