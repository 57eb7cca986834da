// The storage root: the key under which sealed objects live, and to whose public part sessions are salted.
#ifndef STRONGROOM_TPM_STORAGE_ROOT_H_
#define STRONGROOM_TPM_STORAGE_ROOT_H_

#include <cstdint>

#include "strongroom/tpm/context.h"
#include "strongroom/tpm/policy.h"

namespace strongroom::tpm {

// The handle that the TCG's provisioning guidance reserves for the storage root key.
inline constexpr std::uint32_t kPersistentStorageRoot = 0x81000001;
// In place of a handle: made anew each time from the template, which gives the same key until the TPM is
// cleared. The template is what tpm2-tools makes by
//   tpm2_createprimary -C o -g sha256 -G ecc256:aes128cfb -c root.ctx
//     -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|decrypt'
inline constexpr std::uint32_t kStorageRootTemplate = 0;

struct StorageRoot {
  std::uint32_t handle = kStorageRootTemplate;  // or kPersistentStorageRoot
  ObjectName name;
  friend bool operator==(const StorageRoot&, const StorageRoot&) = default;
};

// FindStorageRoot gives the persistent storage root if there is one, else the template's. kNoKey if what is
// persistent there is not a storage key (restricted, decrypting, fixedTPM, fixedParent), or if the owner
// hierarchy has a password.
Expected<StorageRoot> FindStorageRoot(Context& context);

// CheckStorageRoot: kNoKey unless the TPM's storage root is `pinned`.
Status CheckStorageRoot(Context& context, const StorageRoot& pinned);

}  // namespace strongroom::tpm

#endif  // STRONGROOM_TPM_STORAGE_ROOT_H_
