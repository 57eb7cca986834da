// Opening a keyslot: the one way to a bundle key.
#ifndef STRONGROOM_KEYSLOT_UNLOCK_H_
#define STRONGROOM_KEYSLOT_UNLOCK_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "strongroom/keyslot/approval.h"
#include "strongroom/keyslot/keyslots.h"
#include "strongroom/keyslot/recovery_secret.h"
#include "strongroom/log/receipt.h"
#include "strongroom/secret/secret_bytes.h"
#include "strongroom/tpm/context.h"

namespace strongroom::keyslot {

using TpmOpener = std::function<Expected<tpm::Context>()>;

// What a keyslot may be opened with; all borrowed. Only what the slot's kind needs is used.
struct UnlockRequest {
  const KeyslotsDocument& document;
  std::uint32_t slot = 0;                    // index into the document's slots
  const TpmOpener* tpm = nullptr;            // called for a tpm slot, after the receipt was checked
  const RecoverySecret* recovery = nullptr;  // for a recovery slot
  const Approval* approval = nullptr;        // for a tpm slot whose registers have changed
};

struct Unlocked {
  BundleKey key;
  std::vector<std::string> warnings;  // a TPM that is a program, leftovers flushed
};

// Unlock opens one keyslot. The receipt must be that of a permit for this bundle id, instance, revision and
// slot, else kLogUnavailable, and nothing is touched. kUnavailable if the memory for Argon2id cannot be had.
// Every other failure is kNoKey and says which: no such slot, no TPM there, another TPM, which registers
// changed and from what to what, an approval that does not serve, no or a wrong passphrase or recovery key.
// (An altered recovery slot looks like a wrong passphrase; the document's signature tells them apart.) The
// caller still compares the key with the manifest's commitment.
Expected<Unlocked> Unlock(const UnlockRequest& request, const log::Receipt& receipt);

}  // namespace strongroom::keyslot

#endif  // STRONGROOM_KEYSLOT_UNLOCK_H_
