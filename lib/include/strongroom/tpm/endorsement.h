// The endorsement key: the TPM's identity, with its maker's certificate.
#ifndef STRONGROOM_TPM_ENDORSEMENT_H_
#define STRONGROOM_TPM_ENDORSEMENT_H_

#include "strongroom/tpm/context.h"
#include "strongroom/tpm/policy.h"

namespace strongroom::tpm {

struct EndorsementKey {
  std::string kind;   // "RSA 2048", "ECC P-256", "ECC P-384"
  ObjectName name;    // empty if its nameAlg is not SHA-256
  Bytes certificate;  // X.509 in DER as the maker left it, unverified; empty if there is none
};

// ReadEndorsementKey reads the first key that is persistent at one of the handles of the TCG's EK credential
// profile, with the certificate at the NV index that belongs to it; if none is persistent, makes the ECC
// P-256 one from the profile's template L-2 for as long as the call lasts. kNoKey if the TPM refuses.
Expected<EndorsementKey> ReadEndorsementKey(Context& context);

}  // namespace strongroom::tpm

#endif  // STRONGROOM_TPM_ENDORSEMENT_H_
