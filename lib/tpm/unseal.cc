#include <tss2/tss2_mu.h>

#include <algorithm>

#include "strongroom/crypto/hash.h"
#include "strongroom/tpm/sealing.h"
#include "tpm/loaded_root.h"
#include "tpm/session.h"

namespace strongroom::tpm {
namespace {

// The library keeps the last response, decrypted, in its buffer until the next one: this fetches a long one.
void OverwriteLastResponse(ESYS_CONTEXT* esys) {
  TPMI_YES_NO more = TPM2_NO;
  TPMS_CAPABILITY_DATA* raw = nullptr;
  Esys_GetCapability(esys, kNoSession, kNoSession, kNoSession, TPM2_CAP_COMMANDS, TPM2_CC_FIRST,
                     TPM2_MAX_CAP_CC, &more, &raw);
  const EsysPtr<TPMS_CAPABILITY_DATA> ignored(raw);
}

Expected<TPM2B_PUBLIC> UnmarshalPublic(ByteView bytes) {
  TPM2B_PUBLIC area{};
  std::size_t offset = 0;
  const TSS2_RC code = Tss2_MU_TPM2B_PUBLIC_Unmarshal(bytes.data(), bytes.size(), &offset, &area);
  if (code != TSS2_RC_SUCCESS || offset != bytes.size()) {
    return Fail(ErrorCode::kMalformed, "the public area of a TPM object does not parse");
  }
  return area;
}

Expected<TPM2B_PRIVATE> UnmarshalPrivate(ByteView bytes) {
  ByteReader reader(bytes, "TPM2B_PRIVATE");
  SR_ASSIGN_OR_RETURN(const std::uint16_t size, reader.U16Be());
  TPM2B_PRIVATE area{};
  if (size > sizeof area.buffer) return std::unexpected(reader.Malformed("it is longer than any TPM makes"));
  SR_ASSIGN_OR_RETURN(const ByteView content, reader.Take(size));
  SR_RETURN_IF_ERROR(reader.Finish());
  return Sized<TPM2B_PRIVATE>(content);
}

// Says what a refused step means to the user; the TPM's own words become the reason.
Status Meaning(Status status, std::string message) {
  if (status) return status;
  return std::unexpected(
      Error(ErrorCode::kNoKey, std::move(message)).Because(std::move(status).error().message));
}

Expected<Handle> LoadSealed(Context::State& state, const Object& root, const SealedObject& object) {
  SR_ASSIGN_OR_RETURN(const TPM2B_PUBLIC public_area, UnmarshalPublic(object.public_area));
  SR_ASSIGN_OR_RETURN(const TPM2B_PRIVATE private_area, UnmarshalPrivate(object.private_area));
  ESYS_TR reference = ESYS_TR_NONE;
  Status loaded = Run(state, "TPM2_Load", [&] {
    return Esys_Load(state.esys, root.handle.get(), ESYS_TR_PASSWORD, kNoSession, kNoSession, &private_area,
                     &public_area, &reference);
  });
  SR_RETURN_IF_ERROR(
      Meaning(std::move(loaded), "the sealed object was made under another storage root, or altered"));
  return Handle(state, reference, AtEnd::kFlush);
}

TPMT_SIGNATURE ToTpm(const crypto::P256Signature& signature) {
  TPMT_SIGNATURE out{};
  out.sigAlg = TPM2_ALG_ECDSA;
  out.signature.ecdsa.hash = TPM2_ALG_SHA256;
  out.signature.ecdsa.signatureR = Sized<TPM2B_ECC_PARAMETER>(signature.r);
  out.signature.ecdsa.signatureS = Sized<TPM2B_ECC_PARAMETER>(signature.s);
  return out;
}

// The TPM's own statement that the policy key signed this approval. The key is loaded in the owner hierarchy,
// because tickets of the null hierarchy prove nothing.
Expected<EsysPtr<TPMT_TK_VERIFIED>> VerifyApproval(Context::State& state,
                                                   const Authorization& authorization) {
  SR_ASSIGN_OR_RETURN(const TPM2B_PUBLIC area, UnmarshalPublic(VerificationKeyPublicArea(authorization.key)));
  ESYS_TR reference = ESYS_TR_NONE;
  SR_RETURN_IF_ERROR(Run(state, "TPM2_LoadExternal", [&] {
    return Esys_LoadExternal(state.esys, kNoSession, kNoSession, kNoSession, nullptr, &area, ESYS_TR_RH_OWNER,
                             &reference);
  }));
  const Handle key(state, reference, AtEnd::kFlush);
  const auto message = AuthorizationMessage(authorization.approved, authorization.policy_ref);
  const auto digest = Sized<TPM2B_DIGEST>(crypto::Sha256(ByteView(message)));
  const TPMT_SIGNATURE signature = ToTpm(authorization.signature);
  TPMT_TK_VERIFIED* ticket = nullptr;
  Status verified = Run(state, "TPM2_VerifySignature", [&] {
    return Esys_VerifySignature(state.esys, reference, kNoSession, kNoSession, kNoSession, &digest,
                                &signature, &ticket);
  });
  SR_RETURN_IF_ERROR(
      Meaning(std::move(verified), "the approval is not signed by this keyslot's policy key for its floor"));
  return EsysPtr<TPMT_TK_VERIFIED>(ticket);
}

Status ApplyPcrs(Context::State& state, ESYS_TR session, const PcrSelection& selection) {
  const TPML_PCR_SELECTION pcrs = ToTpm(selection);
  const TPM2B_DIGEST as_they_are{};
  return Run(state, "TPM2_PolicyPCR", [&] {
    return Esys_PolicyPCR(state.esys, session, kNoSession, kNoSession, kNoSession, &as_they_are, &pcrs);
  });
}

Status ApplyAuthorization(Context::State& state, ESYS_TR session, const Authorization& authorization,
                          const TPMT_TK_VERIFIED& ticket) {
  SR_ASSIGN_OR_RETURN(const ObjectName key_name, NameOf(VerificationKeyPublicArea(authorization.key)));
  TPM2B_NAME name{};
  name.size = static_cast<UINT16>(key_name.size());
  std::ranges::copy(key_name, name.name);
  const auto approved = Sized<TPM2B_DIGEST>(authorization.approved);
  const auto policy_ref = Sized<TPM2B_NONCE>(authorization.policy_ref);
  return Run(state, "TPM2_PolicyAuthorize", [&] {
    return Esys_PolicyAuthorize(state.esys, session, kNoSession, kNoSession, kNoSession, &approved,
                                &policy_ref, &name, &ticket);
  });
}

Status ApplyOr(Context::State& state, ESYS_TR session, const SealingPolicy& policy) {
  TPML_DIGEST branches{};
  branches.count = 2;
  branches.digests[0] = Sized<TPM2B_DIGEST>(policy.pcr);
  branches.digests[1] = Sized<TPM2B_DIGEST>(policy.authorize);
  return Run(state, "TPM2_PolicyOR", [&] {
    return Esys_PolicyOR(state.esys, session, kNoSession, kNoSession, kNoSession, &branches);
  });
}

Status Satisfy(Context::State& state, ESYS_TR session, const UnsealRequest& request,
               const TPMT_TK_VERIFIED* ticket) {
  const std::string which = "the registers " + request.selection.ToString() + " do not hold what ";
  SR_RETURN_IF_ERROR(ApplyPcrs(state, session, request.selection));
  if (request.authorization != nullptr) {
    SR_RETURN_IF_ERROR(Meaning(ApplyAuthorization(state, session, *request.authorization, *ticket),
                               which + "the approval approves"));
  }
  return Meaning(ApplyOr(state, session, request.policy), which + "this keyslot was sealed with");
}

Expected<SecretBytes> TakeOut(Context::State& state, const Handle& sealed, const Handle& session) {
  TPM2B_SENSITIVE_DATA* raw = nullptr;
  SR_RETURN_IF_ERROR(Meaning(
      Run(state, "TPM2_Unseal",
          [&] { return Esys_Unseal(state.esys, sealed.get(), session.get(), kNoSession, kNoSession, &raw); }),
      "the TPM does not unseal under this policy"));
  const EsysPtr<TPM2B_SENSITIVE_DATA> data(raw);
  const Wiped wiped(raw, sizeof *raw);
  OverwriteLastResponse(state.esys);
  return SecretBytes::CopyOf({data->buffer, data->size});
}

}  // namespace

Expected<SecretBytes> Unseal(Context& context, const UnsealRequest& request) {
  Context::State& state = context.state();
  EsysPtr<TPMT_TK_VERIFIED> ticket;
  if (request.authorization != nullptr) {
    SR_ASSIGN_OR_RETURN(ticket, VerifyApproval(state, *request.authorization));
  }
  SR_ASSIGN_OR_RETURN(const Object root, LoadRoot(state, request.root));
  SR_ASSIGN_OR_RETURN(const Handle sealed, LoadSealed(state, root, request.object));
  SR_ASSIGN_OR_RETURN(const Handle session, StartSession(state, root, TPM2_SE_POLICY, TPMA_SESSION_ENCRYPT));
  SR_RETURN_IF_ERROR(Satisfy(state, session.get(), request, ticket.get()));
  return TakeOut(state, sealed, session);
}

}  // namespace strongroom::tpm
