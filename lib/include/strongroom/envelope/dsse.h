// DSSE, the Dead Simple Signing Envelope (protocol version 1, https://github.com/secure-systems-lab/dsse), in
// the one encoding that Strongroom accepts: canonical JSON, canonical base64, exactly one Ed25519 signature,
// an empty keyid.
#ifndef STRONGROOM_ENVELOPE_DSSE_H_
#define STRONGROOM_ENVELOPE_DSSE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/crypto/signature.h"

namespace strongroom::envelope {

// DsseEnvelope is a parsed envelope. Nothing in it is believed before one of the Verify functions succeeds; a
// payload that names its own signer is parsed first, and then held to that signer by VerifyDsseBy.
struct DsseEnvelope {
  std::string unverified_payload_type;
  Bytes unverified_payload;
  crypto::Ed25519Signature signature{};
};

// SignDsse makes the envelope of a payload: the bytes of the file. `payload_type` is ASCII.
Bytes SignDsse(std::string_view payload_type, ByteView payload, const crypto::Ed25519PrivateKey& key);

// ParseDsse parses an envelope of at most `max_bytes`; kTruncated for the mere beginning of one, kMalformed for
// every other encoding than the one that SignDsse makes.
Expected<DsseEnvelope> ParseDsse(ByteView bytes, std::size_t max_bytes);

// VerifyDsse tries several keys: the index of the one that signed. kMalformed for another payload type;
// kUntrusted if no key verifies, for bytes changed since and a stranger's signature look alike then.
Expected<std::size_t> VerifyDsse(const DsseEnvelope& envelope, std::string_view expected_type,
                                 std::span<const crypto::Ed25519PublicKey> keys);

// VerifyDsseBy holds an envelope to one key, which the caller trusts: kMalformed for another payload type,
// kAltered if it does not verify.
Status VerifyDsseBy(const DsseEnvelope& envelope, std::string_view expected_type,
                    const crypto::Ed25519PublicKey& key);

}  // namespace strongroom::envelope

#endif  // STRONGROOM_ENVELOPE_DSSE_H_
