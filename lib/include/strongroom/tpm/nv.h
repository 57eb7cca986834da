// NV indices of the owner that only go forward: a counter (TPM_NT_COUNTER) and a chain (TPM_NT_EXTEND over
// SHA-256), TPM 2.0 Part 1, "NV Memory".
//
// An index is read and written with its authorization value alone (AUTHREAD | AUTHWRITE), also while the TPM
// is in lockout (NO_DA), and every write is in NV when its answer comes. What is asked and answered is
// authenticated by a session that is salted to the storage root: who stands on the bus cannot answer in the
// TPM's place.
//
// The owner of the TPM can always undefine an index, and make another under the same handle, because TPM 2.0
// has no index of the owner that the owner cannot take away. An index made anew has the same Name. What then
// tells it from the first: its authorization value, a chain that begins at zeros, and a counter that begins
// above the highest value of any counter that this TPM ever had. A counter never goes back.
#ifndef STRONGROOM_TPM_NV_H_
#define STRONGROOM_TPM_NV_H_

#include <cstdint>
#include <memory>

#include "strongroom/secret/secret_bytes.h"
#include "strongroom/tpm/context.h"
#include "strongroom/tpm/policy.h"
#include "strongroom/tpm/storage_root.h"

namespace strongroom::tpm {

// What the TCG's registry of handles leaves to the owner.
inline constexpr std::uint32_t kFirstOwnerNv = 0x01800000;
inline constexpr std::uint32_t kLastOwnerNv = 0x01BFFFFF;

// The longest authorization value, in bytes.
inline constexpr std::size_t kMaxNvAuthSize = 32;

enum class NvKind {
  kCounter,  // 64 bits; has no value before the first Increment
  kChain     // 32 bytes; each Extend makes it SHA-256(old value || data), and the first starts from zeros
};

// NvIndex is an index as this module makes it: handle and kind fix every field of its public area.
struct NvIndex {
  std::uint32_t handle = 0;
  NvKind kind = NvKind::kCounter;
};

// The Name once the index was written: u16 nameAlg (0x000B, SHA-256) || SHA-256 of its TPMS_NV_PUBLIC.
ObjectName NvName(const NvIndex& index);

// The first of two neighbouring handles, from `from` on, that are both free. kUnavailable if there are none
// up to kLastOwnerNv.
Expected<std::uint32_t> FindFreeNvPair(Context& context, std::uint32_t from);

// NvSession works on indices of one authorization value. Every call checks the Name of the index. Its errors:
// kNotFound if the TPM has no index there, kAltered if it has another (other fields, or another authorization
// value), kNoKey for whatever else the TPM refuses. Not thread-safe; `context` must outlive it.
class NvSession {
 public:
  // kNoKey if the TPM's storage root is not `root`, kInvalidArgument for an `auth` that is too long.
  static Expected<NvSession> Open(Context& context, const StorageRoot& root, const SecretBytes& auth);
  NvSession(NvSession&&) noexcept;
  NvSession& operator=(NvSession&&) noexcept;
  ~NvSession();

  // kInvalidArgument for a handle that is not the owner's, kExists if the TPM has an index there,
  // kUnavailable if its NV memory is full.
  Status Define(const NvIndex& index);
  // Needs the owner's authorization, which must be empty, and not that of the index.
  Status Undefine(const NvIndex& index);

  Status Increment(const NvIndex& counter);
  Status Extend(const NvIndex& chain, const Digest& data);
  // kNotFound also before the first Increment or Extend.
  Expected<std::uint64_t> ReadCounter(const NvIndex& counter);
  Expected<Digest> ReadChain(const NvIndex& chain);

 private:
  struct Parts;
  explicit NvSession(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace strongroom::tpm

#endif  // STRONGROOM_TPM_NV_H_
