#include "strongroom/tpm/nv.h"

#include <algorithm>
#include <array>

#include "strongroom/crypto/hash.h"
#include "tpm/loaded_root.h"
#include "tpm/marshal.h"
#include "tpm/session.h"

namespace strongroom::tpm {
namespace {

constexpr std::uint32_t kAttributes = TPMA_NV_AUTHREAD | TPMA_NV_AUTHWRITE | TPMA_NV_NO_DA;

std::uint16_t SizeOf(NvKind kind) {
  return kind == NvKind::kCounter ? sizeof(std::uint64_t) : sizeof(Digest);
}

TPMA_NV AttributesOf(NvKind kind) {
  const TPMA_NV type = kind == NvKind::kCounter ? TPM2_NT_COUNTER : TPM2_NT_EXTEND;
  return kAttributes | (type << TPMA_NV_TPM2_NT_SHIFT);
}

ObjectName NameWith(const NvIndex& index, TPMA_NV attributes) {
  ByteWriter area;
  area.U32Be(index.handle).U16Be(kAlgSha256).U32Be(attributes).U16Be(0).U16Be(SizeOf(index.kind));
  ByteWriter name;
  name.U16Be(kAlgSha256).Append(ByteView(crypto::Sha256(area.bytes())));
  return std::move(name).Take();
}

std::string Describe(const Context::State& state, const NvIndex& index) {
  ByteWriter handle;
  handle.U32Be(index.handle);
  return std::string(index.kind == NvKind::kCounter ? "counter" : "chain") + " 0x" + Hex(handle.bytes()) +
         " of the TPM at " + state.tcti;
}

// Format-one codes say in their upper bits which parameter, handle or session is meant.
bool IsWrongAuth(TSS2_RC code) {
  if ((code & TSS2_RC_LAYER_MASK) != 0 || (code & TPM2_RC_FMT1) == 0) return false;
  constexpr TSS2_RC kFormatOneMask = 0xBF;
  return (code & kFormatOneMask) == TPM2_RC_BAD_AUTH || (code & kFormatOneMask) == TPM2_RC_AUTH_FAIL;
}

}  // namespace

struct NvSession::Parts {
  Context::State& state;
  Object root;
  Handle session;
  SecretBytes auth;

  [[nodiscard]] TPM2B_AUTH Auth() const { return Sized<TPM2B_AUTH>(auth.Expose()); }
  Expected<Handle> OpenIndex(const NvIndex& index);
  Status Command(std::string_view name, const NvIndex& index, const std::function<TSS2_RC(ESYS_TR)>& execute);
  Status Read(const NvIndex& index, MutableBytes out);
};

// The library signs each command with the Name that the TPM told it; the TPM refuses unless that is the true
// one. Comparing it here says that the true one is the index that is meant.
Expected<Handle> NvSession::Parts::OpenIndex(const NvIndex& index) {
  SR_ASSIGN_OR_RETURN(const bool defined, HasHandle(state, index.handle));
  if (!defined) return Fail(ErrorCode::kNotFound, "there is no " + Describe(state, index));
  ESYS_TR reference = ESYS_TR_NONE;
  TSS2_RC code =
      Esys_TR_FromTPMPublic(state.esys, index.handle, kNoSession, kNoSession, kNoSession, &reference);
  if (code != TSS2_RC_SUCCESS) return std::unexpected(CommandError(code, "TPM2_NV_ReadPublic"));
  Handle owned(state, reference, AtEnd::kKeep);
  TPM2B_NAME* raw = nullptr;
  code = Esys_TR_GetName(state.esys, reference, &raw);
  if (code != TSS2_RC_SUCCESS) return std::unexpected(CommandError(code, "to name an NV index"));
  const EsysPtr<TPM2B_NAME> name(raw);
  const ByteView found(name->name, name->size);
  if (!std::ranges::equal(found, NvName(index)) &&
      !std::ranges::equal(found, NameWith(index, AttributesOf(index.kind)))) {
    return Fail(ErrorCode::kAltered, Describe(state, index) + " is not the one that was made there");
  }
  TPM2B_AUTH value = Auth();
  const Wiped wiped(&value, sizeof value);
  code = Esys_TR_SetAuth(state.esys, reference, &value);
  if (code != TSS2_RC_SUCCESS) return std::unexpected(CommandError(code, "an authorization value"));
  return owned;
}

Status NvSession::Parts::Command(std::string_view name, const NvIndex& index,
                                 const std::function<TSS2_RC(ESYS_TR)>& execute) {
  SR_ASSIGN_OR_RETURN(const Handle opened, OpenIndex(index));
  TSS2_RC code = TSS2_RC_SUCCESS;
  Status done = Run(state, name, [&] { return code = execute(opened.get()); });
  if (done) return {};
  if (IsWrongAuth(code)) {
    return std::unexpected(Error(ErrorCode::kAltered, Describe(state, index) +
                                                          " does not take the authorization value that it "
                                                          "was made with")
                               .Because(done.error().message));
  }
  if (code == TPM2_RC_NV_UNINITIALIZED) {
    return Fail(ErrorCode::kNotFound, Describe(state, index) + " has no value yet");
  }
  return std::unexpected(std::move(done).error().With(Describe(state, index)));
}

Status NvSession::Parts::Read(const NvIndex& index, MutableBytes out) {
  TPM2B_MAX_NV_BUFFER* raw = nullptr;
  SR_RETURN_IF_ERROR(Command("TPM2_NV_Read", index, [&](ESYS_TR opened) {
    return Esys_NV_Read(state.esys, opened, opened, session.get(), kNoSession, kNoSession,
                        static_cast<UINT16>(out.size()), 0, &raw);
  }));
  const EsysPtr<TPM2B_MAX_NV_BUFFER> content(raw);
  if (content->size != out.size()) {
    return Fail(ErrorCode::kNoKey, Describe(state, index) + " reads " + std::to_string(content->size) +
                                       " bytes in the place of " + std::to_string(out.size()));
  }
  std::ranges::copy_n(content->buffer, content->size, out.begin());
  return {};
}

ObjectName NvName(const NvIndex& index) {
  return NameWith(index, AttributesOf(index.kind) | TPMA_NV_WRITTEN);
}

Expected<std::uint32_t> FindFreeNvPair(Context& context, std::uint32_t from) {
  for (std::uint32_t handle = from; handle < kLastOwnerNv; handle += 2) {
    SR_ASSIGN_OR_RETURN(const bool first, HasHandle(context.state(), handle));
    SR_ASSIGN_OR_RETURN(const bool second, HasHandle(context.state(), handle + 1));
    if (!first && !second) return handle;
  }
  return Fail(ErrorCode::kUnavailable, "the TPM at " + context.tcti() + " has no two NV handles left",
              "look at them with tpm2_getcap handles-nv-index");
}

NvSession::NvSession(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
NvSession::NvSession(NvSession&&) noexcept = default;
NvSession& NvSession::operator=(NvSession&&) noexcept = default;
NvSession::~NvSession() = default;

Expected<NvSession> NvSession::Open(Context& context, const StorageRoot& root, const SecretBytes& auth) {
  if (auth.size() > kMaxNvAuthSize) {
    return Fail(ErrorCode::kInvalidArgument, "the authorization value of an NV index has at most " +
                                                 std::to_string(kMaxNvAuthSize) + " bytes, not " +
                                                 std::to_string(auth.size()));
  }
  Context::State& state = context.state();
  SR_ASSIGN_OR_RETURN(Object loaded, LoadRoot(state, root));
  SR_ASSIGN_OR_RETURN(Handle session, StartSession(state, loaded, TPM2_SE_HMAC, 0));
  return NvSession(
      std::make_unique<Parts>(Parts{state, std::move(loaded), std::move(session), auth.Clone()}));
}

Status NvSession::Define(const NvIndex& index) {
  if (index.handle < kFirstOwnerNv || index.handle > kLastOwnerNv) {
    return Fail(
        ErrorCode::kInvalidArgument,
        "NV handles of the owner are 0x01800000 to 0x01bfffff, and not " + std::to_string(index.handle));
  }
  Context::State& state = parts_->state;
  // The only command here that carries a secret: a session of its own hides it from the bus.
  SR_ASSIGN_OR_RETURN(const Handle hiding,
                      StartSession(state, parts_->root, TPM2_SE_HMAC, TPMA_SESSION_DECRYPT));
  TPM2B_NV_PUBLIC area{};
  area.nvPublic.nvIndex = index.handle;
  area.nvPublic.nameAlg = TPM2_ALG_SHA256;
  area.nvPublic.attributes = AttributesOf(index.kind);
  area.nvPublic.dataSize = SizeOf(index.kind);
  TPM2B_AUTH value = parts_->Auth();
  const Wiped wiped(&value, sizeof value);
  ESYS_TR reference = ESYS_TR_NONE;
  TSS2_RC code = TSS2_RC_SUCCESS;
  Status defined = Run(state, "TPM2_NV_DefineSpace", [&] {
    return code = Esys_NV_DefineSpace(state.esys, ESYS_TR_RH_OWNER, hiding.get(), kNoSession, kNoSession,
                                      &value, &area, &reference);
  });
  if (defined) {
    const Handle closes(state, reference, AtEnd::kKeep);
    return {};
  }
  if (code == TPM2_RC_NV_DEFINED)
    return Fail(ErrorCode::kExists, "there is something at " + Describe(state, index) + " already");
  if (code == TPM2_RC_NV_SPACE) {
    return Fail(
        ErrorCode::kUnavailable, "no room for " + Describe(state, index) + ": its NV memory is full",
        "list what is there with tpm2_nvreadpublic, and remove with tpm2_nvundefine what nobody needs");
  }
  return std::unexpected(std::move(defined).error().With(Describe(state, index)));
}

Status NvSession::Undefine(const NvIndex& index) {
  return parts_->Command("TPM2_NV_UndefineSpace", index, [&](ESYS_TR opened) {
    return Esys_NV_UndefineSpace(parts_->state.esys, ESYS_TR_RH_OWNER, opened, parts_->session.get(),
                                 kNoSession, kNoSession);
  });
}

Status NvSession::Increment(const NvIndex& counter) {
  return parts_->Command("TPM2_NV_Increment", counter, [&](ESYS_TR opened) {
    return Esys_NV_Increment(parts_->state.esys, opened, opened, parts_->session.get(), kNoSession,
                             kNoSession);
  });
}

Status NvSession::Extend(const NvIndex& chain, const Digest& data) {
  const auto buffer = Sized<TPM2B_MAX_NV_BUFFER>(data);
  return parts_->Command("TPM2_NV_Extend", chain, [&](ESYS_TR opened) {
    return Esys_NV_Extend(parts_->state.esys, opened, opened, parts_->session.get(), kNoSession, kNoSession,
                          &buffer);
  });
}

Expected<std::uint64_t> NvSession::ReadCounter(const NvIndex& counter) {
  std::array<std::uint8_t, sizeof(std::uint64_t)> value{};
  SR_RETURN_IF_ERROR(parts_->Read(counter, value));
  return ByteReader(value, "NV counter").U64Be();
}

Expected<Digest> NvSession::ReadChain(const NvIndex& chain) {
  Digest value{};
  SR_RETURN_IF_ERROR(parts_->Read(chain, value));
  return value;
}

}  // namespace strongroom::tpm
