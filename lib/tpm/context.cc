#include "strongroom/tpm/context.h"

#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>

#include <algorithm>
#include <cstdlib>

#include "tpm/esys.h"

namespace strongroom::tpm {
namespace {

// Values above TSS2_RC_LAYER_MASK say which library or resource manager reports; the TPM's own code is below.
TSS2_RC WithoutLayer(TSS2_RC code) {
  return code & ~TSS2_RC_LAYER_MASK;
}

bool IsFull(TSS2_RC code) {
  switch (WithoutLayer(code)) {
    case TPM2_RC_OBJECT_MEMORY:
    case TPM2_RC_SESSION_MEMORY:
    case TPM2_RC_MEMORY:
    case TPM2_RC_OBJECT_HANDLES:
    case TPM2_RC_SESSION_HANDLES:
    case TPM2_RC_CONTEXT_GAP:
      return true;
    default:
      return false;
  }
}

std::vector<TPM2_HANDLE> Loaded(Context::State& state, TPM2_HANDLE first) {
  TPMI_YES_NO more = TPM2_NO;
  TPMS_CAPABILITY_DATA* raw = nullptr;
  if (Esys_GetCapability(state.esys, kNoSession, kNoSession, kNoSession, TPM2_CAP_HANDLES, first,
                         TPM2_MAX_CAP_HANDLES, &more, &raw) != TSS2_RC_SUCCESS) {
    return {};
  }
  const EsysPtr<TPMS_CAPABILITY_DATA> data(raw);
  const TPML_HANDLE& handles = data->data.handles;
  return {handles.handle, handles.handle + handles.count};
}

bool InUse(Context::State& state, TPM2_HANDLE handle) {
  return std::ranges::any_of(state.in_use, [&](ESYS_TR owned) {
    TPM2_HANDLE tpm_handle = 0;
    return Esys_TR_GetTpmHandle(state.esys, owned, &tpm_handle) == TSS2_RC_SUCCESS && tpm_handle == handle;
  });
}

bool Flush(Context::State& state, TPM2_HANDLE handle) {
  ESYS_TR reference = ESYS_TR_NONE;
  return Esys_TR_FromTPMPublic(state.esys, handle, kNoSession, kNoSession, kNoSession, &reference) ==
             TSS2_RC_SUCCESS &&
         Esys_FlushContext(state.esys, reference) == TSS2_RC_SUCCESS;
}

// The number of leftovers flushed.
int FlushLeftovers(Context::State& state) {
  int flushed = 0;
  for (const TPM2_HANDLE first : {TPM2_TRANSIENT_FIRST, TPM2_LOADED_SESSION_FIRST}) {
    for (const TPM2_HANDLE handle : Loaded(state, first)) {
      if (!InUse(state, handle) && Flush(state, handle)) ++flushed;
    }
  }
  return flushed;
}

// A property is four characters, the unused ones zero or blank.
std::string PropertyText(UINT32 value) {
  std::string text;
  for (const int shift : {24, 16, 8, 0}) {
    const char c = static_cast<char>((value >> shift) & 0xFF);
    if (c >= 0x20 && c < 0x7F) text.push_back(c);
  }
  return text;
}

std::string Trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

// libtpms and swtpm call themselves IBM's "SW TPM", the reference simulator "xCG fTPM".
bool IsKnownSoftware(const Identity& identity) {
  return identity.vendor.starts_with("SW") || identity.vendor.starts_with("xCG") ||
         identity.manufacturer == "IBM";
}

std::string FourNumbers(UINT32 high, UINT32 low) {
  return std::to_string(high >> 16) + "." + std::to_string(high & 0xFFFF) + "." + std::to_string(low >> 16) +
         "." + std::to_string(low & 0xFFFF);
}

Expected<Identity> ReadIdentity(ESYS_CONTEXT* esys) {
  TPMI_YES_NO more = TPM2_NO;
  TPMS_CAPABILITY_DATA* raw = nullptr;
  const TSS2_RC code = Esys_GetCapability(esys, kNoSession, kNoSession, kNoSession, TPM2_CAP_TPM_PROPERTIES,
                                          TPM2_PT_FIXED, TPM2_MAX_TPM_PROPERTIES, &more, &raw);
  if (code != TSS2_RC_SUCCESS) return std::unexpected(CommandError(code, "TPM2_GetCapability"));
  const EsysPtr<TPMS_CAPABILITY_DATA> data(raw);
  const TPML_TAGGED_TPM_PROPERTY& list = data->data.tpmProperties;
  const auto property = [&](TPM2_PT which) -> UINT32 {
    const auto* end = list.tpmProperty + list.count;
    const auto* found =
        std::find_if(list.tpmProperty, end, [&](const auto& p) { return p.property == which; });
    return found == end ? 0 : found->value;
  };
  Identity identity;
  identity.manufacturer = Trimmed(PropertyText(property(TPM2_PT_MANUFACTURER)));
  identity.vendor = Trimmed(
      PropertyText(property(TPM2_PT_VENDOR_STRING_1)) + PropertyText(property(TPM2_PT_VENDOR_STRING_2)) +
      PropertyText(property(TPM2_PT_VENDOR_STRING_3)) + PropertyText(property(TPM2_PT_VENDOR_STRING_4)));
  identity.firmware = FourNumbers(property(TPM2_PT_FIRMWARE_VERSION_1), property(TPM2_PT_FIRMWARE_VERSION_2));
  const UINT32 revision = property(TPM2_PT_REVISION);
  const std::string hundredths = std::to_string(revision % 100);
  identity.specification = Trimmed(PropertyText(property(TPM2_PT_FAMILY_INDICATOR))) + " revision " +
                           std::to_string(revision / 100) + "." + (hundredths.size() < 2 ? "0" : "") +
                           hundredths;
  identity.is_software = IsKnownSoftware(identity);
  return identity;
}

Error NotThere(const std::string& tcti, std::string why) {
  return Error(ErrorCode::kNoKey, "no TPM at " + tcti,
               "name the TPM with --tcti or STRONGROOM_TCTI, or use another keyslot")
      .Because(std::move(why));
}

}  // namespace

Context::State::~State() {
  if (esys != nullptr) Esys_Finalize(&esys);
  if (transport != nullptr) Tss2_TctiLdr_Finalize(&transport);
}

Handle::Handle(Context::State& state, ESYS_TR handle, AtEnd at_end)
    : state_(state), handle_(handle), at_end_(at_end) {
  state.in_use.push_back(handle);
}

Handle::~Handle() {
  if (handle_ == ESYS_TR_NONE) return;
  std::erase(state_.in_use, handle_);
  if (at_end_ == AtEnd::kFlush) {
    Esys_FlushContext(state_.esys, handle_);
  } else {
    Esys_TR_Close(state_.esys, &handle_);
  }
}

Error CommandError(TSS2_RC code, std::string_view command) {
  return {ErrorCode::kNoKey, "the TPM refused " + std::string(command) + ": " + Tss2_RC_Decode(code)};
}

Status Run(Context::State& state, std::string_view command, const std::function<TSS2_RC()>& execute) {
  TSS2_RC code = execute();
  if (IsFull(code)) {
    if (const int flushed = FlushLeftovers(state); flushed > 0) {
      state.warnings.push_back("the TPM was full: flushed " + std::to_string(flushed) +
                               " objects and sessions that an earlier program had left loaded");
      code = execute();
    }
  }
  if (code != TSS2_RC_SUCCESS) return std::unexpected(CommandError(code, command));
  return {};
}

Context::Context(std::unique_ptr<State> state) : state_(std::move(state)) {}
Context::Context(Context&&) noexcept = default;
Context& Context::operator=(Context&&) noexcept = default;
Context::~Context() = default;

Expected<Context> Context::Open(const std::string& tcti) {
  setenv("TSS2_LOG", "all+none", 0);
  auto state = std::make_unique<State>();
  state->tcti = tcti;
  TSS2_RC code = Tss2_TctiLdr_Initialize(tcti.c_str(), &state->transport);
  if (code != TSS2_RC_SUCCESS) return std::unexpected(NotThere(tcti, Tss2_RC_Decode(code)));
  code = Esys_Initialize(&state->esys, state->transport, nullptr);
  if (code != TSS2_RC_SUCCESS) return std::unexpected(NotThere(tcti, Tss2_RC_Decode(code)));
  auto identity = ReadIdentity(state->esys);
  if (!identity) return std::unexpected(NotThere(tcti, identity.error().message));
  state->identity = *std::move(identity);
  return Context(std::move(state));
}

const std::string& Context::tcti() const {
  return state_->tcti;
}
const Identity& Context::identity() const {
  return state_->identity;
}
const std::vector<std::string>& Context::warnings() const {
  return state_->warnings;
}

}  // namespace strongroom::tpm
