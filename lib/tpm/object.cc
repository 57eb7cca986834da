#include "tpm/object.h"

#include <tss2/tss2_mu.h>

#include <algorithm>

namespace strongroom::tpm {
namespace {

Expected<Bytes> Marshal(const TPM2B_PUBLIC& area) {
  Bytes bytes(sizeof(TPM2B_PUBLIC));
  std::size_t size = 0;
  const TSS2_RC code = Tss2_MU_TPM2B_PUBLIC_Marshal(&area, bytes.data(), bytes.size(), &size);
  if (code != TSS2_RC_SUCCESS) return std::unexpected(CommandError(code, "to describe a key"));
  bytes.resize(size);
  return bytes;
}

Expected<Object> Describe(Handle handle, const TPM2B_PUBLIC& area) {
  SR_ASSIGN_OR_RETURN(const Bytes bytes, Marshal(area));
  auto name = NameOf(bytes);
  if (!name && name.error().code != ErrorCode::kUnsupported) return std::unexpected(std::move(name).error());
  return Object{std::move(handle), area.publicArea, name ? *std::move(name) : ObjectName{}};
}

// The library's own serialisation of a key ends with the TPM2B_PUBLIC that it will use.
Status CheckLibraryHolds(Context::State& state, ESYS_TR handle, ByteView public_area) {
  std::uint8_t* raw = nullptr;
  std::size_t size = 0;
  const TSS2_RC code = Esys_TR_Serialize(state.esys, handle, &raw, &size);
  if (code != TSS2_RC_SUCCESS) return std::unexpected(CommandError(code, "to describe a key"));
  const EsysPtr<std::uint8_t> owned(raw);
  const ByteView serialised(raw, size);
  if (size < public_area.size() || !std::ranges::equal(serialised.last(public_area.size()), public_area)) {
    return Fail(ErrorCode::kNoKey, "the TPM at " + state.tcti + " described one key in two ways",
                "somebody may stand between this program and the TPM");
  }
  return {};
}

}  // namespace

Expected<bool> HasHandle(Context::State& state, TPM2_HANDLE handle) {
  TPMI_YES_NO more = TPM2_NO;
  TPMS_CAPABILITY_DATA* raw = nullptr;
  const TSS2_RC code = Esys_GetCapability(state.esys, kNoSession, kNoSession, kNoSession, TPM2_CAP_HANDLES,
                                          handle, 1, &more, &raw);
  if (code != TSS2_RC_SUCCESS) return std::unexpected(CommandError(code, "TPM2_GetCapability"));
  const EsysPtr<TPMS_CAPABILITY_DATA> data(raw);
  const TPML_HANDLE& handles = data->data.handles;
  return handles.count == 1 && handles.handle[0] == handle;
}

Expected<Object> OpenPersistent(Context::State& state, TPM2_HANDLE handle) {
  ESYS_TR reference = ESYS_TR_NONE;
  TSS2_RC code = Esys_TR_FromTPMPublic(state.esys, handle, kNoSession, kNoSession, kNoSession, &reference);
  if (code != TSS2_RC_SUCCESS) return std::unexpected(CommandError(code, "TPM2_ReadPublic"));
  Handle owned(state, reference, AtEnd::kKeep);
  TPM2B_PUBLIC* raw = nullptr;
  code = Esys_ReadPublic(state.esys, reference, kNoSession, kNoSession, kNoSession, &raw, nullptr, nullptr);
  if (code != TSS2_RC_SUCCESS) return std::unexpected(CommandError(code, "TPM2_ReadPublic"));
  const EsysPtr<TPM2B_PUBLIC> area(raw);
  SR_ASSIGN_OR_RETURN(const Bytes bytes, Marshal(*area));
  SR_RETURN_IF_ERROR(CheckLibraryHolds(state, reference, bytes));
  return Describe(std::move(owned), *area);
}

Expected<Object> CreatePrimary(Context::State& state, ESYS_TR hierarchy, const TPMT_PUBLIC& template_area) {
  const TPM2B_SENSITIVE_CREATE no_secret{};
  const TPM2B_PUBLIC wanted{.size = 0, .publicArea = template_area};
  const TPM2B_DATA no_data{};
  const TPML_PCR_SELECTION no_pcrs{};
  ESYS_TR reference = ESYS_TR_NONE;
  TPM2B_PUBLIC* raw = nullptr;
  SR_RETURN_IF_ERROR(Run(state, "TPM2_CreatePrimary", [&] {
    return Esys_CreatePrimary(state.esys, hierarchy, ESYS_TR_PASSWORD, kNoSession, kNoSession, &no_secret,
                              &wanted, &no_data, &no_pcrs, &reference, &raw, nullptr, nullptr, nullptr);
  }));
  const EsysPtr<TPM2B_PUBLIC> area(raw);
  return Describe(Handle(state, reference, AtEnd::kFlush), *area);
}

TPMT_PUBLIC RestrictedP256Template() {
  TPMT_PUBLIC area{};
  area.type = TPM2_ALG_ECC;
  area.nameAlg = TPM2_ALG_SHA256;
  TPMS_ECC_PARMS& parameters = area.parameters.eccDetail;
  parameters.symmetric.algorithm = TPM2_ALG_AES;
  parameters.symmetric.keyBits.aes = 128;
  parameters.symmetric.mode.aes = TPM2_ALG_CFB;
  parameters.scheme.scheme = TPM2_ALG_NULL;
  parameters.curveID = TPM2_ECC_NIST_P256;
  parameters.kdf.scheme = TPM2_ALG_NULL;
  return area;
}

bool IsStorageKey(const TPMT_PUBLIC& area) {
  constexpr TPMA_OBJECT kNeeded =
      TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT | TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT;
  return (area.type == TPM2_ALG_ECC || area.type == TPM2_ALG_RSA) &&
         (area.objectAttributes & kNeeded) == kNeeded &&
         (area.objectAttributes & TPMA_OBJECT_SIGN_ENCRYPT) == 0;
}

}  // namespace strongroom::tpm
