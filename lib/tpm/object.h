// Keys that are in the TPM, or made in it from a template.
#ifndef STRONGROOM_TPM_OBJECT_H_
#define STRONGROOM_TPM_OBJECT_H_

#include "strongroom/tpm/policy.h"
#include "tpm/esys.h"

namespace strongroom::tpm {

struct Object {
  Handle handle;
  TPMT_PUBLIC public_area;
  ObjectName name;  // computed from public_area; empty if its nameAlg is not SHA-256
};

// Whether the TPM has a persistent object or NV index at this handle.
Expected<bool> HasHandle(Context::State& state, TPM2_HANDLE handle);

// OpenPersistent makes sure that the public area which the ESYS library will salt sessions to is the one
// returned: the library takes it from the bus without holding it against the Name.
Expected<Object> OpenPersistent(Context::State& state, TPM2_HANDLE handle);

// CreatePrimary makes the key of a hierarchy (ESYS_TR_RH_OWNER, ESYS_TR_RH_ENDORSEMENT) that belongs to a
// template.
Expected<Object> CreatePrimary(Context::State& state, ESYS_TR hierarchy, const TPMT_PUBLIC& template_area);

// A key of elliptic curve P-256 that decrypts only what the TPM made (restricted), with AES-128-CFB for its
// children. Attributes, policy and unique field are the caller's to set.
TPMT_PUBLIC RestrictedP256Template();

// Whether it is a key that protects others and never leaves its TPM: restricted, decrypting, not signing,
// fixedTPM, fixedParent.
bool IsStorageKey(const TPMT_PUBLIC& area);

}  // namespace strongroom::tpm

#endif  // STRONGROOM_TPM_OBJECT_H_
