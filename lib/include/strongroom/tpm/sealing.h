// Sealing: a small secret that one TPM gives back only while a policy holds. Secrets cross the bus to the TPM
// only in sessions salted to the storage root and encrypted with AES-128-CFB, after the storage root's Name
// was checked.
#ifndef STRONGROOM_TPM_SEALING_H_
#define STRONGROOM_TPM_SEALING_H_

#include <array>
#include <variant>

#include "strongroom/crypto/signature.h"
#include "strongroom/secret/secret_bytes.h"
#include "strongroom/tpm/context.h"
#include "strongroom/tpm/policy.h"
#include "strongroom/tpm/storage_root.h"

namespace strongroom::tpm {

// The most that every TPM 2.0 can seal, in bytes.
inline constexpr std::size_t kMaxSealedSize = 128;

// SealedObject is what tpm2_load reads: -u public_area, -r private_area.
struct SealedObject {
  Bytes public_area;   // TPM2B_PUBLIC
  Bytes private_area;  // TPM2B_PRIVATE
  friend bool operator==(const SealedObject&, const SealedObject&) = default;
};

// The two ways that open a sealed object; its policy is PolicyOr over both digests, in this order.
struct SealingPolicy {
  Digest pcr{};        // PolicyPcr of the values at sealing
  Digest authorize{};  // PolicyAuthorize of the owner's policy key
  [[nodiscard]] Digest Combined() const;
};

// SealedPolicy is the policy digest of a sealed object's public area, after checking that the rest of it is
// what Seal makes: a sealed data object (0x0008), nameAlg SHA-256, fixedTPM | fixedParent | noDA (so
// userWithAuth clear: the policy is the only way in). kMalformed.
Expected<Digest> SealedPolicy(ByteView public_area);

// Seal makes a sealed object under the storage root. `secret` is 1 to kMaxSealedSize bytes, else
// kInvalidArgument. kNoKey if the TPM's storage root is another than `root` or the TPM refuses.
Expected<SealedObject> Seal(Context& context, const StorageRoot& root, const SecretBytes& secret,
                            const SealingPolicy& policy);

// An approval in the TPM's terms: the policy key signed AuthorizationMessage(PolicyPcr(values), policy_ref),
// where the values are what the registers of `selection` hold now.
struct Authorization {
  crypto::P256PublicKey key;
  Digest policy_ref{};
  Digest approved{};  // the PolicyPcr that was signed
  crypto::P256Signature signature;
};

struct UnsealRequest {
  const StorageRoot& root;
  const SealedObject& object;
  const SealingPolicy& policy;
  const PcrSelection& selection;                 // what TPM2_PolicyPCR is asked about
  const Authorization* authorization = nullptr;  // null: by the values at sealing; else by this approval
};

// Unseal gives the secret back. kNoKey, saying which: the storage root's Name differs (another TPM, or a
// cleared one), the object was altered, the approval's signature does not verify, or the registers do not
// hold what the policy wants.
Expected<SecretBytes> Unseal(Context& context, const UnsealRequest& request);

}  // namespace strongroom::tpm

#endif  // STRONGROOM_TPM_SEALING_H_
