#include <tss2/tss2_mu.h>

#include "strongroom/tpm/sealing.h"
#include "tpm/loaded_root.h"
#include "tpm/marshal.h"
#include "tpm/session.h"

namespace strongroom::tpm {
namespace {

TPM2B_PUBLIC SealedTemplate(const Digest& policy) {
  TPM2B_PUBLIC area{};
  area.publicArea.type = TPM2_ALG_KEYEDHASH;
  area.publicArea.nameAlg = TPM2_ALG_SHA256;
  area.publicArea.objectAttributes = kSealedObjectAttributes;
  area.publicArea.authPolicy = Sized<TPM2B_DIGEST>(policy);
  area.publicArea.parameters.keyedHashDetail.scheme.scheme = TPM2_ALG_NULL;
  return area;
}

Expected<SealedObject> Marshal(const TPM2B_PUBLIC& public_area, const TPM2B_PRIVATE& private_area) {
  SealedObject object{Bytes(sizeof public_area), Bytes(sizeof private_area)};
  std::size_t public_size = 0;
  std::size_t private_size = 0;
  TSS2_RC code = Tss2_MU_TPM2B_PUBLIC_Marshal(&public_area, object.public_area.data(),
                                              object.public_area.size(), &public_size);
  if (code == TSS2_RC_SUCCESS) {
    code = Tss2_MU_TPM2B_PRIVATE_Marshal(&private_area, object.private_area.data(),
                                         object.private_area.size(), &private_size);
  }
  if (code != TSS2_RC_SUCCESS) return std::unexpected(CommandError(code, "to give out what it sealed"));
  object.public_area.resize(public_size);
  object.private_area.resize(private_size);
  return object;
}

}  // namespace

Expected<SealedObject> Seal(Context& context, const StorageRoot& root, const SecretBytes& secret,
                            const SealingPolicy& policy) {
  if (secret.empty() || secret.size() > kMaxSealedSize) {
    return Fail(ErrorCode::kInvalidArgument,
                "a TPM seals 1 to 128 bytes, not " + std::to_string(secret.size()));
  }
  Context::State& state = context.state();
  SR_ASSIGN_OR_RETURN(const Object parent, LoadRoot(state, root));
  SR_ASSIGN_OR_RETURN(const Handle session,
                      StartSession(state, parent, TPM2_SE_HMAC, TPMA_SESSION_DECRYPT | TPMA_SESSION_ENCRYPT));
  TPM2B_SENSITIVE_CREATE sensitive{};
  const Wiped wiped(&sensitive, sizeof sensitive);
  sensitive.sensitive.data = Sized<TPM2B_SENSITIVE_DATA>(secret.Expose());
  const TPM2B_PUBLIC wanted = SealedTemplate(policy.Combined());
  const TPM2B_DATA no_data{};
  const TPML_PCR_SELECTION no_pcrs{};
  TPM2B_PRIVATE* raw_private = nullptr;
  TPM2B_PUBLIC* raw_public = nullptr;
  SR_RETURN_IF_ERROR(Run(state, "TPM2_Create", [&] {
    return Esys_Create(state.esys, parent.handle.get(), session.get(), kNoSession, kNoSession, &sensitive,
                       &wanted, &no_data, &no_pcrs, &raw_private, &raw_public, nullptr, nullptr, nullptr);
  }));
  const EsysPtr<TPM2B_PRIVATE> private_area(raw_private);
  const EsysPtr<TPM2B_PUBLIC> public_area(raw_public);
  return Marshal(*public_area, *private_area);
}

}  // namespace strongroom::tpm
