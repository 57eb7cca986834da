#include "tpm/session.h"

#include <cstring>

namespace strongroom::tpm {

Expected<Handle> StartSession(Context::State& state, const Object& root, TPM2_SE type,
                              TPMA_SESSION attributes) {
  TPMT_SYM_DEF symmetric{};
  symmetric.algorithm = TPM2_ALG_AES;
  symmetric.keyBits.aes = 128;
  symmetric.mode.aes = TPM2_ALG_CFB;
  ESYS_TR reference = ESYS_TR_NONE;
  SR_RETURN_IF_ERROR(Run(state, "TPM2_StartAuthSession", [&] {
    return Esys_StartAuthSession(state.esys, root.handle.get(), ESYS_TR_NONE, kNoSession, kNoSession,
                                 kNoSession, nullptr, type, &symmetric, TPM2_ALG_SHA256, &reference);
  }));
  Handle session(state, reference, AtEnd::kFlush);
  const TSS2_RC code =
      Esys_TRSess_SetAttributes(state.esys, reference, attributes | TPMA_SESSION_CONTINUESESSION, 0xFF);
  if (code != TSS2_RC_SUCCESS) return std::unexpected(CommandError(code, "session attributes"));
  return session;
}

Wiped::~Wiped() {
  explicit_bzero(data_, size_);
}

}  // namespace strongroom::tpm
