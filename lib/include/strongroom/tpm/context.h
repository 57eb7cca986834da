// A connection to one TPM 2.0.
#ifndef STRONGROOM_TPM_CONTEXT_H_
#define STRONGROOM_TPM_CONTEXT_H_

#include <memory>
#include <string>
#include <vector>

#include "strongroom/base/error.h"

namespace strongroom::tpm {

// What the TPM says of itself. Nothing of it is proved: only an endorsement certificate that chains to its
// maker proves hardware.
struct Identity {
  std::string manufacturer;   // TPM_PT_MANUFACTURER, "IBM", "INTC"
  std::string vendor;         // TPM_PT_VENDOR_STRING_1 to 4, one after another
  std::string firmware;       // TPM_PT_FIRMWARE_VERSION_1 and 2 as "a.b.c.d"
  std::string specification;  // "2.0 revision 1.64"
  // It is known for a program (swtpm, simulators): its keys are as safe as that program's files.
  bool is_software = false;
};

// Context is an open TPM. Not thread-safe; one command at a time. No transient object and no session outlives
// the call, or the NvSession, that made it.
//
// Where no resource manager stands between (swtpm, /dev/tpm0), a killed program may have left objects and
// sessions behind that fill the TPM. When a command fails for that reason they are flushed once, the command
// is repeated, and warnings() tells.
class Context {
 public:
  // Open takes a tpm2-tss TCTI string: "device:/dev/tpmrm0", "swtpm:host=127.0.0.1,port=2321". kNoKey if no
  // TPM answers there. Unless TSS2_LOG is set, silences the logging of the TSS libraries in this process:
  // errors come back as values.
  static Expected<Context> Open(const std::string& tcti);
  Context(Context&&) noexcept;
  Context& operator=(Context&&) noexcept;
  ~Context();

  [[nodiscard]] const std::string& tcti() const;
  [[nodiscard]] const Identity& identity() const;
  // Things the user should hear of that stopped nothing, oldest first.
  [[nodiscard]] const std::vector<std::string>& warnings() const;

  struct State;  // this module's own
  [[nodiscard]] State& state() { return *state_; }

 private:
  explicit Context(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace strongroom::tpm

#endif  // STRONGROOM_TPM_CONTEXT_H_
