// Policy digests of TPM 2.0 (Part 1, "Enhanced Authorization"; Part 3, TPM2_PolicyPCR, TPM2_PolicyOR,
// TPM2_PolicyAuthorize), computed without a TPM. All are SHA-256 policies that start from a fresh session,
// whose digest is 32 zero bytes.
#ifndef STRONGROOM_TPM_POLICY_H_
#define STRONGROOM_TPM_POLICY_H_

#include <array>
#include <span>

#include "strongroom/base/bytes.h"
#include "strongroom/crypto/signature.h"
#include "strongroom/tpm/pcr.h"

namespace strongroom::tpm {

using ObjectName = Bytes;  // its Name: u16 nameAlg (0x000B, SHA-256) || SHA-256 of its TPMT_PUBLIC

// PolicyPcr is the digest after TPM2_PolicyPCR while the registers hold these values:
// SHA-256(zeros || 0x0000017F || TPML_PCR_SELECTION || SHA-256(values one after another)).
Digest PolicyPcr(const PcrValues& values);

// PolicyOr is SHA-256(zeros || 0x00000171 || branches one after another). TPMs take 2 to 8 branches.
Digest PolicyOr(std::span<const Digest> branches);

// PolicyAuthorize is satisfied by any policy that `key` signed together with `policy_ref`:
// SHA-256(SHA-256(zeros || 0x0000016A || name of key) || policy_ref).
Digest PolicyAuthorize(const crypto::P256PublicKey& key, const Digest& policy_ref);

// AuthorizationMessage is what the policy key signs (ECDSA with SHA-256) to approve a policy: approved ||
// policy_ref.
std::array<std::uint8_t, 64> AuthorizationMessage(const Digest& approved, const Digest& policy_ref);

// VerificationKeyPublicArea is the TPM2B_PUBLIC under which a TPM knows an outside P-256 verification key.
// The Name hashes every field, so the template is part of the format: type ECC (0x0023), nameAlg SHA-256
// (0x000B), attributes sign | userWithAuth (0x00040040), no authPolicy, symmetric NULL (0x0010), scheme ECDSA
// (0x0018) with SHA-256, curve NIST P-256 (0x0003), KDF NULL, x and y of 32 bytes.
Bytes VerificationKeyPublicArea(const crypto::P256PublicKey& key);

// NameOf is the Name of a TPM2B_PUBLIC whose nameAlg is SHA-256. kMalformed if its size field is wrong,
// kUnsupported for another nameAlg.
Expected<ObjectName> NameOf(ByteView public_area);

}  // namespace strongroom::tpm

#endif  // STRONGROOM_TPM_POLICY_H_
