// What the sources of this module share of the TSS: the open connection, owned handles and results, errors,
// and the one repetition after leftovers filled the TPM.
#ifndef STRONGROOM_TPM_ESYS_H_
#define STRONGROOM_TPM_ESYS_H_

#include <tss2/tss2_esys.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "strongroom/tpm/context.h"
#include "strongroom/tpm/pcr.h"

namespace strongroom::tpm {

struct Context::State {
  std::string tcti;
  TSS2_TCTI_CONTEXT* transport = nullptr;
  ESYS_CONTEXT* esys = nullptr;
  Identity identity;
  std::vector<std::string> warnings;
  std::vector<ESYS_TR> in_use;  // handles that Handle objects will flush

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State();
};

inline constexpr ESYS_TR kNoSession = ESYS_TR_NONE;

template <typename T>
struct EsysDelete {
  void operator()(T* p) const { Esys_Free(p); }
};
template <typename T>
using EsysPtr = std::unique_ptr<T, EsysDelete<T>>;

// A TPM2B structure that holds these bytes; the caller knows that they fit.
template <typename Buffer>
Buffer Sized(ByteView bytes) {
  Buffer out{};
  out.size = static_cast<UINT16>(bytes.size());
  std::ranges::copy(bytes, out.buffer);
  return out;
}

TPML_PCR_SELECTION ToTpm(const PcrSelection& selection);

// What is to become of the TPM's end of a handle when ours is done with.
enum class AtEnd { kFlush, kKeep };

// Handle owns a reference to an object or session; transient objects and sessions are flushed with it,
// persistent objects kept.
class Handle {
 public:
  Handle(Context::State& state, ESYS_TR handle, AtEnd at_end);
  Handle(Handle&& other) noexcept
      : state_(other.state_), handle_(std::exchange(other.handle_, ESYS_TR_NONE)), at_end_(other.at_end_) {}
  Handle& operator=(Handle&&) = delete;
  ~Handle();
  [[nodiscard]] ESYS_TR get() const { return handle_; }

 private:
  Context::State& state_;
  ESYS_TR handle_;
  AtEnd at_end_;
};

// The error of a failed command: kNoKey, because whatever a TPM refuses, its keys are not to be had.
Error CommandError(TSS2_RC code, std::string_view command);

// Run executes a command that loads something. If the TPM is full, flushes what is loaded and not in_use, and
// repeats once.
Status Run(Context::State& state, std::string_view command, const std::function<TSS2_RC()>& execute);

}  // namespace strongroom::tpm

#endif  // STRONGROOM_TPM_ESYS_H_
