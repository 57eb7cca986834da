#include "strongroom/tpm/endorsement.h"

#include <algorithm>

#include "tpm/object.h"

namespace strongroom::tpm {
namespace {

struct Place {
  std::string_view kind;
  TPM2_HANDLE key;
  TPM2_HANDLE certificate;
};

// TCG EK Credential Profile: where makers keep endorsement keys, and the certificates of the same keys.
constexpr Place kPlaces[] = {
    {"RSA 2048", 0x81010001, 0x01C00002},
    {"ECC P-256", 0x81010002, 0x01C0000A},
    {"ECC P-384", 0x81010016, 0x01C00016},
};
constexpr const Place& kMadeFromTemplate = kPlaces[1];

// TPM2_PolicySecret(TPM_RH_ENDORSEMENT), PolicyA of the profile.
constexpr Digest kPolicyA = {0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8, 0x1a, 0x90, 0xcc,
                             0x8d, 0x46, 0xa5, 0xd7, 0x24, 0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52,
                             0x0b, 0x64, 0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa};

// Template L-2 of the profile.
TPMT_PUBLIC EccEndorsementTemplate() {
  TPMT_PUBLIC area = RestrictedP256Template();
  area.objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN |
                          TPMA_OBJECT_ADMINWITHPOLICY | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT;
  area.authPolicy.size = kPolicyA.size();
  std::ranges::copy(kPolicyA, area.authPolicy.buffer);
  area.unique.ecc.x.size = 32;  // zeros
  area.unique.ecc.y.size = 32;
  return area;
}

Expected<Bytes> ReadNv(Context::State& state, const Handle& index, UINT16 size) {
  constexpr UINT16 kChunk = 512;  // no TPM's buffer is smaller
  Bytes content;
  while (content.size() < size) {
    const auto offset = static_cast<UINT16>(content.size());
    TPM2B_MAX_NV_BUFFER* raw = nullptr;
    const TSS2_RC code =
        Esys_NV_Read(state.esys, index.get(), index.get(), ESYS_TR_PASSWORD, kNoSession, kNoSession,
                     std::min<UINT16>(kChunk, static_cast<UINT16>(size - offset)), offset, &raw);
    if (code != TSS2_RC_SUCCESS) return std::unexpected(CommandError(code, "TPM2_NV_Read"));
    const EsysPtr<TPM2B_MAX_NV_BUFFER> part(raw);
    if (part->size == 0)
      return Fail(ErrorCode::kNoKey, "the TPM at " + state.tcti + " reads no bytes of an NV index");
    content.insert(content.end(), part->buffer, part->buffer + part->size);
  }
  return content;
}

// Empty if the TPM has none at this index.
Expected<Bytes> ReadCertificate(Context::State& state, TPM2_HANDLE index) {
  SR_ASSIGN_OR_RETURN(const bool defined, HasHandle(state, index));
  if (!defined) return Bytes{};
  ESYS_TR reference = ESYS_TR_NONE;
  TSS2_RC code = Esys_TR_FromTPMPublic(state.esys, index, kNoSession, kNoSession, kNoSession, &reference);
  if (code != TSS2_RC_SUCCESS) return std::unexpected(CommandError(code, "TPM2_NV_ReadPublic"));
  const Handle owned(state, reference, AtEnd::kKeep);
  TPM2B_NV_PUBLIC* raw = nullptr;
  code = Esys_NV_ReadPublic(state.esys, reference, kNoSession, kNoSession, kNoSession, &raw, nullptr);
  if (code != TSS2_RC_SUCCESS) return std::unexpected(CommandError(code, "TPM2_NV_ReadPublic"));
  const EsysPtr<TPM2B_NV_PUBLIC> description(raw);
  return ReadNv(state, owned, description->nvPublic.dataSize);
}

}  // namespace

Expected<EndorsementKey> ReadEndorsementKey(Context& context) {
  Context::State& state = context.state();
  for (const Place& place : kPlaces) {
    SR_ASSIGN_OR_RETURN(const bool persistent, HasHandle(state, place.key));
    if (!persistent) continue;
    SR_ASSIGN_OR_RETURN(Object key, OpenPersistent(state, place.key));
    if (!IsStorageKey(key.public_area)) continue;  // others use these handles too
    SR_ASSIGN_OR_RETURN(Bytes certificate, ReadCertificate(state, place.certificate));
    return EndorsementKey{std::string(place.kind), std::move(key.name), std::move(certificate)};
  }
  SR_ASSIGN_OR_RETURN(Object key, CreatePrimary(state, ESYS_TR_RH_ENDORSEMENT, EccEndorsementTemplate()));
  SR_ASSIGN_OR_RETURN(Bytes certificate, ReadCertificate(state, kMadeFromTemplate.certificate));
  return EndorsementKey{std::string(kMadeFromTemplate.kind), std::move(key.name), std::move(certificate)};
}

}  // namespace strongroom::tpm
