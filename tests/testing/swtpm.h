// A software TPM of one's own: real commands, real state, nobody else's.
#ifndef STRONGROOM_TESTS_TESTING_SWTPM_H_
#define STRONGROOM_TESTS_TESTING_SWTPM_H_

#include <memory>
#include <string>

#include "testing/subprocess.h"
#include "testing/temporary_directory.h"

namespace strongroom::testing {

// Swtpm manufactures a TPM in a temporary directory (PCR banks sha256 and sha384) and runs it on free
// loopback ports. Two objects are two different TPMs. All functions throw std::runtime_error, with the
// program's own words, when swtpm does not do as asked.
class Swtpm {
 public:
  // kYes: with endorsement keys and their certificates from a CA of its own; a second slower.
  enum class Endorsed { kNo, kYes };
  explicit Swtpm(Endorsed endorsed = Endorsed::kNo);
  Swtpm(const Swtpm&) = delete;
  Swtpm& operator=(const Swtpm&) = delete;

  [[nodiscard]] const std::string& tcti() const { return tcti_; }
  // Scratch files of a test may go here.
  [[nodiscard]] const std::string& directory() const { return directory_.path(); }

  // Reboot cuts the power and starts again: registers and everything transient are lost.
  void Reboot();
  // PowerOff leaves nobody at tcti().
  void PowerOff();
  // Tool runs a program of tpm2-tools on this TPM, then flushes what such programs leave loaded; throws
  // unless it succeeds.
  std::string Tool(const Arguments& arguments);
  // ExtendPcr extends a register of the sha256 bank.
  void ExtendPcr(int index);

 private:
  void Manufacture(Endorsed endorsed);
  void PowerOn();
  bool TryPorts();
  [[nodiscard]] bool Answers(int port) const;

  TemporaryDirectory directory_;
  std::string tcti_;
  int port_ = 0;
  std::unique_ptr<Daemon> daemon_;
};

}  // namespace strongroom::testing

#endif  // STRONGROOM_TESTS_TESTING_SWTPM_H_
