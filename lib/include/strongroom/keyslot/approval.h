// Approvals: PCR values that the owner accepts besides those at sealing, so that a firmware update locks
// nobody out.
//
// An approval has a version v. It is signed by the owner's P-256 policy key once for each floor from 0 to v,
// and a tpm keyslot made with floor F accepts the signature for F alone, which the TPM itself checks
// (TPM2_PolicyAuthorize). So raising the floor of the keyslots retires every older approval, and no program
// can argue with that.
#ifndef STRONGROOM_KEYSLOT_APPROVAL_H_
#define STRONGROOM_KEYSLOT_APPROVAL_H_

#include <cstdint>
#include <vector>

#include "strongroom/crypto/signature.h"
#include "strongroom/keyslot/keyslots.h"
#include "strongroom/tpm/pcr.h"
#include "strongroom/tpm/sealing.h"

namespace strongroom::keyslot {

inline constexpr std::size_t kMaxApprovalSize = 64 * 1024;

struct Approval {
  tpm::PcrValues pcrs;
  crypto::P256PublicKey policy_key;
  std::vector<crypto::P256Signature> signatures;  // for the floors 0 to version()

  [[nodiscard]] std::uint8_t version() const { return static_cast<std::uint8_t>(signatures.size() - 1); }
};

// PolicyRef of a floor: SHA-256("strongroom approval floor v1" || u64be floor).
Digest PolicyRef(std::uint8_t floor);

Approval MakeApproval(tpm::PcrValues pcrs, std::uint8_t version, const crypto::P256PrivateKey& policy_key);

// SerializeApproval gives the bytes of an approval file: canonical JSON.
Bytes SerializeApproval(const Approval& approval);

// ParseApproval: kMalformed for anything that SerializeApproval does not write, kUnsupported for a newer
// type, kAltered if one of the signatures is not by the key that the approval names. Whether that is the
// right key, AuthorizationFor says.
Expected<Approval> ParseApproval(ByteView bytes);

// AuthorizationFor is the approval in the TPM's terms for one keyslot. kNoKey, saying which: its version is
// below the keyslot's floor, it is signed by another policy key, or it is about other registers.
Expected<tpm::Authorization> AuthorizationFor(const Approval& approval, const TpmSlot& slot);

}  // namespace strongroom::keyslot

#endif  // STRONGROOM_KEYSLOT_APPROVAL_H_
