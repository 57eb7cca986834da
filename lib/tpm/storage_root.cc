#include "strongroom/tpm/storage_root.h"

#include "tpm/loaded_root.h"

namespace strongroom::tpm {
namespace {

TPMT_PUBLIC StorageRootTemplate() {
  TPMT_PUBLIC area = RestrictedP256Template();
  area.objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN |
                          TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED |
                          TPMA_OBJECT_DECRYPT;
  return area;
}

Expected<Object> LoadFrom(Context::State& state, std::uint32_t handle) {
  if (handle == kStorageRootTemplate) {
    auto root = CreatePrimary(state, ESYS_TR_RH_OWNER, StorageRootTemplate());
    if (root) return root;
    return std::unexpected(
        std::move(root).error().Next("if the owner hierarchy of this TPM has a password, let its owner keep "
                                     "a storage root at 0x81000001"));
  }
  SR_ASSIGN_OR_RETURN(Object root, OpenPersistent(state, kPersistentStorageRoot));
  if (!IsStorageKey(root.public_area) || root.name.empty()) {
    return Fail(
        ErrorCode::kNoKey,
        "what the TPM at " + state.tcti + " keeps at 0x81000001 is not a storage key with a SHA-256 Name",
        "0x81000001 is reserved for the storage root: remove that key with tpm2_evictcontrol");
  }
  return root;
}

}  // namespace

Expected<StorageRoot> FindStorageRoot(Context& context) {
  Context::State& state = context.state();
  SR_ASSIGN_OR_RETURN(const bool persistent, HasHandle(state, kPersistentStorageRoot));
  const std::uint32_t handle = persistent ? kPersistentStorageRoot : kStorageRootTemplate;
  SR_ASSIGN_OR_RETURN(Object root, LoadFrom(state, handle));
  return StorageRoot{handle, std::move(root.name)};
}

Status CheckStorageRoot(Context& context, const StorageRoot& pinned) {
  SR_ASSIGN_OR_RETURN(const Object root, LoadRoot(context.state(), pinned));
  return {};
}

Expected<Object> LoadRoot(Context::State& state, const StorageRoot& pinned) {
  constexpr std::string_view kNext = "open on the machine that it was sealed to, or use another keyslot";
  const std::string elsewhere =
      "sealed to another TPM, or this one was cleared: the storage root of " + state.tcti;
  if (pinned.handle == kPersistentStorageRoot) {
    SR_ASSIGN_OR_RETURN(const bool persistent, HasHandle(state, kPersistentStorageRoot));
    if (!persistent) {
      return Fail(ErrorCode::kNoKey, elsewhere + " is not persistent at 0x81000001", std::string(kNext));
    }
  }
  SR_ASSIGN_OR_RETURN(Object root, LoadFrom(state, pinned.handle));
  if (root.name != pinned.name) {
    return Fail(ErrorCode::kNoKey,
                elsewhere + " has the Name " + Hex(root.name) + " and not " + Hex(pinned.name),
                std::string(kNext));
  }
  return root;
}

}  // namespace strongroom::tpm
