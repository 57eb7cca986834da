// The storage root in use: loaded, and known to be the one that is meant.
#ifndef STRONGROOM_TPM_LOADED_ROOT_H_
#define STRONGROOM_TPM_LOADED_ROOT_H_

#include "strongroom/tpm/storage_root.h"
#include "tpm/object.h"

namespace strongroom::tpm {

// kNoKey unless the TPM's storage root has the pinned Name.
Expected<Object> LoadRoot(Context::State& state, const StorageRoot& pinned);

}  // namespace strongroom::tpm

#endif  // STRONGROOM_TPM_LOADED_ROOT_H_
