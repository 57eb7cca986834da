// A signed licence: one file, NAME.licence, in which an issuer states a licence that packs may ask for.
// docs/FORMAT.md gives its form: a DSSE envelope over canonical JSON.
#ifndef STRONGROOM_POLICY_SIGNED_LICENCE_H_
#define STRONGROOM_POLICY_SIGNED_LICENCE_H_

#include <string_view>

#include "strongroom/base/bytes.h"
#include "strongroom/base/error.h"
#include "strongroom/crypto/signature.h"
#include "strongroom/envelope/trust.h"
#include "strongroom/policy/facts.h"

namespace strongroom::policy {

inline constexpr std::string_view kSignedLicenceType = "application/vnd.strongroom.licence.v1+json";
inline constexpr std::size_t kMaxSignedLicenceSize = 256 << 10;

// ParseLicence reads a licence as a person writes it: TOML with one table [licence] and nothing else, of the
// keys that a question's has. kMalformed, with line and column where there is one.
Expected<Licence> ParseLicence(ByteView toml);

// The payload of the envelope. Parsing is strict: kMalformed for anything that Serialize does not write. The
// source of what is parsed is kLicence, though nothing is verified yet.
Bytes SerializeLicence(const Licence& licence);
Expected<Licence> ParseLicencePayload(ByteView payload);

// SignLicence makes the bytes of the file. kInvalidArgument if the licence is not one that
// ParseLicencePayload takes back.
Expected<Bytes> SignLicence(const Licence& licence, const crypto::Ed25519PrivateKey& key);

// VerifySignedLicence checks, in this order: that the file parses (kMalformed), that a key of the issuer's
// name is trusted as a licence issuer (kUntrusted), and that it signed (kAltered). Whether the licence is
// valid now is for whoever asks.
Expected<Licence> VerifySignedLicence(ByteView file, const envelope::TrustStore& trust);

}  // namespace strongroom::policy

#endif  // STRONGROOM_POLICY_SIGNED_LICENCE_H_
