#include "testing/swtpm.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <thread>

namespace strongroom::testing {
namespace {

namespace fs = std::filesystem;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool IsFree(int port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  const bool free = bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(descriptor);
  return free;
}

// The TCTI takes the control port to be the one after the command port. Below the range from which the kernel
// gives out ports.
int FreePortPair() {
  std::random_device random;
  for (int attempt = 0; attempt < 100; ++attempt) {
    const int port = 20000 + 2 * static_cast<int>(random() % 6000);
    if (IsFree(port) && IsFree(port + 1)) return port;
  }
  throw std::runtime_error("no two free ports for swtpm");
}

void WriteCaConfiguration(const std::string& directory) {
  fs::create_directory(directory + "/ca");
  std::ofstream(directory + "/localca.conf") << "statedir = " << directory << "/ca\n"
                                             << "signingkey = " << directory << "/ca/signkey.pem\n"
                                             << "issuercert = " << directory << "/ca/issuercert.pem\n"
                                             << "certserial = " << directory << "/ca/certserial\n";
  std::ofstream(directory + "/localca.options")
      << "--platform-manufacturer Test\n--platform-version 1.0\n--platform-model VM\n";
  std::ofstream(directory + "/setup.conf")
      << "create_certs_tool = /usr/bin/swtpm_localca\n"
      << "create_certs_tool_config = " << directory << "/localca.conf\n"
      << "create_certs_tool_options = " << directory << "/localca.options\n"
      << "active_pcr_banks = sha256\n";
}

}  // namespace

Swtpm::Swtpm(Endorsed endorsed) {
  Manufacture(endorsed);
  PowerOn();
}

void Swtpm::Manufacture(Endorsed endorsed) {
  WriteCaConfiguration(directory());
  fs::create_directory(directory() + "/state");
  Arguments setup = {"swtpm_setup", "--tpm2",
                     "--tpmstate",  "dir://" + directory() + "/state",
                     "--config",    directory() + "/setup.conf",
                     "--pcr-banks", "sha256,sha384",
                     "--lock-nvram"};
  if (endorsed == Endorsed::kYes) setup.insert(setup.end(), {"--create-ek-cert", "--create-platform-cert"});
  const Finished finished = RunProgram(setup);
  if (finished.exit_code != 0) throw std::runtime_error("swtpm_setup: " + finished.output);
}

void Swtpm::PowerOn() {
  for (int attempt = 0; attempt < 10; ++attempt) {
    if (port_ == 0) port_ = FreePortPair();
    if (TryPorts()) return;
    port_ = 0;  // somebody was faster
  }
  std::ifstream log(directory() + "/swtpm.log");
  throw std::runtime_error("swtpm: " + std::string(std::istreambuf_iterator<char>(log), {}));
}

bool Swtpm::TryPorts() {
  using namespace std::chrono_literals;
  const std::string command_port = std::to_string(port_);
  const std::string control_port = std::to_string(port_ + 1);
  daemon_ = std::make_unique<Daemon>(
      Arguments{"swtpm", "socket", "--tpm2", "--tpmstate", "dir=" + directory() + "/state", "--server",
                "type=tcp,bindaddr=127.0.0.1,port=" + command_port, "--ctrl",
                "type=tcp,bindaddr=127.0.0.1,port=" + control_port, "--flags", "not-need-init,startup-clear"},
      directory() + "/swtpm.log");
  for (int attempt = 0; attempt < 500 && daemon_->IsRunning(); ++attempt) {
    if (Answers(port_ + 1)) {
      tcti_ = "swtpm:host=127.0.0.1,port=" + command_port;
      return true;
    }
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

bool Swtpm::Answers(int port) const {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  const bool connected =
      connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(descriptor);
  return connected;
}

void Swtpm::Reboot() {
  PowerOff();
  PowerOn();
}

void Swtpm::PowerOff() {
  daemon_.reset();
}

std::string Swtpm::Tool(const Arguments& arguments) {
  const Environment environment = {{"TPM2TOOLS_TCTI", tcti_}};
  Finished finished = RunProgram(arguments, environment);
  RunProgram({"tpm2_flushcontext", "-t"}, environment);
  if (finished.exit_code != 0) throw std::runtime_error(arguments[0] + ": " + finished.output);
  return std::move(finished.output);
}

void Swtpm::ExtendPcr(int index) {
  Tool({"tpm2_pcrextend", std::to_string(index) + ":sha256=" + std::string(64, 'a')});
}

}  // namespace strongroom::testing
