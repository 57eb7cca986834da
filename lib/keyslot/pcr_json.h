// How documents write PCR values and the owner's policy key.
#ifndef STRONGROOM_KEYSLOT_PCR_JSON_H_
#define STRONGROOM_KEYSLOT_PCR_JSON_H_

#include <string_view>

#include "strongroom/crypto/signature.h"
#include "strongroom/envelope/json.h"
#include "strongroom/tpm/pcr.h"

namespace strongroom::keyslot {

// {"bank":"sha256","values":[{"digest":"<hex>","index":0}, ...]}, ascending.
envelope::Json PcrValuesJson(const tpm::PcrValues& values);
Expected<tpm::PcrValues> ReadPcrValues(envelope::ObjectReader& parent, std::string_view name);

// {"x":"<hex>","y":"<hex>"}.
envelope::Json PolicyKeyJson(const crypto::P256PublicKey& key);
Expected<crypto::P256PublicKey> ReadPolicyKey(envelope::ObjectReader& parent, std::string_view name);

}  // namespace strongroom::keyslot

#endif  // STRONGROOM_KEYSLOT_PCR_JSON_H_
